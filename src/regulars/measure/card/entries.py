"""The rows of the card: how each candidate did, and how far behind the best."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from regulars.measure.card.candidates import Walk
from regulars.measure.card.result import MODEL_NAMES, RULE_NAMES, Entry
from regulars.measure.card.scores import Cases, Predicted, lag, score

# A log-loss within this share of the lowest makes no difference that a shop could feel.
NO_MATTER = 0.005


def entries_of(
    predicted: Mapping[str, Predicted],
    walks: Mapping[str, Walk],
    cases: Cases,
    *,
    has_season: bool,
) -> list[Entry]:
    """A row per candidate, the simplest first, those that could not be tried with the reason."""
    rows = [
        _scored(Entry(name, is_rule=True, has_season=False), predicted[name], cases)
        for name in RULE_NAMES
    ]
    for name in MODEL_NAMES:
        walk = walks[name]
        row = Entry(name, is_rule=False, has_season=has_season, k=walk.k, why_not=walk.why_not)
        rows.append(_scored(row, predicted[name], cases) if walk.fits else row)
    return _compared(rows, predicted, cases)


def winner(rows: Sequence[Entry]) -> str:
    """The simplest of those tied with the best, and of its kind.

    A rule needs no tie to serve, but the lowest loss: few customers can tell nothing apart, and
    would make "nobody buys" the forecast of every small shop.
    """
    best = min((row for row in rows if row.behind is not None), key=lambda row: row.behind or 0.0)
    return next(row.name for row in rows if row.is_tied and row.is_rule == best.is_rule)


def _scored(row: Entry, said: Predicted, cases: Cases) -> Entry:
    one_time = cases.x == 0
    return replace(
        row,
        everybody=score(said, cases, np.ones_like(one_time)),
        one_time=score(said, cases, one_time),
        repeat=score(said, cases, ~one_time),
    )


def _compared(
    rows: Sequence[Entry], predicted: Mapping[str, Predicted], cases: Cases
) -> list[Entry]:
    losses = {name: said.log_losses(cases) for name, said in predicted.items()}
    best = min(losses, key=lambda name: float(cases.weight @ losses[name]))
    lowest = float(cases.weight @ losses[best] / cases.weight.sum())
    compared = []
    for row in rows:
        if row.name in losses:
            behind, error = lag(losses[row.name], losses[best], cases.weight)
            is_tied = behind <= max(error, NO_MATTER * lowest)
            compared.append(replace(row, behind=behind, behind_error=error, is_tied=is_tied))
        else:
            compared.append(row)
    return compared
