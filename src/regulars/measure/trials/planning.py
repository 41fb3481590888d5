"""How many customers, and how many weeks, a trial needs before it can tell."""

from dataclasses import dataclass
from math import ceil, copysign, inf, sqrt

from scipy.special import ndtri

from regulars.measure.intervals import normal_quantile
from regulars.measure.models.inputs import BadInput, single
from regulars.measure.trials.inputs import above_zero, between
from regulars.measure.trials.peeking import widening

_LEAST, _MOST = 1e-50, 1e50  # effects whose squares can be reckoned with


@dataclass(frozen=True, slots=True)
class Plan:
    """What it takes to see an effect, and what would be seen already."""

    n_needed: int  # customers, both arms together
    n_more: int  # of them still to come
    weeks_more: float | None  # None where no arrivals were given
    detectable: float | None  # the smallest effect `n_now` customers would show; None without any
    level: float
    power: float


def power(  # noqa: PLR0913 - the facts of a trial, all by name
    *,
    effect: float,
    baseline: float | None = None,
    sd: float | None = None,
    treated_share: float = 0.5,
    n_now: int = 0,
    per_week: float | None = None,
    gain_share: float = 0.0,
    is_peeked: bool = False,
    level: float = 0.95,
    power: float = 0.8,
) -> Plan:
    """The customers a trial needs to see an effect: "you need n more weeks".

    Takes   effect: the smallest worth seeing, as a difference. baseline: the share without the
            treatment, for outcomes of 0 and 1; or sd: the standard deviation of the outcome.
            n_now: customers whose outcome is known; per_week: how many more a week brings.
            gain_share: the variance an adjustment takes off (see `adjusted`). is_peeked: looked at
            all the time by `always_valid`, with `planned_n` the n needed. power: the chance of
            seeing the effect if it is there.
    Gives   a Plan: n needed, n and weeks to go, and the effect that could be seen by now.
    Error   normal approximation with each arm's own variance. Under `is_peeked` the power is that
            of the last look alone, and the true one higher.
    Beware  the effect is a decision and not the effect seen so far: a plan made from that one
            chases chance. For spend the sd must come from all assigned, the zeros included.
    Source  Chow, Shao and Wang 2008, Sample Size Calculations, 3.2 and 4.2; checked on theirs.
    """
    if not _LEAST < abs(single("effect", effect)) < _MOST:
        raise BadInput(
            "effect",
            f"effect is {effect}; wanted the smallest difference worth seeing",
            value=effect,
        )
    if per_week is not None:
        above_zero("per_week", per_week)
    if not 0 <= single("n_now", n_now) < inf:
        raise BadInput("n_now", f"n_now is {n_now}; wanted 0 or more", value=n_now)
    between("treated_share", treated_share, 0, 1)
    between("power", power, 0, 1)
    if not 0 <= single("gain_share", gain_share) < 1:
        raise BadInput("gain_share", f"gain_share is {gain_share}; wanted 0 or more and below 1")
    z = normal_quantile(level) if not is_peeked else float(widening(1, planned_n=1, level=level))
    scale = (z + float(ndtri(power))) ** 2 * (1 - gain_share)
    spread_a, spread_b = _variances(effect, baseline, sd)
    n_total = scale * (spread_a / treated_share + spread_b / (1 - treated_share)) / effect**2
    n_needed = ceil(n_total * treated_share) + ceil(n_total * (1 - treated_share))
    n_more = max(0, n_needed - n_now)
    detectable = None
    if n_now:
        detectable = _detectable(scale / n_now, effect, baseline, spread_b, treated_share)
    return Plan(
        n_needed=n_needed,
        n_more=n_more,
        weeks_more=None if per_week is None else n_more / per_week,
        detectable=detectable,
        level=level,
        power=power,
    )


def _variances(effect: float, baseline: float | None, sd: float | None) -> tuple[float, float]:
    """The variance of one outcome in the treated and in the control arm."""
    if sd is not None and baseline is None:
        variance = above_zero("sd", sd) ** 2
        return variance, variance
    if baseline is None or sd is not None:
        raise BadInput("baseline", "baseline and sd: wanted one of them, and not both")
    between("baseline", baseline, 0, 1)
    share = between("baseline + effect", baseline + effect, 0, 1)
    return share * (1 - share), baseline * (1 - baseline)


def _detectable(
    per_customer: float, effect: float, baseline: float | None, variance: float, share: float
) -> float:
    """The effect, with the sign of the one asked for, that is just as large as it must be.

    Its square d^2 is c (own(p + d) / share + own(p) / (1 - share)), with own(p) = p (1 - p) for a
    share and the same variance everywhere for a mean: an equation curve d^2 - slope d - rest = 0.
    """
    rest = per_customer * variance / (share * (1 - share))
    curve, slope = 1.0, 0.0
    if baseline is not None:
        curve += per_customer / share
        slope = per_customer / share * (1 - 2 * baseline) * copysign(1, effect)
    return copysign((slope + sqrt(slope**2 + 4 * curve * rest)) / (2 * curve), effect)
