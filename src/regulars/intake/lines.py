"""The SQL that turns cleaned files into `lines`, and what a line means.

A line is a purchase where it adds to revenue (net above 0), or has an amount of 0 in an amount
column (paid with a voucher); a unit price of 0 or less is no purchase. A negative amount or
quantity, a status or type such as "return", and an order number with the mark of a cancellation
(C before the number, where the rows so marked are negative) are returns: they reduce net spend and
are no purchase. An order that was cancelled, failed or refunded adds nothing and is no purchase.
Without any amount column every row is a purchase and net is NULL. Where the amount is the order's,
it stands on the first of the order's lines, the others add 0 and are as much a purchase as it.
A refund in a column of its own is taken off the amount beside it, unless the row is a return itself
or the amounts are what was left after refunds; what was refunded wholly is no purchase.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import duckdb

from regulars.intake.cleaning import CleanFile
from regulars.intake.dates import possible
from regulars.intake.money import LARGEST, minor_units
from regulars.intake.order_totals import amount_is_per_order
from regulars.intake.refunds import Refunds, find_refunds, is_wholly_refunded, refunded
from regulars.intake.sources import literal
from regulars.intake.statuses import return_statuses, void_statuses

CANCEL_MARK = "regexp_matches(order_, '^[Cc]-?[0-9]')"
# Of an order with one amount, the line on which it counts.
COUNTS = (
    "(order_ IS NULL OR row_number() OVER (PARTITION BY order_ ORDER BY amount_ IS NULL, row_) = 1)"
)


# A total holds what came back within its order, unless nothing else is in it.
NONE_KEPT = (
    "(max(quantity_) OVER (PARTITION BY coalesce(CAST(order_ AS VARCHAR), 'row ' || row_)) < 0)"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason to put a row aside: its code, the field it lies in, and SQL that finds such rows."""

    reason: str
    name: str
    test: str


@dataclass(frozen=True, slots=True)
class LinesPlan:
    """What is common to all files of a history."""

    as_of: date | None
    currency: str | None
    exponent: int
    integer_customers: bool
    integer_orders: bool
    has_amounts: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """What was found in one file's rows about how they are meant."""

    amount_per_order: bool  # the amount is the order's, not the line's
    cancel_mark: bool  # a C before the order number marks a cancellation
    void: Sequence[str]
    returned: Sequence[str]
    refunds: Refunds | None  # None where there are none to take off


def create_lines(con: duckdb.DuckDBPyConnection, plan: LinesPlan) -> None:
    """Create the empty table `lines`."""
    customer = "BIGINT" if plan.integer_customers else "VARCHAR"
    order = "BIGINT" if plan.integer_orders else "VARCHAR"
    con.execute(
        f"CREATE OR REPLACE TABLE lines (customer {customer}, day DATE, order_key {order}, "
        "net_minor BIGINT, is_purchase BOOLEAN, is_discounted BOOLEAN, "
        "product VARCHAR, category VARCHAR, channel VARCHAR, name VARCHAR)"
    )


def find_meaning(con: duckdb.DuckDBPyConnection, file: CleanFile) -> Meaning:
    """Look through a file's rows for totals of orders, marks of cancellation and statuses."""
    statuses: list[str] = []
    if file.has("status"):
        rows = con.sql(
            f"SELECT DISTINCT status_ FROM {file.relation} WHERE status_ IS NOT NULL LIMIT 1000"
        ).fetchall()
        statuses = [row[0] for row in rows]
    per_order = amount_is_per_order(con, file)
    return Meaning(
        per_order,
        _has_cancel_mark(con, file),
        void_statuses(statuses),
        return_statuses(statuses),
        find_refunds(con, file, said_amount(file) or "NULL", amount_per_order=per_order),
    )


def _has_cancel_mark(con: duckdb.DuckDBPyConnection, file: CleanFile) -> bool:
    value = next((n for n in ("quantity", "amount", "unit_price") if file.has(n)), None)
    if not file.has("order") or file.integer_orders or value is None:
        return False
    ((n_marked, n_negative),) = con.sql(
        f"SELECT count(*), count(*) FILTER ({value}_ < 0) FROM {file.relation} WHERE {CANCEL_MARK}"
    ).fetchall()
    return bool(n_marked and n_negative >= 0.9 * n_marked)


def problems(file: CleanFile, plan: LinesPlan, meaning: Meaning) -> list[Problem]:
    """Every reason for which a row of the file is put aside, first the one that is named."""
    last = plan.as_of or datetime.now(UTC).date() + timedelta(days=1)
    after = "after_as_of" if plan.as_of else "in_future"
    found = [
        Problem("no_date", "when", "NOT has_when_"),
        Problem(after, "when", f"when_ >= DATE '{last + timedelta(days=1)}'"),
        Problem("bad_date", "when", f"NOT coalesce({possible('when_')}, FALSE)"),
    ]
    if "known" in file.joined:
        found.insert(0, Problem("order_unknown", "order", "NOT known_"))
    if file.has("amount"):
        missing = "NOT has_amount_"
        if meaning.amount_per_order:
            # The amount of an order is known where the line that names it can be used.
            known = f"order_ IS NOT NULL AND amount_ IS NOT NULL AND {usable(found)}"
            said = f"(SELECT order_ FROM {file.relation} WHERE {known})"
            missing = f"NOT has_amount_ AND coalesce(order_ NOT IN {said}, TRUE)"
        found.append(Problem("no_amount", "amount", missing))
        found.append(Problem("bad_amount", "amount", "has_amount_ AND amount_ IS NULL"))
    elif file.has("unit_price"):
        found.append(Problem("no_amount", "unit_price", "NOT has_unit_price_"))
        found.append(Problem("bad_amount", "unit_price", "unit_price_ IS NULL"))
        if file.has("quantity"):
            too_large = f"abs(quantity_ * unit_price_) >= {LARGEST}"
            found.append(Problem("bad_amount", "unit_price", too_large))
    if file.has("quantity"):
        empty = "" if file.has("amount") else "quantity_ IS NULL"
        bad = empty or "has_quantity_ AND quantity_ IS NULL"
        found.append(Problem("bad_quantity", "quantity", bad))
    if file.has("refund"):
        found.append(Problem("bad_amount", "refund", "has_refund_ AND refund_ IS NULL"))
    if file.has_currency and plan.currency:
        other = f"currency_ <> {literal(plan.currency)}"
        name = "currency" if file.has("currency") else "amount"
        found.append(Problem("other_currency", name, other))
    return found


def usable(found: Sequence[Problem]) -> str:
    """SQL: whether a row has none of the problems."""
    return " AND ".join(f"NOT coalesce({problem.test}, FALSE)" for problem in found)


def insert_lines(
    con: duckdb.DuckDBPyConnection,
    file: CleanFile,
    plan: LinesPlan,
    meaning: Meaning,
    found: Sequence[Problem],
) -> int:
    """Add the usable rows of one file to `lines`; give their number.

    Takes the file's relation (see CleanFile) and gives the columns `History` documents.
    """
    net, is_purchase = _net(file, plan, meaning)
    values = [
        _as(file, "customer", "BIGINT" if plan.integer_customers else "VARCHAR"),
        "CAST(when_ AS DATE)",
        _as(file, "order", "BIGINT" if plan.integer_orders else "VARCHAR"),
        net,
        is_purchase,
        *(
            f"{n}_" if file.has(n) else "NULL"
            for n in ("discount", "product", "category", "channel", "name")
        ),
    ]
    ((n_before,),) = con.sql("SELECT count(*) FROM lines").fetchall()
    con.execute(
        f"INSERT INTO lines SELECT {', '.join(values)} FROM {file.relation} WHERE {usable(found)}"
    )
    ((n_after,),) = con.sql("SELECT count(*) FROM lines").fetchall()
    return int(n_after - n_before)


def _as(file: CleanFile, name: str, duck_type: str) -> str:
    return f"CAST({name}_ AS {duck_type})" if file.has(name) else "NULL"


def _net(file: CleanFile, plan: LinesPlan, meaning: Meaning) -> tuple[str, str]:
    """SQL of net_minor and of is_purchase."""
    void = among("status_", meaning.void)
    back = [among("status_", meaning.returned)] if meaning.returned else []
    if file.has("quantity"):
        back.append(NONE_KEPT if meaning.amount_per_order else "quantity_ < 0")
    not_bought = [*back, *([void] if meaning.void else [])]
    if meaning.cancel_mark:
        not_bought.append(CANCEL_MARK)
    buys = [f"NOT coalesce({test}, FALSE)" for test in not_bought]
    said = said_amount(file)
    off = taken_off(meaning)
    if said is None:
        if not plan.has_amounts:
            return "NULL", " AND ".join(buys) or "TRUE"
        net = f"CASE WHEN {void} THEN 0 ELSE -({off}) END" if off and meaning.void else f"-({off})"
        return (minor_units(net, plan.exponent) if off else "0"), " AND ".join(buys) or "TRUE"
    gross = of_order(said) if meaning.amount_per_order else said
    net = gross
    if off and (wholly := wholly_refunded(meaning, gross)):
        net = f"CASE WHEN {wholly} THEN 0 ELSE {gross} - ({off}) END"
        back.append(f"{gross} < 0")
        buys.append(f"NOT {wholly}")
    if back:
        net = f"CASE WHEN {' OR '.join(back)} THEN -abs({gross}) ELSE {net} END"
    if meaning.void:
        net = f"CASE WHEN {void} THEN 0 ELSE {net} END"
    if meaning.amount_per_order:
        net = f"CASE WHEN {COUNTS} THEN {net} ELSE 0 END"
    buys.append(f"{gross} {'>=' if file.has('amount') else '>'} 0")
    return minor_units(f"({net})", plan.exponent), " AND ".join(buys)


def said_amount(file: CleanFile) -> str | None:
    """SQL of what a row says was paid; None where it says nothing."""
    if file.has("amount"):
        return "amount_"
    if file.has("unit_price"):
        return "(quantity_ * unit_price_)" if file.has("quantity") else "unit_price_"
    return None


def of_order(amount: str) -> str:
    """SQL: an amount, or where the row says none that of its order."""
    return f"coalesce({amount}, max({amount}) OVER (PARTITION BY order_))"


def taken_off(meaning: Meaning) -> str | None:
    """SQL of the refund that lowers a row's amount; None where there is none to take off."""
    if meaning.refunds is None or meaning.refunds.already_off:
        return None
    return refunded(meaning.refunds, amount_per_order=meaning.amount_per_order)


def wholly_refunded(meaning: Meaning, gross: str) -> str | None:
    """SQL: whether all of a row's amount was refunded; None where no refund is to be taken off."""
    if meaning.refunds is None or meaning.refunds.already_off:
        return None
    return is_wholly_refunded(meaning.refunds, gross, amount_per_order=meaning.amount_per_order)


def among(status: str, statuses: Sequence[str]) -> str:
    """SQL: whether a status is one of them."""
    return f"({status}) IN ({', '.join(map(literal, statuses))})"
