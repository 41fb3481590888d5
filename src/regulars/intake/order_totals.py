"""Whether an amount is the line's or the whole order's, repeated on each of its lines."""

import duckdb

from regulars.intake.cleaning import CleanFile
from regulars.intake.names import HEADINGS, heading_rank

_TOTALS = next(
    rank for rank, group in enumerate(HEADINGS["amount"]) if "order total" in group.split("|")
)
_SAMPLE = 200_000  # rows, from the top: lines of an order nearly always stand together
_FEW = 0.02  # of the orders with several lines, so few may differ by mistake
# Where the heading does not speak of a total, it takes so many orders to believe it is one.
_ENOUGH_ORDERS, _ENOUGH_AMOUNTS = 20, 5


def amount_is_per_order(con: duckdb.DuckDBPyConnection, file: CleanFile) -> bool:
    """Whether the amount is the same on all lines of every order, or stands on one line only.

    Differing amounts within orders prove the contrary, and mostly do so within the first rows;
    only where they do not is the whole file looked at.
    """
    if not (file.has("order") and file.has("amount")):
        return False
    named_total = heading_rank("amount", file.choice["amount"]) == _TOTALS
    several, differing, *_ = _counts(con, f"(FROM {file.relation} LIMIT {_SAMPLE})")
    if differing > _FEW * several or (several == 0 and not named_total):
        return False
    several, differing, once, amounts = _counts(con, file.relation)
    if several == 0 or differing > _FEW * several:
        return False
    if once >= 0.9 * several:
        return True
    if file.has("quantity") and file.has("unit_price") and _is_product_of_both(con, file):
        return False
    return named_total or (several >= _ENOUGH_ORDERS and amounts >= _ENOUGH_AMOUNTS)


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
