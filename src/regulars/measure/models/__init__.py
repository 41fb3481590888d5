"""Models of buying, leaving and spending. `fit` is the one way in."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, overload

from numpy.typing import ArrayLike

from regulars.measure.models.fitted import WHY_NOT, Fitted, NotIdentifiable, PurchaseModel
from regulars.measure.models.inputs import BadInput, check_arguments, history, total_log_gaps

if TYPE_CHECKING:
    from regulars.measure.models.cnbd_k import RegularModel
    from regulars.measure.models.gamma_gamma import GammaGamma

__all__ = ["WHY_NOT", "BadInput", "Fitted", "NotIdentifiable", "PurchaseModel", "fit"]

Irregular = Literal["nbd", "bg_nbd", "mbg_nbd", "pareto_nbd", "bg_bb"]
Regular = Literal["bg_cnbd_k", "mbg_cnbd_k"]
Spend = Literal["gamma_gamma"]


@overload
def fit(
    name: Irregular,
    *,
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    weights: ArrayLike | None = None,
    start: Mapping[str, float] | None = None,
) -> PurchaseModel: ...
@overload
def fit(
    name: Regular,
    *,
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    log_gaps: ArrayLike,
    weights: ArrayLike | None = None,
    k: int | None = None,
    start: Mapping[str, float] | None = None,
) -> "RegularModel": ...
@overload
def fit(
    name: Spend,
    *,
    x: ArrayLike,
    mean_spend: ArrayLike,
    weights: ArrayLike | None = None,
    start: Mapping[str, float] | None = None,
) -> "GammaGamma": ...
def fit(  # noqa: PLR0913 - the one way in takes what any of the models takes
    name: Irregular | Regular | Spend,
    *,
    x: ArrayLike,
    t_x: ArrayLike | None = None,
    T: ArrayLike | None = None,
    mean_spend: ArrayLike | None = None,
    log_gaps: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    k: int | None = None,
    start: Mapping[str, float] | None = None,
) -> Fitted:
    """Fit a model by maximum likelihood.

    Takes   x: repeat purchases (days with a purchase, the first not counted); t_x: time of the
            last after the first, 0 where x is; T: time from the first until now; a value per
            customer or, with `weights`, per group of so many customers alike. `gamma_gamma`
            takes x and mean_spend on the repeat purchases. `bg_cnbd_k` and `mbg_cnbd_k` take
            log_gaps too, per customer the sum of the logarithms of the gaps between purchases,
            and k, chosen by likelihood where not given. start: `params` of an earlier fit.
    Gives   a frozen result: `params`, `standard_errors`, `covariance`, `log_likelihood`,
            `n_customers`, `converged`, `identifiable`, `why_not`, and predictions. Where the
            history does not determine the model, `params` is None, `why_not` is a code of
            `WHY_NOT`, and predictions raise `NotIdentifiable`.
    Error   inverse Hessian at the optimum, exact. Bad input raises `BadInput`, which names the
            argument, the first row at fault, its value and what was wanted.
    Beware  all times in one unit; several purchases on one day are one. `bg_nbd` says of every
            one-time buyer that they have not left: `mbg_nbd` is the better default.
    Source  that of each model; see the file of its name.
    """
    # The models are loaded here because they load SciPy, which takes half a second.
    from regulars.measure.models import bg_bb, bg_nbd, cnbd_k, gamma_gamma, mbg_nbd, nbd, pareto_nbd

    optional = {"t_x": t_x, "T": T, "mean_spend": mean_spend, "log_gaps": log_gaps, "k": k}
    check_arguments(name, {key for key, value in optional.items() if value is not None})
    if name == "gamma_gamma":
        assert mean_spend is not None
        return gamma_gamma.fit_gamma_gamma(x, mean_spend, weights, start)
    rows = history(x, t_x, T, weights)
    match name:
        case "nbd":
            return nbd.fit_nbd(rows, start)
        case "bg_nbd":
            return bg_nbd.fit_bg_nbd(rows, start)
        case "mbg_nbd":
            return mbg_nbd.fit_mbg_nbd(rows, start)
        case "pareto_nbd":
            return pareto_nbd.fit_pareto_nbd(rows, start)
        case "bg_bb":
            return bg_bb.fit_bg_bb(rows, start)
        case "bg_cnbd_k":
            return cnbd_k.fit_bg_cnbd_k(rows, total_log_gaps(rows, log_gaps), k=k, start=start)
        case "mbg_cnbd_k":
            return cnbd_k.fit_mbg_cnbd_k(rows, total_log_gaps(rows, log_gaps), k=k, start=start)
