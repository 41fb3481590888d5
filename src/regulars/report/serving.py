"""Which model or rule serves this company, and what it says of each kind of customer."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.kit.progress import Progress
from regulars.kit.texts import N_
from regulars.measure import rfm
from regulars.measure.activity import activity
from regulars.measure.card import Chosen, choose, evidence
from regulars.measure.due import due
from regulars.measure.engine import Arrays
from regulars.measure.expected import Predictor
from regulars.measure.models import PurchaseModel, fit
from regulars.report.asked import Asked
from regulars.report.tables import Sample, Tables, sampled

MOST_LOOKED_BACK_ON = 30_000
NOBODY_BUYS = "zero"


@dataclass(frozen=True, slots=True)
class Served:
    """The reference fit, what the card chose, who speaks, and what is said by kind of customer.

    `predicted` has a row per x, t_x, T of `cells`; None where nothing can predict.
    """

    reference: PurchaseModel
    chosen: Chosen
    speaker: Predictor | None
    cells: Arrays
    predicted: Arrays | None
    sample: Sample

    @property
    def weight(self) -> NDArray[Any]:
        """Customers of each kind."""
        return self.cells["weight"]


def serve(
    tables: Tables, customers: NDArray[Any], *, asked: Asked, has_amounts: bool, progress: Progress
) -> Served:
    """Fit the reference, try all candidates on the past, and let the best one speak."""
    progress(N_("Fitting the model of coming back"), 0.45)
    cells = tables.engine.arrays(rfm.cells(tables.customers))
    reference = fit(
        "mbg_nbd", x=cells["x"], t_x=cells["t_x"], T=cells["T"], weights=cells["weight"]
    )
    progress(N_("Trying models on the past"), 0.55)
    sample = sampled(tables, customers, at_most=MOST_LOOKED_BACK_ON)
    past = evidence(
        sample.days,
        sample.visits,
        first_on=tables.first_on,
        as_of=tables.as_of,
        horizon=asked.horizon_days,
        engine=tables.engine,
        with_money=has_amounts,
    )
    chosen = choose(past, cells, reference)
    # "Nobody buys any more" may foretell best; it tells no customer from another, so nobody speaks.
    speaker = None if chosen.card.serving == NOBODY_BUYS else chosen.serving
    predicted = _predictions(speaker, chosen, cells, asked)
    return Served(reference, chosen, speaker, cells, predicted, sample)


def _predictions(
    model: Predictor | None, chosen: Chosen, cells: Arrays, asked: Asked
) -> Arrays | None:
    """What the one who serves says of each kind of customer: one row per x, t_x, T."""
    if model is None:
        return None
    horizon, known = asked.horizon_days, {key: cells[key] for key in ("x", "t_x", "T")}
    x, t_x = known["x"], known["t_x"]
    p_alive, expected = model.p_alive(**known), model.expected(horizon, **known)
    odds, odds_then = model.p_buys(horizon, **known), model.p_buys(horizon, x=x, t_x=t_x, T=t_x)
    return known | {
        "p_alive": p_alive,
        "odds": odds,
        "odds_then": odds_then,
        "expected": expected,
        "variance": chosen.purchase_variance(expected, p_alive, x=x),
        "activity": activity(odds, odds_then, thresholds=asked.thresholds),
        **_due(chosen.model, known),
    }


def _due(model: PurchaseModel | None, known: Arrays) -> Arrays:
    """Days until the next purchase, and the ends of its 80 % band; NaN where no model can tell."""
    if model is None:
        return {name: np.full(known["x"].size, np.nan) for name in ("due", "due_from", "due_until")}
    told = due(model, **known)
    return {"due": told.median, "due_from": told.low_80, "due_until": told.high_80}
