"""Whether an amount is the line's or the whole order's, repeated on each of its lines."""

from dataclasses import replace

import duckdb

from regulars.intake.cleaning import CleanFile
from regulars.intake.names import HEADINGS, heading_rank
from regulars.intake.sources import workbench

_TOTALS = next(
    rank for rank, group in enumerate(HEADINGS["amount"]) if "order total" in group.split("|")
)
_SAMPLE = 200_000  # rows, from the top: lines of an order nearly always stand together
FEW = 0.02  # of the orders with several lines, so few may differ by mistake
# What is said of a whole order, beside its day and currency.
_OF_ORDER = (
    *("customer", "email", "phone", "card", "name", "first_name", "last_name"),
    *("status", "cancelled", "channel", "branch"),
)
# Where the heading does not speak of a total, it takes so many orders to believe it is one.
ENOUGH_ORDERS, ENOUGH_AMOUNTS = 20, 5


def amount_is_per_order(con: duckdb.DuckDBPyConnection, file: CleanFile) -> bool:
    """Whether the amount is the same on all lines of every order, or stands on one line only.

    Differing amounts within orders prove the contrary, and mostly do so within the first rows;
    only where they do not is the whole file looked at.
    """
    if not (file.has("order") and file.has("amount")):
        return False
    named_total = is_named_total(file)
    several, differing, *_ = _counts(con, f"(FROM {file.relation} LIMIT {_SAMPLE})")
    if differing > FEW * several or (several == 0 and not named_total):
        return False
    several, differing, once, amounts = _counts(con, file.relation)
    if several == 0 or differing > FEW * several:
        return False
    if once >= 0.9 * several:
        return True
    if file.has("quantity") and file.has("unit_price") and _is_product_of_both(con, file):
        return False
    return named_total or (several >= ENOUGH_ORDERS and amounts >= ENOUGH_AMOUNTS)


def is_named_total(file: CleanFile) -> bool:
    """Whether the heading says that the amount is an order's."""
    return (
        "order" in file.choice
        and "amount" in file.choice
        and heading_rank("amount", file.choice["amount"]) == _TOTALS
    )


def filled_from_order(con: duckdb.DuckDBPyConnection, file: CleanFile) -> CleanFile:
    """The file with what only the first line of an order says of it said on its other lines too."""
    told = {name: f"{name}_ IS NOT NULL" for name in _OF_ORDER if name in file.choice}
    if file.has_currency:
        told["currency"] = "currency_ IS NOT NULL"
    moments = ("when", "when_utc") if file.has_utc else ("when",)
    told |= dict.fromkeys([name for name in moments if "when" in file.choice], "has_when_")
    counted = ", ".join(f"count(*) FILTER (NOT ({test}))" for test in told.values())
    (silent,) = con.sql(f"SELECT {counted} FROM {file.relation}").fetchall()
    filled = []
    for (name, test), n in zip(told.items(), silent, strict=True):
        if n:
            of_order = f"max({name}_) FILTER ({test}) OVER (PARTITION BY order_)"
            where = f"order_ IS NOT NULL AND NOT ({test})"
            filled.append(f"CASE WHEN {where} THEN {of_order} ELSE {name}_ END AS {name}_")
            if name == "when":
                known = "bool_or(has_when_) OVER (PARTITION BY order_)"
                filled.append(f"CASE WHEN {where} THEN {known} ELSE has_when_ END AS has_when_")
    if not filled:
        return file
    name = workbench(f"filled {file.file}")
    query = f"SELECT * REPLACE ({', '.join(filled)}) FROM {file.relation}"
    con.execute(f"CREATE TABLE {name} AS {query}")
    return replace(file, relation=name)


def _counts(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, int, int, int]:
    """Orders with several lines; those with differing amounts; with one amount; their amounts."""
    (found,) = con.sql(
        "SELECT count(*), count(*) FILTER (low <> high), count(*) FILTER (n_amounts = 1), "
        "count(DISTINCT high) FROM (SELECT count(*) AS n, count(amount_) AS n_amounts, "
        f"min(amount_) AS low, max(amount_) AS high FROM {relation} WHERE order_ IS NOT NULL "
        "GROUP BY order_ HAVING n > 1 AND n_amounts > 0)"
    ).fetchall()
    several, differing, once, amounts = found
    return several, differing, once, amounts


def _is_product_of_both(con: duckdb.DuckDBPyConnection, file: CleanFile) -> bool:
    """Whether the amount is quantity x unit price on nearly every line."""
    ((share,),) = con.sql(
        "SELECT count(*) FILTER (abs(quantity_ * unit_price_ - amount_) < 0.011) / count(*) "
        f"FROM {file.relation} WHERE amount_ IS NOT NULL AND quantity_ <> 1"
    ).fetchall()
    return bool(share is not None and share >= 0.9)
