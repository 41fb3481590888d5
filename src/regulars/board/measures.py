"""What each measure is called and means, and a reading written for a person."""

from dataclasses import dataclass
from datetime import date

from regulars.intake.money import exponent_of
from regulars.kit.numbers import Numbers
from regulars.kit.texts import N_, say
from regulars.readings.models import Reading


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure in words: its name, what it means, and how it is reckoned."""

    name: str
    means: str
    how: str


_COUNTED = N_("Counted, not estimated.")
_MODEL = N_(
    "The model that did best on this company’s own past foretells it for each customer; the range "
    "holds chance and how far off earlier forecasts were."
)
_WILSON = N_("A count by a count; Wilson’s score interval.")
_INFLUENCE = N_("Over all customers’ net spend; the range takes customers as independent draws.")
MEASURES = {
    "customers": Measure(
        N_("Customers who ever bought"), N_("Records joined to one customer count once."), _COUNTED
    ),
    "orders": Measure(N_("Orders"), N_("All that were not cancelled."), _COUNTED),
    "net_revenue": Measure(
        N_("Net revenue"), N_("What was paid for goods, less what was paid back."), _COUNTED
    ),
    "regulars": Measure(
        N_("Regulars"), N_("Customers who bought on enough days within the window."), _COUNTED
    ),
    "regulars_share": Measure(
        N_("Share of regulars"),
        N_("Of those who bought within the base window, how many are regulars."),
        _WILSON,
    ),
    "regulars_revenue_share": Measure(
        N_("What regulars bring"),
        N_("Regulars’ part of the net revenue of the base window."),
        N_("A ratio of sums, linearised; the range takes customers as independent draws."),
    ),
    "regulars_share_change": Measure(
        N_("Share of regulars, against a year ago"),
        N_("The share now less the share a year before, in share points."),
        N_("Newcombe’s interval of a difference of shares."),
    ),
    "first_time_customers": Measure(
        N_("Bought once"), N_("Customers with one day of purchase."), _COUNTED
    ),
    "repeat_customers": Measure(
        N_("Came again"), N_("Customers with two days of purchase or more."), _COUNTED
    ),
    "active_customers": Measure(
        N_("Active"),
        N_("Their odds of buying again are at least half of what they were at the last purchase."),
        _COUNTED,
    ),
    "lapsing_customers": Measure(
        N_("Lapsing"), N_("Their odds have fallen by half or more."), _COUNTED
    ),
    "lost_customers": Measure(
        N_("Lost"), N_("Their odds have fallen by four fifths or more."), _COUNTED
    ),
    "slipping_customers": Measure(
        N_("Slipping away"),
        N_("Customers who used to come again and whose odds have fallen by half or more."),
        _COUNTED,
    ),
    "slipping_worth": Measure(
        N_("Worth of those who slip away"),
        N_("What they spent in the year up to their last purchase."),
        _COUNTED,
    ),
    "top_fifth_revenue_share": Measure(
        N_("What the best fifth brings"),
        N_("The part of net revenue that comes from the 20% of customers who spend most."),
        _INFLUENCE,
    ),
    "gini": Measure(
        N_("Gini coefficient"),
        N_("0: all customers bring the same; 1: one brings everything."),
        _INFLUENCE,
    ),
    "customers_for_80_share": Measure(
        N_("Customers for 80% of revenue"),
        N_("How many of the customers, the biggest first, bring 80% of net revenue."),
        _INFLUENCE,
    ),
    "back_within_year_share": Measure(
        N_("Bought again within a year"),
        N_("Of those first seen over a year ago."),
        _WILSON,
    ),
    "expected_purchases": Measure(
        N_("Expected purchases"),
        N_("Purchase days of today’s customers in the time ahead."),
        _MODEL,
    ),
    "expected_buyers": Measure(
        N_("Expected buyers"), N_("Of today’s customers, those who buy in the time ahead."), _MODEL
    ),
    "expected_revenue": Measure(
        N_("Expected revenue"), N_("From today’s customers in the time ahead."), _MODEL
    ),
    "discounted_revenue_share": Measure(
        N_("Bought on discount"),
        N_("Part of spend on lines with a discount or a coupon."),
        _INFLUENCE,
    ),
    "goal_odds": Measure(
        N_("Odds of reaching the goal in time"),
        N_("How many of the simulated courses reach the wished share of regulars by its day."),
        N_("Simulated from the fitted model, with the doubt about its parameters in it."),
    ),
    "discounted_days_share": Measure(
        N_("Days on discount"), N_("Part of purchase days with a discount or a coupon."), _INFLUENCE
    ),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A reading as a page shows it."""

    name: str
    means: str
    how: str
    value: str  # empty: it could not be told
    low: str
    high: str
    level: str
    n: str
    first_on: date
    last_on: date
    why_not: str
    rule: str
    engine: str
    serving: str


def shown_reading(reading: Reading, lang: str) -> Shown:
    """A reading in a language."""
    told = MEASURES[reading.measure]
    taking = reading.taking
    numbers = Numbers(lang, taking.currency, exponent_of(taking.currency))

    def written(value: float | None) -> str:
        if value is None:
            return ""
        if reading.unit == "share":
            return numbers.percent(value, 1)
        if reading.unit == "odds":
            return numbers.odds(value)
        if reading.unit == "points":
            return numbers.decimal(100 * value, 1)
        if reading.unit == "money":
            return numbers.money(value, significant=3 if reading.low is not None else None)
        return numbers.count(value, 3 if reading.low is not None else None)

    return Shown(
        name=say(told.name, lang),
        means=say(told.means, lang),
        how=say(told.how, lang),
        value=written(reading.value),
        low=written(reading.low),
        high=written(reading.high),
        level=numbers.percent(reading.level) if reading.level else "",
        n=numbers.count(reading.n),
        first_on=reading.first_on,
        last_on=reading.last_on,
        why_not=reading.why_not,
        rule=taking.rule,
        engine=taking.engine,
        serving=taking.serving,
    )
