"""What a rule of thumb claims, what was found here, and whether it holds."""

from dataclasses import dataclass
from math import ceil, inf

from regulars.measure.figure import Figure

HOLDS, DOES_NOT_HOLD, CANNOT_TELL = "holds", "does not hold", "cannot tell yet"


@dataclass(frozen=True, slots=True)
class Claim:
    """What counts as the rule being true: values strictly between low and high, None for no end."""

    low: float | None
    high: float | None

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends as numbers."""
        return (
            -inf if self.low is None else self.low,
            inf if self.high is None else self.high,
        )


@dataclass(frozen=True, slots=True)
class Need:
    """What data would tell: a code, and how many (more) of it where that can be said.

    Codes: `customers` (n more of the kind counted), `history_days` (n in all), `amounts`,
    `channel_column`, `discount_column`, `customers_on_several_channels`, `customers_of_both_kinds`.
    """

    what: str
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule of thumb tested on one company: `verdict` is HOLDS, DOES_NOT_HOLD or CANNOT_TELL."""

    rule: str
    estimate: Figure
    claim: Claim
    verdict: str
    needs: tuple[Need, ...] = ()


def judge(rule: str, estimate: Figure, claim: Claim, *, otherwise: Need | None = None) -> Verdict:
    """Whether a figure bears a claim out.

    Takes   estimate with its interval; claim; otherwise: what is needed where the estimate is
            unknown.
    Gives   a Verdict: HOLDS where the whole interval lies within the claim, DOES_NOT_HOLD where
            the whole interval lies outside it, CANNOT_TELL in all other cases, with the number of
            customers that would decide it if the estimate stayed what it is.
    Error   a clear verdict is wrong at most as often as the interval misses: one time in twenty
            at a level of 0.95.
    Beware  the number of customers supposes an interval that narrows with the square root of n,
            and more customers of the same kinds; it is left out where the estimate lies on an end
            of the claim.
    Source  equivalence by confidence interval: Schuirmann 1987; Westlake 1976.
    """
    if estimate.value is None:
        return Verdict(
            rule, estimate, claim, CANNOT_TELL, () if otherwise is None else (otherwise,)
        )
    if estimate.low is None or estimate.high is None:
        return Verdict(rule, estimate, claim, CANNOT_TELL, (Need("customers"),))
    low, high = claim.ends
    if low < estimate.low and estimate.high < high:
        return Verdict(rule, estimate, claim, HOLDS)
    if estimate.high <= low or high <= estimate.low:
        return Verdict(rule, estimate, claim, DOES_NOT_HOLD)
    more = _more_customers(
        estimate.value, estimate.low, estimate.high, n=estimate.n, ends=claim.ends
    )
    return Verdict(rule, estimate, claim, CANNOT_TELL, (Need("customers", more),))


def _more_customers(
    value: float, low: float, high: float, *, n: int, ends: tuple[float, float]
) -> int | None:
    """How many more it takes for the interval to clear the ends of the claim that lie in it."""
    crossed = [end for end in ends if low <= end <= high]
    if value in crossed:
        return None
    factor = max(
        ((low if end < value else high) - value) ** 2 / (end - value) ** 2 for end in crossed
    )
    return max(1, ceil(n * (factor - 1)))
