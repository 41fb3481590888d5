"""lifetimes, run by bench.models."""

import warnings

warnings.simplefilter("ignore")

import lifetimes  # noqa: E402
import stopwatch  # noqa: E402
from stopwatch import HORIZON  # noqa: E402

FITTERS = {
    "bg_nbd": lifetimes.BetaGeoFitter,
    "mbg_nbd": lifetimes.ModifiedBetaGeoFitter,
    "pareto_nbd": lifetimes.ParetoNBDFitter,
    "gamma_gamma": lifetimes.GammaGammaFitter,
}
# lifetimes calls gamma of Gamma-Gamma v.
NAMES = {"v": "gamma"}


def peer(model, columns, fitting, predicting):
    fitter = FITTERS[model](penalizer_coef=0.0)
    if model == "gamma_gamma":
        spend = columns["x"], columns["mean_spend"]
        with fitting.running():
            fitter.fit(*spend)
        with predicting.running():
            predicted = fitter.conditional_expected_average_profit(*spend)
    else:
        past = columns["x"], columns["t_x"], columns["T"]
        with fitting.running():
            fitter.fit(*past)
        with predicting.running():
            predict = fitter.conditional_expected_number_of_purchases_up_to_time
            predicted = predict(HORIZON, *past)
    return {NAMES.get(name, name): value for name, value in fitter.params_.items()}, predicted.sum()


stopwatch.main(peer)
