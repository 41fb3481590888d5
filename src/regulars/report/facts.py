"""What a report says, as values: no words, no markup. `assemble` fills it, page and JSON show it.

Shares run 0..1, money is integer minor units of `currency`, dates are local days, `level` is the
confidence of `low`..`high`. A figure whose `value` is None could not be told; `why_not` says why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from regulars.intake.history import ColumnTaken, Repeats
from regulars.measure.card.result import Card
from regulars.measure.discounts import Dependence, Won
from regulars.measure.figure import Figure
from regulars.measure.regulars import Definition
from regulars.measure.verdict import Verdict

FEWEST = 5  # customers below which counts are told and no share is
FEW = "too_few_for_share"  # why a share cannot be told then


@dataclass(frozen=True, slots=True)
class InputFacts:
    """What was read. rows_read = rows_used + rows_put_aside, always."""

    files: Sequence[str]
    rows_read: int
    rows_used: int
    rows_put_aside: int
    rows_anonymous: int  # of the used ones: sales without a customer
    rows_returned: int  # of the used ones: returns, cancellations, corrections
    reasons: Mapping[str, int]  # reason code -> rows put aside
    columns: Sequence[ColumnTaken]
    columns_left_out: Sequence[tuple[str, str]]  # (file, column)
    repeats: Sequence[Repeats]
    first_on: date
    last_on: date
    as_of: date
    has_amounts: bool
    anonymous_net_minor: int


@dataclass(frozen=True, slots=True)
class SharePoint:
    """The share of regulars on one day."""

    on: date
    share: float | None
    low: float | None
    high: float | None
    n_base: int
    n_regulars: int


@dataclass(frozen=True, slots=True)
class RegularsFacts:
    """How many are regulars, and what they bring."""

    definition: Definition
    n: int
    n_base: int
    share: Figure
    revenue_share: Figure  # their part of the net revenue of the base window
    course: Sequence[SharePoint]
    year_ago: Figure  # difference of the share now and a year before, in share points


@dataclass(frozen=True, slots=True)
class SlippingRow:
    """One customer who used to come and now probably will not."""

    customer: str
    last_on: date
    usual_gap_days: float | None  # median days between purchases
    silent_days: int
    worth_a_year_minor: int | None  # net spend in the year up to the last purchase
    odds: float  # P(buys within the horizon)
    odds_then: float  # the same on the day of the last purchase
    n_days: int
    is_regular: bool
    name: str | None = None  # what people call the customer, where a column says so

    @property
    def called(self) -> str:
        """The name, or what the files call the customer where there is none."""
        return self.name or self.customer


@dataclass(frozen=True, slots=True)
class SlippingFacts:
    """Repeat buyers who are lapsing. `n` people, together worth `worth_a_year_minor`."""

    n: int
    worth_a_year_minor: int | None
    rows: Sequence[SlippingRow]  # the first 50 by worth


@dataclass(frozen=True, slots=True)
class ConcentrationFacts:
    """How revenue is spread over customers with net spend above zero."""

    n: int
    top_20_share: Figure
    gini: Figure
    customers_for_80_share: Figure
    curve: Sequence[tuple[float, float]]  # (share of customers, biggest first; share of revenue)
    n_not_positive: int  # customers whose net spend is zero or less, left out
    by: str  # "revenue", or "purchase_days" where there are no amounts
    before_returns: Mapping[str, Figure] | None = None  # the three figures of what was bought


@dataclass(frozen=True, slots=True)
class CohortCell:
    """Of a cohort, who bought in one later period. `is_complete`: all of it had passed by as_of."""

    period: int  # 0 is the period of the first purchase
    n_back: int
    share: float
    low: float
    high: float
    is_complete: bool
    n_at_risk: int = 0  # of the cohort, those whose whole period had passed


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers who first bought in one period."""

    starts_on: date
    n: int
    cells: Sequence[CohortCell]


@dataclass(frozen=True, slots=True)
class CohortFacts:
    """Who stays, by when they came."""

    unit: str  # "month" or "quarter"
    cohorts: Sequence[Cohort]
    back_within_year: Figure  # of those first seen over a year ago: bought again within 365 days


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """The reference MBG/NBD fit in days, and how well the like of it foretold this shop's past."""

    name: str
    time_unit: str
    params: Mapping[str, float] | None
    standard_errors: Mapping[str, float] | None
    log_likelihood: float | None
    n_customers: int
    converged: bool
    identifiable: bool
    why_not: str | None  # code when not identifiable
    serving: str  # the model or rule whose predictions the report uses


@dataclass(frozen=True, slots=True)
class Backtest:
    """A past origin: what was expected of the customers known then, and what they did."""

    origin_on: date
    purchases_expected: float
    purchases_actual: float
    buyers_expected: float
    buyers_actual: float
    n: int


@dataclass(frozen=True, slots=True)
class ExpectedFacts:
    """What today's customers are expected to do within the horizon; new customers come on top."""

    horizon_days: int
    purchases: Figure  # purchase days
    buyers: Figure  # customers who buy at least once
    revenue_minor: Figure
    backtests: Sequence[Backtest]


@dataclass(frozen=True, slots=True)
class ForecastStep:
    """The share of regulars on a day to come: median, 9 in 10 and 5 in 10 bands."""

    on: date
    median: float
    low: float
    high: float
    mid_low: float
    mid_high: float


@dataclass(frozen=True, slots=True)
class GoalFacts:
    """When a wished share is reached: the odds that it is by each day, and that it is not."""

    share: float
    by: Sequence[tuple[date, float]]
    not_within: float


@dataclass(frozen=True, slots=True)
class ForecastFacts:
    """How the share of regulars will go on, and how forecasts like it did before.

    `steps` empty where it cannot be told (`why_not`, `needs`). Of `n_past` past steps the 9 in 10
    band held `held_share`, and the median missed by `missed` share points on average. `if_fewer`:
    the share at the last step if a tenth fewer customers lapsed.
    """

    steps: Sequence[ForecastStep]
    n_past: int
    held_share: float | None
    missed: float | None
    width: float | None
    has_season: bool
    if_fewer: float | None
    goal: GoalFacts | None
    why_not: str | None
    needs: float | None


@dataclass(frozen=True, slots=True)
class Move:
    """Of the customers in one state, how many were in another a period later.

    No share where there never were `FEWEST` in the first state at once.
    """

    before: str
    after: str
    n: int
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class StatesFacts:
    """How customers moved between states: a picture of what happened, not the forecaster.

    `counts[state]` on the last of `on`; `newcomers` came within the last period.
    """

    on: Sequence[date]
    period_days: int
    counts: Mapping[str, int]
    counts_before: Mapping[str, int]
    newcomers: int
    moves: Sequence[Move]


@dataclass(frozen=True, slots=True)
class DiscountFacts:
    """How much is bought on discount, and what became of customers won by one."""

    dependence: Dependence
    won: Won


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything one report says."""

    company: str | None
    made_on: date
    engine: str  # "regulars 0.1.0, duckdb 2.0.0"
    currency: str | None
    currency_exponent: int
    input: InputFacts
    customers: int
    orders: int
    net_revenue_minor: int | None
    stages: Mapping[str, int]  # first_time, repeat
    activity: Mapping[str, int] | None  # active, lapsing, lost; None where the model cannot tell
    regulars: RegularsFacts
    slipping: SlippingFacts | None
    concentration: ConcentrationFacts | None
    cohorts: CohortFacts
    model: ModelFacts
    expected: ExpectedFacts
    forecast: ForecastFacts | None = None
    states: StatesFacts | None = None
    discounts: DiscountFacts | None = None  # None where no column tells of discounts
    rules: Sequence[Verdict] = ()
    card: Card | None = None  # how models and plain rules did on this company's own past
