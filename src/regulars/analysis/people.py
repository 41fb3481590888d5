"""Each customer's standing of a round, as the table that is stored."""

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.measure.activity import LOST, NAMES, activity
from regulars.measure.engine import Arrays
from regulars.measure.expected import Predictor
from regulars.readings.models import Activity, Stage
from regulars.readings.services.storing import STANDINGS
from regulars.report.assemble import Assembled
from regulars.report.standing import LONGEST_WAIT_DAYS, worth_a_year
from regulars.report.tables import Tables

if TYPE_CHECKING:
    import duckdb

HIGH_VALUE_SHARE = 0.2  # of the customers of the base window, those who brought most in it
_COLUMNS = (
    "customer",
    "first_day",
    "last_day",
    "n_days",
    "net_minor",
    "base_net_minor",
    "in_base",
    "is_regular",
    "activity",
    "p_alive",
    "odds",
    "odds_then",
    "expected",
    "expected_net_minor",
    "due",
    "due_from",
    "due_until",
    "worth_minor",
    "usual_gap",
    "before",
)


def standings(con: "duckdb.DuckDBPyConnection", made: Assembled, *, horizon_days: int) -> pa.Table:
    """One row a customer who ever bought, as STANDINGS says.

    The connection's table `people` says whom a customer's number stands for.
    """
    told = made.tables.engine.arrays(_joined(made))
    table = pa.table(_columns(told, made, horizon_days))
    con.register("stands", table)
    named = con.sql(
        "SELECT p.customer::VARCHAR AS customer_id, s.* EXCLUDE (customer) "
        "FROM stands s JOIN people p ON p.number = s.customer ORDER BY p.customer"
    ).to_arrow_table()
    return named.select(STANDINGS.names).cast(STANDINGS)


def _joined(made: Assembled) -> nw.LazyFrame[Any]:
    """Everything known of each customer in one frame."""
    tables = made.tables
    last = made.standing.select("customer", "last_day")
    worth = worth_a_year(tables, last).select("customer", "worth_minor")
    gaps = _gaps(tables)
    joined = made.standing.join(worth, on="customer", how="left")
    return joined.join(gaps, on="customer", how="left").select(*_COLUMNS)


def _gaps(tables: Tables) -> nw.LazyFrame[Any]:
    """Of each repeat buyer the median gap between purchases, and the purchase before the last."""
    again = tables.visits.filter(~nw.col("before_1").is_null())
    return (
        again.with_columns(gap=(nw.col("day") - nw.col("before_1")).cast(nw.Float64))
        .group_by("customer")
        .agg(usual_gap=nw.col("gap").median(), before=nw.col("before_1").max())
    )


def _columns(told: Arrays, made: Assembled, horizon_days: int) -> dict[str, Any]:
    repeat = told["n_days"] > 1
    stage = np.where(repeat, Stage.REPEAT.value, Stage.FIRST_TIME.value)
    high, potential = _value(told)
    return {
        "customer": told["customer"],
        "stage": stage,
        "activity": _activity(told, repeat, made.speaker, horizon_days),
        "is_regular": told["is_regular"],
        "first_on": _dates(told["first_day"]),
        "last_on": _dates(told["last_day"]),
        "n_days": told["n_days"],
        "usual_gap_days": _or_null(told["usual_gap"]),
        "net_minor": told["net_minor"],
        "year_net_minor": told["worth_minor"],
        "is_high_value": high,
        "has_potential": potential,
        "p_alive": _or_null(told["p_alive"]),
        "p_buys": _or_null(told["odds"]),
        "p_buys_then": _or_null(told["odds_then"]),
        "expected_purchases": _or_null(told["expected"]),
        "expected_net_minor": _whole(told["expected_net_minor"]),
        "due_on": _ahead(told, "due", made.tables.as_of),
        "due_from": _ahead(told, "due_from", made.tables.as_of),
        "due_until": _ahead(told, "due_until", made.tables.as_of),
    }


def _value(told: Arrays) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who is of the fifth that brought most in the base window, and who is expected to be.

    High value: in the base window and at or above its upper fifth of net spend, and above zero.
    Potential: not of high value, but what is expected of them is at least what is expected of the
    lower half of the high-valued. Nobody has potential where nothing can be foretold.
    """
    in_base = told["in_base"].astype(bool)
    net = told["base_net_minor"].astype(np.float64)
    nobody = np.zeros(net.size, dtype=bool)
    if not in_base.any():
        return nobody, nobody
    high = in_base & (net > 0) & (net >= np.quantile(net[in_base], 1 - HIGH_VALUE_SHARE))
    expected = told["expected_net_minor"].astype(np.float64)
    if not high.any() or np.isnan(expected).all():
        return high, nobody
    return high, ~high & (expected > 0) & (expected >= np.nanmedian(expected[high]))


def _activity(
    told: Arrays, repeat: NDArray[np.bool_], speaker: Predictor | None, horizon_days: int
) -> Any:
    """The words; who was lost before the last purchase, and is active now, was regained."""
    if speaker is None:
        return np.full(repeat.size, "")
    codes = told["activity"].astype(int)
    words = np.array([*NAMES, Activity.REGAINED.value])[codes].astype(object)
    asked = repeat & (codes == 0)
    first, last = (told[name][asked].astype(np.float64) for name in ("first_day", "last_day"))
    known = {"x": told["n_days"][asked] - 2.0, "t_x": told["before"][asked] - first}
    odds = speaker.p_buys(horizon_days, **known, T=last - first)
    odds_then = speaker.p_buys(horizon_days, **known, T=known["t_x"])
    was_lost = activity(odds, odds_then) == LOST
    words[np.flatnonzero(asked)[was_lost]] = Activity.REGAINED.value
    return words


def _ahead(told: Arrays, name: str, as_of: int) -> pa.Array:
    """Days from now as dates; none where the wait is too long to tell anything."""
    days = told[name].astype(np.float64)
    is_told = told["due_until"].astype(np.float64) <= LONGEST_WAIT_DAYS
    whole = np.where(is_told, np.round(days), 0) + as_of
    return pa.array(whole.astype(np.int32), mask=~is_told | np.isnan(days)).cast(pa.date32())


def _dates(days: NDArray[Any]) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def _whole(values: NDArray[Any]) -> pa.Array:
    known = ~np.isnan(values.astype(np.float64))
    return pa.array(np.where(known, np.round(values), 0).astype(np.int64), mask=~known)


def _or_null(values: NDArray[Any]) -> pa.Array:
    return pa.array(values.astype(np.float64), from_pandas=True)
