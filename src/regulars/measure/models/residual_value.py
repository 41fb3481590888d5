"""What customers are worth from now on: discounted purchases, and spend, with their error."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from regulars.measure.models.bg_bb import BGBB
from regulars.measure.models.cells import Groups
from regulars.measure.models.cnbd_k import RegularModel
from regulars.measure.models.fitted import Fitted, PurchaseModel
from regulars.measure.models.gamma_gamma import GammaGamma
from regulars.measure.models.inputs import BadInput, Floats, customers, discounting, single
from regulars.measure.models.special import dots

# Double-exponential quadrature over v from 0 on, weighted by e^-v.
_STEP = 0.1
_W = np.arange(-2.9, 1.8, _STEP)
_NODES = np.exp(np.pi / 2 * np.sinh(_W))
_WEIGHTS = _STEP * np.pi / 2 * np.cosh(_W) * _NODES * np.exp(-_NODES)
_NUDGE = 1e-4  # of a log parameter, for slopes


@dataclass(frozen=True, eq=False, kw_only=True)
class Estimates:
    """A figure per customer and their total, with intervals at `level`.

    The intervals hold the doubt about the parameters, not the chance in what one customer does.
    """

    values: Floats
    low: Floats
    high: Floats
    total: float
    total_low: float
    total_high: float
    level: float


def discounted_purchases(
    model: PurchaseModel, *, discount_rate: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike
) -> Floats:
    """Purchases each customer is still expected to make, each counted less the later it comes.

    Takes   model: fitted, in continuous time; discount_rate: continuous, above 0, per unit of the
            model's time (15 % a year is log(1.15) / 52 a week); x, t_x, T as for the model.
    Gives   discounted expected residual transactions (DERT) of each customer, without end.
    Error   quadrature to eight digits or more; for the doubt about parameters `residual_value`.
    Beware  at equal recency more past purchases can mean less to come: silence tells more about
            somebody who used to buy often. That is the model's sense, not a fault.
    Source  Fader, Hardie and Lee 2005, Journal of Marketing Research 42; checked against the
            closed form for Pareto/NBD.
    """
    if isinstance(model, BGBB):
        raise BadInput("model", "model is bg_bb; wanted one in continuous time")
    if isinstance(model, RegularModel):
        return model.discounted(discount_rate, x=x, t_x=t_x, T=T)
    rate = discounting(discount_rate)
    columns = customers(x, t_x, T)
    groups = Groups.of(*(column.ravel() for column in columns))
    bought, last, seen = (column.ravel()[groups.first] for column in columns)
    total = np.zeros_like(bought)
    # By parts: the integral of e^-(rate u) over what is expected until u, times the rate.
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        total += weight * model.expected(node / rate, x=bought, t_x=last, T=seen)
    return total[groups.codes].reshape(columns[0].shape)


def residual_value(
    model: PurchaseModel,
    spend: GammaGamma,
    *,
    discount_rate: float,
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    mean_spend: ArrayLike,
    level: float = 0.95,
) -> Estimates:
    """What each customer is expected to spend from now on, discounted, and all together.

    Takes   model and spend: fitted; discount_rate as in `discounted_purchases`; x, t_x, T and
            mean_spend, a value per customer.
    Gives   `Estimates` in the currency of mean_spend; a margin is a factor of yours on it.
    Error   delta method from both Hessians, on the logarithm, so that no end is below 0.
    Beware  customers who are alike have the same figure and will not spend the same.
    Source  Fader, Hardie and Lee 2005; the delta method as in any text.
    """
    if not 0 < single("level", level) < 1:
        raise BadInput("level", f"level is {level}; wanted above 0 and below 1", value=level)

    def purchases(fitted: PurchaseModel) -> Floats:
        return discounted_purchases(fitted, discount_rate=discount_rate, x=x, t_x=t_x, T=T)

    def spending(fitted: GammaGamma) -> Floats:
        return fitted.expected_spend(x=x, mean_spend=mean_spend)

    to_come, each = np.atleast_1d(purchases(model)), np.atleast_1d(spending(spend))
    # Slopes of log values, in the log parameters of each model.
    moved = (_log_slopes(model, purchases), _log_slopes(spend, spending))
    spreads = (_in_logs(model), _in_logs(spend))
    values = to_come * each
    total = float(values.sum())
    per_value, per_total = np.zeros_like(values), 0.0
    for slopes, spread in zip(moved, spreads, strict=True):
        per_value += np.einsum("ir,ij,jr->r", slopes, spread, slopes)
        of_total = dots(slopes, values) / (total or 1.0)  # nobody is worth 0, without doubt
        per_total += float(of_total @ spread @ of_total)
    z = float(ndtri((1 + level) / 2))
    factor, total_factor = np.exp(z * np.sqrt(per_value)), float(np.exp(z * np.sqrt(per_total)))
    return Estimates(
        values=values,
        low=values / factor,
        high=values * factor,
        total=total,
        total_low=total / total_factor,
        total_high=total * total_factor,
        level=level,
    )


def _log_slopes[Model: Fitted](model: Model, figure: Callable[[Model], Floats]) -> Floats:
    """Slopes of a figure's logarithm in each log parameter, by central differences."""
    params = dict(model.params or {})
    slopes = []
    for name, value in params.items():
        up, down = (
            figure(replace(model, params=params | {name: value * float(np.exp(nudge))}))
            for nudge in (_NUDGE, -_NUDGE)
        )
        slopes.append(np.atleast_1d(np.log(up / down) / (2 * _NUDGE)))
    return np.stack(slopes)


def _in_logs(model: Fitted) -> Floats:
    """The covariance of the log parameters."""
    params = model.estimates
    return np.asarray(model.covariance) / np.outer(params, params)
