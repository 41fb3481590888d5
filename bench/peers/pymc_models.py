"""PyMC-Marketing by MAP, run by bench.models.

Counted is the climb itself: building the model and compiling its functions are not, and the first
call of the compiled function, which may still compile, is made before the stopwatch runs.
"""

import warnings

warnings.simplefilter("ignore")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402, TID251 - the table this peer takes
import scipy.optimize  # noqa: E402
import stopwatch  # noqa: E402
from pymc_marketing import clv  # noqa: E402
from stopwatch import HORIZON  # noqa: E402

MODELS = {
    "bg_nbd": (clv.BetaGeoModel, ("r", "alpha", "a", "b")),
    "mbg_nbd": (clv.ModifiedBetaGeoModel, ("r", "alpha", "a", "b")),
    "pareto_nbd": (clv.ParetoNBDModel, ("r", "alpha", "s", "beta")),
    "gamma_gamma": (clv.GammaGammaModel, ("p", "q", "v")),
}
NAMES = {"v": "gamma"}
climb = scipy.optimize.minimize


def peer(model, columns, fitting, predicting):
    def counted(cost, start, *args, **options):
        cost(start)
        with fitting.running():
            return climb(cost, start, *args, **options)

    scipy.optimize.minimize = counted
    kind, params = MODELS[model]
    table = pd.DataFrame({"customer_id": np.arange(len(columns["x"])), "frequency": columns["x"]})
    if model == "gamma_gamma":
        table["monetary_value"] = columns["mean_spend"]
    else:
        table["recency"], table["T"] = columns["t_x"], columns["T"]
    fitted = kind()
    fitted.fit(table, method="map", progressbar=False)
    with predicting.running():
        if model == "gamma_gamma":
            predicted = fitted.expected_customer_spend(data=table)
        else:
            predicted = fitted.expected_purchases(future_t=HORIZON)
    found = {NAMES.get(name, name): np.squeeze(fitted.fit_result[name].values) for name in params}
    return found, float(np.sum(predicted.values))


stopwatch.main(peer)
