"""Candidates as they would have spoken at each past origin, knowing only what was known then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from regulars.measure.backtest import Origin
from regulars.measure.card.record import Evidence
from regulars.measure.card.result import ModelName
from regulars.measure.card.rules import learned
from regulars.measure.card.scores import Predicted
from regulars.measure.expected import Predictor
from regulars.measure.models import PurchaseModel, fit
from regulars.measure.season import Rhythm, Season, seasoned


@dataclass(frozen=True, slots=True)
class Walk:
    """A model fitted at each origin, in the order of the origins; or why it could not be.

    `k`: stages of a gap, chosen at the oldest of them. `params` are those of the newest, to climb
    from; `fitted_on` the newest origin that determined them.
    """

    name: ModelName
    fits: tuple[PurchaseModel, ...]
    k: int | None = None
    why_not: str | None = None
    fitted_on: int | None = None

    @property
    def params(self) -> Mapping[str, float] | None:
        """Of the newest origin."""
        return self.fits[0].params if self.fits else None


def walked(
    name: ModelName, origins: Sequence[Origin], rhythm: Rhythm, *, may_begin_later: bool = False
) -> Walk:
    """A model at each origin, the newest first.

    Where an origin's history does not determine it, it is as it was at the origin before. It must
    be determined at the oldest; `may_begin_later` leaves out the oldest until it is.
    """
    fits: list[PurchaseModel] = []
    k, start, why_not, fitted_on = None, None, None, None
    for origin in reversed(origins):
        found = fitted(name, origin, rhythm, k=k, start=start)
        if found.identifiable:
            k, start = getattr(found, "k", None), found.params
            if k == 1:
                return Walk(name, (), k, why_not="gaps_not_regular")
            fits.append(found)
            fitted_on = origin.on
        elif fits:
            fits.append(fits[-1])
        else:
            why_not = found.why_not
            if not may_begin_later:
                break
    return Walk(name, tuple(fits[::-1]), k, None if fits else why_not, fitted_on)


def fitted(
    name: ModelName,
    origin: Origin,
    rhythm: Rhythm,
    *,
    k: int | None = None,
    start: Mapping[str, float] | None = None,
) -> PurchaseModel:
    """A model fitted to what was known at an origin; mbg_cnbd_k chooses k where it is None."""
    x, t_x, T, n = origin.x, origin.t_x, origin.T, origin.weight
    if name != "mbg_cnbd_k":
        return fit(name, x=x, t_x=t_x, T=T, weights=n, start=start)
    # Only their sum over all customers counts, so that each may have gaps like all gaps.
    log_gaps = x * rhythm.mean_log_gap(origin.on)
    return fit(name, x=x, t_x=t_x, T=T, log_gaps=log_gaps, weights=n, k=k, start=start)


def said(speakers: Sequence[Predictor], origins: Sequence[Origin]) -> Predicted:
    """What the speaker of each origin says of its customers, one origin after the other."""
    expected, odds = [], []
    for speaker, origin in zip(speakers, origins, strict=True):
        h, x, t_x, T = origin.horizon, origin.x, origin.t_x, origin.T
        expected.append(speaker.expected(h, x=x, t_x=t_x, T=T))
        odds.append(speaker.p_buys(h, x=x, t_x=t_x, T=T))
    return Predicted(np.concatenate(expected), np.concatenate(odds))


def rules_at(name: str, evidence: Evidence, origins: Sequence[Origin]) -> list[Predictor]:
    """A rule as learned before each origin, from the window that ended there."""
    before = {each.on + evidence.horizon: each for each in evidence.origins}
    return [learned(name, before[origin.on]) for origin in origins]


def seasoned_at(
    fits: Sequence[PurchaseModel], seasons: Sequence[Season | None], origins: Sequence[Origin]
) -> list[Predictor]:
    """Models with the season known at each origin."""
    return [
        seasoned(model, season, on=origin.on)
        for model, season, origin in zip(fits, seasons, origins, strict=True)
    ]
