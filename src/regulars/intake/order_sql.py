"""The SQL that turns one cleaned file of orders into rows for the book."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regulars.intake.cleaning import CleanFile
from regulars.intake.history import ReadOptions
from regulars.intake.lines import (
    COUNTS,
    NONE_KEPT,
    Meaning,
    Problem,
    among,
    of_order,
    said_amount,
    taken_off,
    wholly_refunded,
)
from regulars.intake.sources import literal
from regulars.intake.typed import ITEM, code_of

ROW_COLUMNS: Mapping[str, str] = {
    "file": "INTEGER",
    "row": "BIGINT",
    "order_key": "VARCHAR",  # begins with ~ where no file names the order
    "is_head": "BOOLEAN",  # says who and when; another file has the lines
    "is_back": "BOOLEAN",  # gives goods or money back
    "is_void": "BOOLEAN",  # came to nothing, or all of it was refunded
    "external": "VARCHAR",  # what the customer is known by
    "email": "VARCHAR",
    "phone": "VARCHAR",
    "card": "VARCHAR",
    "name": "VARCHAR",
    "placed_at": "TIMESTAMP",  # UTC
    "void_at": "TIMESTAMP",  # when it came to nothing; NULL: not told
    "channel": "VARCHAR",
    "branch": "VARCHAR",
    "currency": "VARCHAR",
    "product_code": "VARCHAR",
    "product_name": "VARCHAR",
    "category": "VARCHAR",
    "coupon": "VARCHAR",
    "quantity": "DOUBLE",  # above 0
    "unit_price": "DOUBLE",  # NULL: not told
    "gross": "DOUBLE",  # as priced; major units
    "net": "DOUBLE",  # as paid
    "items": f"{ITEM}[]",  # what was bought, where one row tells the whole order
    "of_order": "BOOLEAN",  # the amount is the order's
    "is_counted": "BOOLEAN",  # the one row of its order that tells the amount
    "order_total": "DOUBLE",  # what the order came to, with shipping; NULL where lines tell it
    "order_discount": "DOUBLE",
    "shipping": "DOUBLE",
    "tax": "DOUBLE",
    "refund": "DOUBLE",  # paid back of what was paid, told beside it
    "refund_of": "DOUBLE",  # what it was taken off; NULL: another file tells
    "problem": "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class FileRows:
    """One file, and what was found out about its rows."""

    nth: int
    file: CleanFile
    meaning: Meaning
    problems: Sequence[Problem]
    customer_kind: str  # what the column of customers names them by: external, email or phone
    repeated: str | None  # the table of rows that stand in an earlier file
    is_head: bool  # another file has the lines of its orders


def rows_of_file(rows: FileRows, options: ReadOptions) -> str:
    """A query of all rows but the repeated ones, as ROW_COLUMNS."""
    file, meaning = rows.file, rows.meaning
    values = {
        "file": str(rows.nth),
        "row": "row_",
        "order_key": _key(file),
        "is_head": str(rows.is_head),
        "is_back": _is_back(file, meaning),
        "is_void": _is_void(file, meaning),
        **_customer(file, rows.customer_kind),
        "placed_at": "when_utc_",
        "void_at": _own(file, "cancelled"),
        "channel": f"left({code_of('channel_')}, 20)" if file.has("channel") else "NULL",
        "branch": _left(file, "branch", 40),
        "currency": _currency(file, options),
        "product_code": _product(file),
        "product_name": _own(file, "product_name"),
        "category": "category_" if file.has("category") else "NULL",
        "coupon": _left(file, "coupon", 40),
        **_prices(file, meaning),
        "items": _own(file, "items"),
        **_of_whole_order(file, meaning),
        **_refund(file, meaning),
        "problem": _problem(rows.problems),
    }
    listed = ", ".join(f"{values[name]} AS {name}" for name in ROW_COLUMNS)
    but = f" WHERE row_ NOT IN (FROM {rows.repeated})" if rows.repeated else ""
    return f"SELECT {listed} FROM {file.relation}{but}"


def _own(file: CleanFile, name: str) -> str:
    return f"{name}_" if name in file.choice else "NULL"


def _product(file: CleanFile) -> str:
    """Its number, or where none is told its name."""
    name = _own(file, "product_name")
    return f"left(coalesce(product_, {name}), 100)" if file.has("product") else f"left({name}, 100)"


def _left(file: CleanFile, name: str, most: int) -> str:
    return f"left({name}_, {most})" if name in file.choice else "NULL"


def _problem(found: Sequence[Problem]) -> str:
    if not found:
        return "NULL"
    cases = " ".join(f"WHEN {each.test} THEN {literal(each.reason)}" for each in found)
    return f"CASE {cases} END"


def _key(file: CleanFile) -> str:
    """The order's number; a row without one is an order of its own, known by what it says."""
    names = ("customer", "when", "product", "quantity", "unit_price", "amount")
    told = [f"coalesce(CAST({n}_ AS VARCHAR), '')" for n in names if file.has(n)]
    digest = f"md5(concat_ws('|', {', '.join(told)}))"
    # The same row again in one file is another purchase.
    nth = f"row_number() OVER (PARTITION BY {', '.join(told)} ORDER BY row_)"
    own = f"'~' || {digest} || '-' || {nth}"
    if not file.has("order"):
        return own
    number = "CAST(order_ AS VARCHAR)"
    short = f"CASE WHEN length({number}) <= 90 THEN {number} ELSE md5({number}) END"
    return f"CASE WHEN order_ IS NULL THEN {own} ELSE {short} END"


def _customer(file: CleanFile, kind: str) -> dict[str, str]:
    """What the customer is known by; the column of customers may be one of them."""
    known = {name: _own(file, name) for name in ("email", "phone", "card")}
    known["external"] = "NULL"
    if file.has("customer"):
        told = "CAST(customer_ AS VARCHAR)"
        known[kind] = f"lower({told})" if kind == "email" else told
    name = "name_" if file.has("name") else "NULL"
    if "last_name" in file.choice:
        parts = [_own(file, part) for part in ("first_name", "last_name")]
        name = f"coalesce({name}, nullif(trim(concat_ws(' ', {', '.join(parts)})), ''))"
    return known | {"name": f"left({name}, 200)"}


def _currency(file: CleanFile, options: ReadOptions) -> str:
    own = literal(options.currency or "EUR")
    return f"coalesce(currency_, {own})" if file.has_currency else own


def _status(file: CleanFile, meaning: Meaning) -> str:
    """Whether a status says that the order came to nothing; without one, its day of cancelling."""
    if file.has("status"):
        return f"coalesce({among('status_', meaning.void)}, FALSE)" if meaning.void else "FALSE"
    return f"({_own(file, 'cancelled')} IS NOT NULL)"


def _is_void(file: CleanFile, meaning: Meaning) -> str:
    gross = _gross(file, meaning)
    wholly = wholly_refunded(meaning, gross) if gross else None
    return f"({_status(file, meaning)} OR {wholly})" if wholly else _status(file, meaning)


def _is_back(file: CleanFile, meaning: Meaning) -> str:
    tests = []
    if gross := _gross(file, meaning):
        tests.append(f"{gross} < 0")
    if file.has("quantity"):
        tests.append(NONE_KEPT if meaning.amount_per_order else "quantity_ < 0")
    if meaning.returned:
        tests.append(among("status_", meaning.returned))
    is_back = " OR ".join(f"coalesce({test}, FALSE)" for test in tests)
    return f"(({is_back}) AND NOT {_status(file, meaning)})" if tests else "FALSE"


def _gross(file: CleanFile, meaning: Meaning) -> str | None:
    """SQL of what a row, or its order, came to; None where another file tells."""
    said = said_amount(file)
    return of_order(said) if said and meaning.amount_per_order else said


def _prices(file: CleanFile, meaning: Meaning) -> dict[str, str]:
    """Quantity, price and what was paid for one line."""
    quantity = "quantity_" if file.has("quantity") else "1"
    price = "unit_price_" if file.has("unit_price") else "NULL"
    priced = f"({quantity} * {price})" if file.has("unit_price") else "NULL"
    paid = f"coalesce({said_amount(file) or '0'}, 0)"
    if meaning.amount_per_order:
        paid = f"CASE WHEN {COUNTS} THEN {_gross(file, meaning)} ELSE 0 END"
        if file.has("unit_price"):
            paid = f"CASE WHEN {_is_back(file, meaning)} THEN {paid} ELSE {priced} END"
    elif not file.has("amount") and "line_discount" in file.choice:
        paid = f"({paid} - least(abs(coalesce(line_discount_, 0)), abs({paid})))"
    if "line_gross" in file.choice:
        priced = "line_gross_"
        price = f"round(abs(line_gross_) / nullif(abs({quantity}), 0), 6)"
    return {
        "quantity": f"coalesce(nullif(abs({quantity}), 0), 1)",
        "unit_price": f"CASE WHEN {price} >= 0 THEN {price} END",
        "gross": f"abs({priced})",
        "net": f"abs(coalesce({paid}, 0))",
    }


def _of_whole_order(file: CleanFile, meaning: Meaning) -> dict[str, str]:
    """What the order came to, where its lines are priced apart."""
    per_order = meaning.amount_per_order
    is_priced = per_order and (file.has("unit_price") or "items" in file.choice)
    of_priced = {
        "order_total": _gross(file, meaning) or "NULL",
        **{name: f"abs({_own(file, name)})" for name in ("order_discount", "shipping", "tax")},
    }
    return {
        "of_order": str(per_order),
        "is_counted": COUNTS if per_order else "TRUE",
        **(of_priced if is_priced else dict.fromkeys(of_priced, "NULL")),
    }


def _refund(file: CleanFile, meaning: Meaning) -> dict[str, str]:
    """What was paid back, told in a column of its own; of a total on its one row."""
    off = taken_off(meaning)
    if off is None:
        return {"refund": "0", "refund_of": "NULL"}
    nothing = f"{_is_back(file, meaning)} OR {_status(file, meaning)}"
    if meaning.amount_per_order:
        nothing += f" OR NOT {COUNTS}"
    return {
        "refund": f"CASE WHEN {nothing} THEN 0 ELSE {off} END",
        "refund_of": _gross(file, meaning) or "NULL",
    }
