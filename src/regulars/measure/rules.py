"""The field's rules of thumb that orders alone can test, each held against this company's own."""

from typing import Any

import narwhals as nw

from regulars.measure import discounts, ratios
from regulars.measure.concentration import concentration
from regulars.measure.engine import Engine
from regulars.measure.figure import Figure
from regulars.measure.intervals import difference, proportion
from regulars.measure.verdict import Claim, Need, Verdict, judge

YEAR = 365
# A book may begin, or a shop open, some days before the first sale that stands in it.
SLACK_DAYS = 14


def top_fifth(customers: nw.LazyFrame[Any], *, engine: Engine, level: float = 0.95) -> Verdict:
    """Test "80 % of profit comes from 20 % of the customers".

    Takes   customers: net_minor (see `rfm.customers`).
    Gives   the share of net spend that the top fifth of the customers with net spend above zero
            hold; the claim counts as true between 75 and 85 %.
    Error   see `concentration.concentration`.
    Beware  spend is not profit: who buys most may cost most. A longer history makes it steeper.
    Source  the saying goes back to Pareto by way of Juran; decided as in `verdict.judge`.
    """
    spent = engine.arrays(customers.filter(nw.col("net_minor") > 0).select("net_minor"))
    estimate = concentration(spent["net_minor"], level=level).top_20_share
    return judge("top_fifth", estimate, Claim(0.75, 0.85), otherwise=Need("amounts"))


def regulars_bring(customers: nw.LazyFrame[Any], *, engine: Engine, level: float = 0.95) -> Verdict:
    """Test "A loyal customer brings 9 times what a non-loyal one does".

    Takes   customers: base_net_minor, is_regular, in_base (see `rfm.customers`).
    Gives   how many times the net spend per head of regulars, in the base window, is that of its
            other customers; the claim counts as true between 7 and 11 times.
    Error   log-ratio of two means (`ratios.ratio_of_means`).
    Beware  regulars are those who bought often, so part of it is true by definition; it says what
            they bring, not what it would bring to make somebody a regular.
    Source  decided as in `verdict.judge`.
    """
    base = customers.filter(nw.col("in_base"))
    spent = {"part": "base_net_minor", "whole": "base_net_minor", "by": "is_regular"}
    of = ratios.totals(base, **spent, engine=engine)
    estimate = ratios.ratio_of_means(of.get(True), of.get(False), level=level)
    need = Need("amounts" if estimate.why_not == "no_revenue" else "customers_of_both_kinds")
    return judge("regulars_bring", estimate, Claim(7.0, 11.0), otherwise=need)


def lost_in_a_year(
    days: nw.LazyFrame[Any], *, as_of: int, engine: Engine, level: float = 0.95
) -> Verdict:
    """Test "20 to 40 % of the customers are lost each year".

    Takes   days: customer, day, n_purchases (see `rfm.customer_days`).
    Gives   of the customers with a purchase in the year before last, the share without one in the
            last 365 days; the claim counts as true between 20 and 40 %.
    Error   Wilson.
    Beware  silent for a year is not gone for good: of those who buy every other year many come
            back. A history more than a fortnight short of two years cannot tell.
    Source  decided as in `verdict.judge`.
    """
    day = nw.col("day")
    bought = days.filter(nw.col("n_purchases") > 0, day <= as_of)
    found = engine.arrays(
        bought.with_columns(
            before=((day > as_of - 2 * YEAR) & (day <= as_of - YEAR)).cast(nw.Int64),
            since=(day > as_of - YEAR).cast(nw.Int64),
        )
        .group_by("customer")
        .agg(first=day.min(), before=nw.col("before").max(), since=nw.col("since").max())
        .select(
            first=nw.col("first").min(),
            n=nw.col("before").sum(),
            stayed=(nw.col("before") * nw.col("since")).sum(),
        )
    )
    first, n, stayed = (float(found[name][0]) for name in ("first", "n", "stayed"))
    need = Need("history_days", 2 * YEAR)
    estimate = Figure.unknown("history_too_short", needs=2 * YEAR)
    if as_of - first + 1 >= 2 * YEAR - SLACK_DAYS:
        estimate = proportion(int(n - stayed), int(n), level=level)
    return judge("lost_in_a_year", estimate, Claim(0.20, 0.40), otherwise=need)


def several_channels(
    lines: nw.LazyFrame[Any],
    *,
    as_of: int,
    engine: Engine,
    within_days: int = YEAR,
    level: float = 0.95,
) -> Verdict:
    """Test "Customers on several channels are more loyal".

    Takes   lines: customer, day, is_purchase, channel (NULL where unknown).
    Gives   of the customers with two purchase days and within_days passed since: the share who
            bought again in that time, of those who used several channels on the two days less that
            of those who used one; the claim counts as true above 0.
    Error   Newcombe's interval of a difference.
    Beware  more purchases give more chances of a second channel, so everybody is sorted by the
            first two purchase days alone and judged by what came after. Still nobody drew lots:
            those who live near a branch and on the net are other people than the rest.
    Source  decided as in `verdict.judge`.
    """
    customers = _by_first_channels(lines, as_of=as_of, within_days=within_days)
    found = engine.arrays(
        customers.group_by("is_several").agg(n=nw.len(), back=nw.col("is_back").sum())
    )
    counted = {
        bool(several): (int(back), int(n))
        for several, back, n in zip(found["is_several"], found["back"], found["n"], strict=True)
    }
    several, one = (counted.get(kind, (0, 0)) for kind in (True, False))
    estimate = difference(*several, *one, level=level)
    need = Need("customers_on_several_channels" if one[1] else "channel_column")
    return judge("several_channels", estimate, Claim(0.0, None), otherwise=need)


def _by_first_channels(
    lines: nw.LazyFrame[Any], *, as_of: int, within_days: int
) -> nw.LazyFrame[Any]:
    """Customers whose first two days' channels are known: several or one, and back or not."""
    day, channel, nth = nw.col("day"), nw.col("channel"), nw.col("nth")
    bought = (
        lines.filter(nw.col("is_purchase"), ~nw.col("customer").is_null(), day <= as_of)
        .select("customer", "day", "channel")
        .unique()
    )
    visits = bought.select("customer", "day").unique()
    third = (
        visits.with_columns(nth=day.cum_count().over("customer", order_by="day"))
        .filter(nth <= 3)
        .group_by("customer")
        .agg(second=nw.when(nth == 2).then(day).max(), third=nw.when(nth == 3).then(day).max())
        .filter(nw.col("second") + within_days <= as_of)
        .with_columns(
            is_back=(nw.col("third") <= nw.col("second") + within_days)
            .fill_null(value=False)
            .cast(nw.Int64)
        )
    )
    return (
        bought.join(third, on="customer")
        .filter(day <= nw.col("second"))
        .group_by("customer")
        .agg(
            is_back=nw.col("is_back").max(),
            n_unknown=channel.is_null().cast(nw.Int64).sum(),
            least=channel.min(),
            most=channel.max(),
        )
        .filter(nw.col("n_unknown") == 0)
        .with_columns(is_several=nw.col("least") != nw.col("most"))
    )


def won_by_discount(
    days: nw.LazyFrame[Any],
    *,
    as_of: int,
    engine: Engine,
    is_recorded: bool = True,
    within_days: int = YEAR,
    level: float = 0.95,
) -> Verdict:
    """Test "Customers won by discounts leave when discounts end".

    Takes   days (see `discounts.discount_days`); is_recorded: whether discounts are recorded at
            all; days may be empty where they are not.
    Gives   the share back within within_days of those whose first purchase was on discount, less
            that of those who first paid the full price; the claim counts as true below 0.
    Error   Newcombe's interval of a difference.
    Beware  see `discounts.won`: what it shows goes with the discount and need not come from it, and
            discounts went on meanwhile.
    Source  decided as in `verdict.judge`.
    """
    found = discounts.won(days, as_of=as_of, engine=engine, within_days=within_days, level=level)
    n = found.discount.n + found.full_price.n
    need = Need("customers_of_both_kinds")
    if not is_recorded or (n == 0 and found.n_unknown):
        need = Need("discount_column")
    elif n == 0:
        need = Need("history_days", within_days + 1)
    return judge("won_by_discount", found.difference, Claim(None, 0.0), otherwise=need)


def rules(
    lines: nw.LazyFrame[Any],
    *,
    days: nw.LazyFrame[Any],
    customers: nw.LazyFrame[Any],
    as_of: int,
    engine: Engine,
    level: float = 0.95,
) -> list[Verdict]:
    """Every rule of thumb that orders can test, tested.

    Takes   lines: customer, day, net_minor, is_purchase, is_discounted, channel; days and customers
            of the same history (see `rfm`).
    Gives   five Verdicts, in the order of this module.
    Error   see each.
    Beware  five looks at 0.95 let about one of four companies see a verdict that is chance.
    Source  the rules are the trade's sayings; see each for what counts as true.
    """
    on_discount = engine.keep(discounts.discount_days(lines, as_of=as_of), "discount_days")
    verdicts = [
        top_fifth(customers, engine=engine, level=level),
        regulars_bring(customers, engine=engine, level=level),
        lost_in_a_year(days, as_of=as_of, engine=engine, level=level),
        several_channels(lines, as_of=as_of, engine=engine, level=level),
        won_by_discount(on_discount, as_of=as_of, engine=engine, level=level),
    ]
    engine.drop("discount_days")
    return verdicts
