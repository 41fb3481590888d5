"""Every candidate at the past origins, and what each of them said there."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.measure.backtest import Origin
from regulars.measure.card.candidates import Walk, rules_at, said, seasoned_at, walked
from regulars.measure.card.record import Evidence, cases_of
from regulars.measure.card.result import MODEL_NAMES, REFERENCE, RULE_NAMES, SeasonTrial
from regulars.measure.card.scores import Cases, Predicted
from regulars.measure.card.season_trial import season_trial, seasons_at
from regulars.measure.expected import Past
from regulars.measure.models import PurchaseModel
from regulars.measure.value import PastNet, looked_back_net


@dataclass(frozen=True, slots=True)
class Tried:
    """What every candidate said at the origins that are judged by."""

    origins: tuple[Origin, ...]
    cases: Cases
    walks: Mapping[str, Walk]
    season: SeasonTrial
    predicted: Mapping[str, Predicted]

    def past(self, name: str) -> tuple[Past, ...]:
        """Sums of what a candidate said, beside what came."""
        told = self.predicted[name]
        return tuple(
            Past(
                on=origin.on,
                n=int(origin.weight.sum()),
                purchases_expected=float(origin.weight @ told.expected[rows]),
                purchases_actual=float(origin.weight @ origin.bought),
                buyers_expected=float(origin.weight @ told.odds[rows]),
                buyers_actual=float(origin.weight @ (origin.bought > 0)),
            )
            for origin, rows in self._rows()
        )

    def past_net(self, name: str) -> tuple[PastNet, ...]:
        """The same of net spend, where there are amounts."""
        expected = self.predicted[name].expected
        return tuple(
            looked_back_net(expected[rows], origin)
            for origin, rows in self._rows()
            if origin.money is not None
        )

    def dispersion(self, name: str) -> float | None:
        """Squared miss of a customer's purchases per purchase expected."""
        expected, cases = self.predicted[name].expected, self.cases
        total = float(cases.weight @ expected)
        return float(cases.weight @ (expected - cases.bought) ** 2) / total if total else None

    def _rows(self) -> list[tuple[Origin, NDArray[np.bool_]]]:
        """Each origin with its rows among the cases."""
        return [(origin, self.cases.origin == origin.on) for origin in self.origins]


def try_all(evidence: Evidence, reference: PurchaseModel) -> Tried:
    """Let every candidate speak at every origin.

    Origins count from where on the reference could be fitted; where it never could, all do.
    """
    first = walked(REFERENCE, evidence.judged, evidence.rhythm, may_begin_later=True)
    origins = evidence.judged[: len(first.fits) or None]
    walks: dict[str, Walk] = {
        name: first if name == REFERENCE else walked(name, origins, evidence.rhythm)
        for name in MODEL_NAMES
    }
    cases = cases_of(origins)
    base = first if first.fits else walks["nbd"]
    seasons = seasons_at(base, origins, evidence)
    trial = season_trial(base, seasons, origins, cases, evidence, reference)
    used = seasons if trial.is_on else [None] * len(origins)
    predicted = {name: said(rules_at(name, evidence, origins), origins) for name in RULE_NAMES}
    for name, walk in walks.items():
        if walk.fits:
            predicted[name] = said(seasoned_at(walk.fits, used, origins), origins)
    return Tried(origins, cases, walks, trial, predicted)
