"""The model card: every candidate on this company's own past, and which of them serves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.measure.backtest import Origin, sampled
from regulars.measure.card.candidates import Walk, fitted
from regulars.measure.card.entries import entries_of, winner
from regulars.measure.card.record import MOST_CUSTOMERS, Evidence
from regulars.measure.card.result import REFERENCE, RULE_NAMES, Card, SeasonTrial
from regulars.measure.card.rules import learned
from regulars.measure.card.trial import try_all
from regulars.measure.expected import Predictor, purchase_variance
from regulars.measure.models import PurchaseModel
from regulars.measure.season import seasoned

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The card, and what it chose.

    `serving` predicts as of today, None where nothing can; `model` is the model behind it, or the
    reference where a rule serves, without the season; None where no model is identifiable.
    """

    card: Card
    serving: Predictor | None
    model: PurchaseModel | None

    def purchase_variance(
        self, expected: FloatArray, p_alive: FloatArray, *, x: FloatArray
    ) -> FloatArray:
        """Variance of each customer's purchases around what `serving` expects of them.

        Of a rule, which has no distribution behind it: as much per purchase as it missed by before.
        """
        if self.card.serving in RULE_NAMES or self.model is None:
            return expected * (self.card.dispersion or 0.0)
        k, shape = getattr(self.model, "k", 1), float(self.model.estimates[0])
        return purchase_variance(expected, p_alive, x=k * x, shape=shape)


def choose(
    evidence: Evidence, cells: Mapping[str, NDArray[Any]], reference: PurchaseModel
) -> Chosen:
    """Try every candidate on the past, and take the one that did best.

    Takes   evidence of this company's past; cells: x, t_x, T, weight of today's customers (see
            `rfm.cells`); reference: MBG/NBD fitted to them, identifiable or not.
    Gives   a Chosen. Candidates: the rules zero, last_value, recency; the models nbd, mbg_nbd,
            bg_nbd, pareto_nbd and mbg_cnbd_k, all of them with the season of the shop where that
            foretold better than without.
    Error   by the card's own past: `Entry.behind` with its standard error.
    Beware  the winner's score is that of the best of several tries, so a little flattering. Where
            the history is too short to try anything, the reference or NBD serves untried.
    Source  proper scores: Gneiting & Raftery 2007, JASA 102; one standard error: Breiman et al.
            1984; rules against models: Wübben & von Wangenheim 2008, J. of Marketing 72.
    """
    if not evidence.judged:
        return _untried(evidence, cells, reference)
    tried = try_all(evidence, reference)
    rows = entries_of(tried.predicted, tried.walks, tried.cases, has_season=tried.season.is_on)
    name = winner(rows)
    is_rule = name in RULE_NAMES
    model, fitted_on = _model(
        tried.walks[REFERENCE if is_rule else name], evidence, cells, reference
    )
    if is_rule or model is None:
        serving = learned(name, evidence.origins[0])
    else:
        used = tried.season.season if tried.season.is_on else None
        serving = seasoned(model, used, on=evidence.as_of)
    card = Card(
        horizon=evidence.horizon,
        origins=tuple(origin.on for origin in tried.origins),
        n=int(tried.cases.weight.sum()),
        entries=tuple(rows),
        winner=name,
        serving=name,
        fitted_on=None if is_rule else fitted_on,
        season=tried.season,
        past=tried.past(name),
        past_net=tried.past_net(name),
        dispersion=tried.dispersion(name),
        why_not=None if any(walk.fits for walk in tried.walks.values()) else "no_model_fits",
    )
    return Chosen(card, serving, model)


def _untried(
    evidence: Evidence, cells: Mapping[str, NDArray[Any]], reference: PurchaseModel
) -> Chosen:
    """The reference; where nobody can be told to have left yet, NBD; else nothing."""
    nobody_leaves = Walk("nbd", ())
    models = (reference, _fitted_today(nobody_leaves, evidence, cells))
    model = next((each for each in models if each.identifiable), None)
    card = Card(
        horizon=evidence.horizon,
        origins=(),
        n=0,
        entries=(),
        winner=None,
        serving=model.name if model else "none",
        fitted_on=evidence.as_of if model else None,
        season=SeasonTrial(is_on=False, why_not="history_too_short"),
        why_not="history_too_short",
        needs=3 * evidence.horizon,
    )
    return Chosen(card, model, model)


def _model(
    walk: Walk, evidence: Evidence, cells: Mapping[str, NDArray[Any]], reference: PurchaseModel
) -> tuple[PurchaseModel | None, int | None]:
    """A model as of today, and the day whose history made it.

    Where today's history does not determine it, it is as it was at the newest origin that did.
    """
    today = reference if walk.name == REFERENCE else _fitted_today(walk, evidence, cells)
    if today.identifiable:
        return today, evidence.as_of
    if walk.fits:
        return walk.fits[0], walk.fitted_on
    return None, None


def _fitted_today(
    walk: Walk, evidence: Evidence, cells: Mapping[str, NDArray[Any]]
) -> PurchaseModel:
    """Fitted to a sample of today's customers where there are many, from where it was last."""
    x, t_x, T, weight = (cells[key].astype(np.int64) for key in ("x", "t_x", "T", "weight"))
    today = Origin(
        evidence.as_of, evidence.horizon, x, t_x, T, bought=np.zeros_like(x), weight=weight
    )
    some = sampled(today, at_most=MOST_CUSTOMERS)
    return fitted(walk.name, some, evidence.rhythm, k=walk.k, start=walk.params)
