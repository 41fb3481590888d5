"""Whether the card counts on the season of the shop."""

from collections.abc import Sequence

import numpy as np

from regulars.measure.backtest import Origin
from regulars.measure.card.candidates import Walk, fitted, said, seasoned_at
from regulars.measure.card.record import Evidence
from regulars.measure.card.result import SeasonTrial
from regulars.measure.card.scores import Cases, lag
from regulars.measure.models import PurchaseModel
from regulars.measure.season import Season, Swing, backtest, season, swing, trial_days


def seasons_at(base: Walk, origins: Sequence[Origin], evidence: Evidence) -> list[Season | None]:
    """The season as known at each origin, by the model that stood there."""
    if not base.fits:
        return [None] * len(origins)
    return [
        season(evidence.rhythm, model, on=origin.on)
        for model, origin in zip(base.fits, origins, strict=True)
    ]


def season_trial(
    base: Walk,
    seasons: Sequence[Season | None],
    origins: Sequence[Origin],
    cases: Cases,
    evidence: Evidence,
    reference: PurchaseModel,
) -> SeasonTrial:
    """The season tried at past days, and what it would have saved on the card's own origins.

    Today's season is by the reference, or where it can't be fitted today by the base as it was.
    """
    if not base.fits:
        return SeasonTrial(is_on=False, why_not="no_model")
    model = reference if reference.identifiable else base.fits[0]
    today = season(evidence.rhythm, model, on=evidence.as_of)
    tried = backtest(_swings(base, origins, evidence))
    if today is None or tried.came_share is None:
        return SeasonTrial(is_on=False, season=today, why_not="history_too_short")
    known = [origin.on for origin, each in zip(origins, seasons, strict=True) if each]
    who = np.isin(cases.origin, known)
    without = said(base.fits, origins).log_losses(cases)
    with_season = said(seasoned_at(base.fits, seasons, origins), origins).log_losses(cases)
    saved, error = lag(without[who], with_season[who], cases.weight[who])
    return SeasonTrial(
        is_on=tried.is_on,
        season=today,
        came_share=tried.came_share,
        came_error=tried.came_error,
        n_origins=tried.n,
        saved=saved,
        saved_error=error,
        n=int(cases.weight[who].sum()),
    )


def _swings(base: Walk, origins: Sequence[Origin], evidence: Evidence) -> list[Swing]:
    """The season at each day of trial, by the latest model that had been fitted by then."""
    fits = {origin.on: model for origin, model in zip(origins, base.fits, strict=True)}
    if (before := evidence.before_trials) is not None:
        first = fitted(base.name, before, evidence.rhythm)
        if first.identifiable:
            fits[before.on] = first
    swings = []
    for on in trial_days(first_on=evidence.first_on, as_of=evidence.as_of):
        known = [day for day in fits if day <= on]
        model = fits[max(known)] if known else None
        year = model and season(evidence.rhythm, model, on=on)
        if model and year:
            swings.append(swing(evidence.rhythm, model, year, on=on))
    return swings
