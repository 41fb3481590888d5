"""Each customer's standing: counts, odds and expectations side by side, and who is slipping."""

from typing import Any

import narwhals as nw
import numpy as np

from regulars.measure.activity import LAPSING, NAMES
from regulars.measure.engine import Arrays
from regulars.measure.spend import Credibility
from regulars.measure.value import net_per_purchase
from regulars.report.facts import SlippingFacts, SlippingRow
from regulars.report.tables import Tables, day_of

PREDICTED = (
    "p_alive",
    "odds",
    "odds_then",
    "expected",
    "variance",
    "due",
    "due_from",
    "due_until",
)
LONGEST_WAIT_DAYS = 730  # a due date whose band ends later than this tells nothing
SHOWN = 50  # rows of the slipping list on the page; all of them are in customers.csv


def standing(
    tables: Tables,
    predicted: Arrays | None,
    spend: Credibility | None,
    names: nw.LazyFrame[Any] | None,
) -> nw.LazyFrame[Any]:
    """One row per customer with everything known: the frame behind customers.csv.

    `predicted` None where no model can tell, `spend` None where there are no amounts, `names` None
    where no column has them; the columns are there all the same, empty.
    """
    customers = tables.customers
    empty = nw.lit(None).cast(nw.Float64)
    if predicted is None:
        joined = customers.with_columns(
            activity=nw.lit(None).cast(nw.Int8), **dict.fromkeys(PREDICTED, empty)
        )
    else:
        kinds = tables.engine.table(predicted, "predictions")
        joined = customers.join(kinds, on=["x", "t_x", "T"], how="left")
    if names is None:
        joined = joined.with_columns(name=nw.lit(None).cast(nw.String))
    else:
        joined = joined.join(names, on="customer", how="left")
    net = empty if spend is None else nw.col("expected") * net_per_purchase(spend)
    return tables.engine.keep(joined.with_columns(expected_net_minor=net), "standing")


def names_of(lines: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """What people call each customer: of several spellings the last in the alphabet."""
    named = lines.filter(~nw.col("name").is_null(), ~nw.col("customer").is_null())
    return named.group_by("customer").agg(name=nw.col("name").max())


def worth_a_year(tables: Tables, who: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Net spend of some customers in the 365 days up to their last purchase.

    Takes a frame with customer and last_day; gives it back with worth_minor beside.
    """
    return (
        tables.days.join(who, on="customer", how="inner")
        .filter(nw.col("day") > nw.col("last_day") - 365, nw.col("day") <= tables.as_of)
        .group_by(who.collect_schema().names())
        .agg(worth_minor=nw.col("net_minor").sum())
        .with_columns(nw.col("worth_minor").cast(nw.Int64))
    )


def slipping(tables: Tables, standing: nw.LazyFrame[Any], *, has_amounts: bool) -> SlippingFacts:
    """Repeat buyers whose odds of coming back have fallen by half or more, the dearest first."""
    who = standing.filter(nw.col("activity") == LAPSING, nw.col("n_days") >= 2).select(
        "customer", "name", "last_day", "n_days", "odds", "odds_then", "is_regular"
    )
    engine = tables.engine
    worth = engine.keep(worth_a_year(tables, who), "slipping")
    counted = engine.arrays(worth.select(n=nw.len(), worth=nw.col("worth_minor").sum()))
    n = int(counted["n"][0])
    by = "worth_minor" if has_amounts else "n_days"
    top = engine.arrays(worth.sort(by, "customer", descending=[True, False]).head(SHOWN))
    gaps = _usual_gaps(tables, top)
    rows = [
        SlippingRow(
            customer=str(top["customer"][i]),
            last_on=day_of(top["last_day"][i]),
            usual_gap_days=gaps.get(top["customer"][i]),
            silent_days=tables.as_of - int(top["last_day"][i]),
            worth_a_year_minor=int(top["worth_minor"][i]) if has_amounts else None,
            odds=float(top["odds"][i]),
            odds_then=float(top["odds_then"][i]),
            n_days=int(top["n_days"][i]),
            is_regular=bool(top["is_regular"][i]),
            name=top["name"][i],
        )
        for i in range(len(top["customer"]))
    ]
    total = int(counted["worth"][0]) if has_amounts and n else (0 if has_amounts else None)
    return SlippingFacts(n, total, rows)


def _usual_gaps(tables: Tables, top: Arrays) -> dict[Any, float]:
    """Median days between purchases of the customers on the list."""
    if not len(top["customer"]):
        return {}
    who = tables.engine.table({"customer": top["customer"]}, "listed")
    gaps = tables.engine.arrays(
        tables.visits.filter(~nw.col("before_1").is_null())
        .join(who, on="customer", how="inner")
        .select("customer", gap=nw.col("day") - nw.col("before_1"))
    )
    return {
        customer: float(np.median(gaps["gap"][gaps["customer"] == customer]))
        for customer in top["customer"]
    }


def for_people(standing: nw.LazyFrame[Any], *, as_of: int, has_amounts: bool) -> nw.LazyFrame[Any]:
    """The standing as a table a person opens: words for codes, the dearest customers first.

    Dates are still day numbers, which the writer turns into dates.
    """
    stage = nw.when(nw.col("n_days") > 1).then(nw.lit("repeat")).otherwise(nw.lit("first_time"))
    activity = (
        nw.when(nw.col("activity") == 0)
        .then(nw.lit(NAMES[0]))
        .when(nw.col("activity") == 1)
        .then(nw.lit(NAMES[1]))
        .when(nw.col("activity") == 2)
        .then(nw.lit(NAMES[2]))
    )
    net = nw.col("net_minor")
    can_wait = nw.col("due_until") <= LONGEST_WAIT_DAYS
    dates = {
        f"{name}_day": nw.when(can_wait).then((as_of + nw.col(name)).round(0)).cast(nw.Int32)
        for name in ("due", "due_from", "due_until")
    }
    return standing.sort("net_minor", "customer", descending=[True, False]).select(
        "customer",
        "name",
        "first_day",
        "last_day",
        purchase_days=nw.col("n_days"),
        net_minor=net if has_amounts else nw.lit(None).cast(nw.Int64),
        stage=stage,
        is_regular=nw.col("is_regular"),
        activity=activity,
        p_alive=nw.col("p_alive").round(4),
        p_buys=nw.col("odds").round(4),
        p_buys_after_last=nw.col("odds_then").round(4),
        expected_purchases=nw.col("expected").round(4),
        expected_net_minor=nw.col("expected_net_minor").round(0).cast(nw.Int64),
        **dates,
    )
