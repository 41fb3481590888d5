"""Regulars, run by bench.models."""

import stopwatch
from stopwatch import HORIZON

from regulars.measure.models import fit


def peer(model, columns, fitting, predicting):
    weights = columns.get("weights")
    if model == "gamma_gamma":
        spend = {name: columns[name] for name in ("x", "mean_spend")}
        with fitting.running():
            fitted = fit(model, **spend, weights=weights)
        with predicting.running():
            predicted = fitted.expected_spend(**spend)
    else:
        past = {name: columns[name] for name in ("x", "t_x", "T")}
        with fitting.running():
            fitted = fit(model, **past, weights=weights)
        with predicting.running():
            predicted = fitted.expected(HORIZON, **past)
    return fitted.params, predicted.sum() if weights is None else predicted @ weights


stopwatch.main(peer)
