"""Whether the season of the shop would have foretold better than no season."""

from collections.abc import Sequence

import numpy as np

from regulars.measure.backtest import Origin
from regulars.measure.card.candidates import Walk, said, seasoned_at
from regulars.measure.card.record import Evidence
from regulars.measure.card.result import SeasonTrial
from regulars.measure.card.scores import Cases, lag
from regulars.measure.models import PurchaseModel
from regulars.measure.season import Season, season

# One window in which a season helped may be chance: at least so many must speak for it.
LEAST_ORIGINS = 2


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
    """The base model with the season known at each origin against the same without.

    Today's season is by the reference, or where it can't be fitted today by the base as it was.
    """
    if not base.fits:
        return SeasonTrial(is_on=False, why_not="no_model")
    model = reference if reference.identifiable else base.fits[0]
    today = season(evidence.rhythm, model, on=evidence.as_of)
    known = [origin.on for origin, each in zip(origins, seasons, strict=True) if each]
    if today is None or len(known) < LEAST_ORIGINS:
        return SeasonTrial(is_on=False, season=today, why_not="history_too_short")
    who = np.isin(cases.origin, known)
    without = said(base.fits, origins).log_losses(cases)
    with_season = said(seasoned_at(base.fits, seasons, origins), origins).log_losses(cases)
    saved, error = lag(without[who], with_season[who], cases.weight[who])
    return SeasonTrial(
        is_on=saved > error,
        season=today,
        saved=saved,
        saved_error=error,
        n=int(cases.weight[who].sum()),
        n_origins=len(known),
    )
