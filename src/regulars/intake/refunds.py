"""A column of refunds beside the amounts: what of it lowers net spend, and how often it is said."""

from dataclasses import dataclass

import duckdb

from regulars.intake.cleaning import CleanFile
from regulars.intake.order_totals import ENOUGH_AMOUNTS, ENOUGH_ORDERS, FEW

# A refund may hold the tax that the amount beside it leaves out, and hardly more than that.
_WITH_TAX = 1.3
_MANY = 0.3  # so many refunds above their amounts: the amounts are what was left after them
_HALF_A_CENT = 0.005


@dataclass(frozen=True, slots=True)
class Refunds:
    """How the refunds of a file are meant; False twice where each is its own row's."""

    per_order: bool  # the same refund stands on each line of its order
    already_off: bool  # the amounts are what was left after refunds


def find_refunds(
    con: duckdb.DuckDBPyConnection, file: CleanFile, gross: str, *, amount_per_order: bool
) -> Refunds | None:
    """Look through the rows of a file for how its refunds are meant; None where it has none."""
    if not file.has("refund"):
        return None
    per_order = file.has("order") and _is_repeated(con, file, believed=amount_per_order)
    unit = f"SELECT {gross} AS amount, abs(refund_) AS refund FROM {file.relation}"
    if amount_per_order:
        one = "max" if per_order else "sum"
        unit = (
            f"SELECT max({gross}) AS amount, {one}(abs(refund_)) AS refund FROM {file.relation} "
            "GROUP BY coalesce(CAST(order_ AS VARCHAR), 'row ' || row_)"
        )
    ((n, n_above),) = con.sql(
        f"SELECT count(*), count(*) FILTER (refund > {_WITH_TAX} * abs(amount) + {_HALF_A_CENT}) "
        f"FROM ({unit}) WHERE refund > 0 AND amount IS NOT NULL"
    ).fetchall()
    return Refunds(per_order, already_off=n_above > _MANY * n)


def _is_repeated(con: duckdb.DuckDBPyConnection, file: CleanFile, *, believed: bool) -> bool:
    """Whether each refund stands on all lines of its order; few orders have to be `believed`."""
    ((several, repeated, amounts),) = con.sql(
        "SELECT count(*), count(*) FILTER (n_said = n AND low = high), count(DISTINCT high) FROM ("
        "SELECT count(*) AS n, count(refund_) AS n_said, min(abs(refund_)) AS low, "
        f"max(abs(refund_)) AS high FROM {file.relation} WHERE order_ IS NOT NULL "
        "GROUP BY order_ HAVING n > 1 AND high > 0)"
    ).fetchall()
    if several == 0 or repeated < (1 - FEW) * several:
        return False
    return believed or (several >= ENOUGH_ORDERS and amounts >= ENOUGH_AMOUNTS)


def refunded(refunds: Refunds, *, amount_per_order: bool) -> str:
    """SQL of what comes off a row's amount."""
    own = "coalesce(abs(refund_), 0)"
    if amount_per_order:
        one = "max" if refunds.per_order else "sum"
        return (
            f"CASE WHEN order_ IS NULL THEN {own} ELSE {one}({own}) OVER (PARTITION BY order_) END"
        )
    if refunds.per_order:
        first = "row_number() OVER (PARTITION BY order_ ORDER BY row_) = 1"
        return f"CASE WHEN order_ IS NULL OR {first} THEN {own} ELSE 0 END"
    return own


def is_wholly_refunded(refunds: Refunds, gross: str, *, amount_per_order: bool) -> str:
    """SQL: whether all of a row's amount was refunded, or of its order where the refund is that."""
    refund = refunded(refunds, amount_per_order=amount_per_order)
    if refunds.per_order and not amount_per_order:
        of_order = "OVER (PARTITION BY order_)"
        refund = f"CASE WHEN order_ IS NULL THEN {refund} ELSE max(abs(refund_)) {of_order} END"
        gross = f"CASE WHEN order_ IS NULL THEN {gross} ELSE sum({gross}) {of_order} END"
    return f"coalesce(({refund}) > 0 AND ({refund}) > ({gross}) - {_HALF_A_CENT}, FALSE)"
