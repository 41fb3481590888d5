"""The SQL that turns one cleaned file of orders into rows for the book."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from regulars.intake.cleaning import CleanFile
from regulars.intake.history import ReadOptions
from regulars.intake.lines import CANCEL_MARK, Meaning, Problem, among
from regulars.intake.sources import literal
from regulars.intake.typed import code_of

ROW_COLUMNS: Mapping[str, str] = {
    "file": "INTEGER",
    "row": "BIGINT",
    "order_key": "VARCHAR",  # begins with ~ where no file names the order
    "is_head": "BOOLEAN",  # says who and when; another file has the lines
    "is_back": "BOOLEAN",  # gives goods or money back
    "external": "VARCHAR",  # what the customer is known by
    "email": "VARCHAR",
    "phone": "VARCHAR",
    "card": "VARCHAR",
    "name": "VARCHAR",
    "placed_at": "TIMESTAMP",  # UTC
    "cancelled_at": "TIMESTAMP",
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
    "net": "DOUBLE",  # as paid; NULL where only the order's is told
    "order_total": "DOUBLE",  # what the order came to, with shipping; NULL where lines tell it
    "order_discount": "DOUBLE",
    "shipping": "DOUBLE",
    "tax": "DOUBLE",
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

    def whole(value: str) -> str:
        """What is told of an order on its first row goes for all."""
        if not meaning.amount_per_order or value == "NULL":
            return value
        return f"coalesce({value}, max({value}) OVER (PARTITION BY order_))"

    values = {
        "file": str(rows.nth),
        "row": "row_",
        "order_key": _key(file),
        "is_head": str(rows.is_head),
        **_customer(file, rows.customer_kind),
        "placed_at": _moment(file, "when", options),
        "cancelled_at": _cancelled_at(file, meaning, options),
        "channel": whole(f"left({code_of('channel_')}, 20)" if file.has("channel") else "NULL"),
        "branch": whole(_left(file, "branch", 40)),
        "currency": _currency(file, whole, options),
        "product_code": _product(file),
        "product_name": _own(file, "product_name"),
        "category": "category_" if file.has("category") else "NULL",
        "coupon": _left(file, "coupon", 40),
        **_amounts(file, meaning),
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


def _moment(file: CleanFile, name: str, options: ReadOptions) -> str:
    zone = options.time_zone or "UTC"
    if name in file.joined:  # another file tells it, as it was written there
        return f"timezone('UTC', timezone({literal(zone)}, CAST({name}_ AS TIMESTAMP)))"
    return f"{name}_utc_"


def _cancelled_at(file: CleanFile, meaning: Meaning, options: ReadOptions) -> str:
    """When it was cancelled; where only a status says so, when it was placed."""
    told = _own(file, "cancelled")
    at = _moment(file, "when", options)
    if not meaning.void:
        return told
    return f"coalesce({told}, CASE WHEN {among('status_', meaning.void)} THEN {at} END)"


def _currency(file: CleanFile, whole: Callable[[str], str], options: ReadOptions) -> str:
    own = literal(options.currency or "EUR")
    return f"coalesce({whole('currency_')}, {own})" if file.has_currency else own


def _amounts(file: CleanFile, meaning: Meaning) -> dict[str, str]:
    """Quantity, price and what was paid; below zero it came back."""
    price = "unit_price_" if file.has("unit_price") else "NULL"
    quantity = "quantity_" if file.has("quantity") else "1"
    priced = f"({quantity} * {price})" if file.has("unit_price") else "NULL"
    amount = "amount_" if file.has("amount") else "NULL"
    whole = "NULL"
    paid = f"coalesce({amount}, {priced}, 0)"
    if meaning.amount_per_order:
        order = "max(amount_) OVER (PARTITION BY coalesce(CAST(order_ AS VARCHAR), row_::VARCHAR))"
        if file.has("unit_price"):
            whole, paid = order, f"coalesce({priced}, 0)"
        else:
            first = (
                "row_number() OVER (PARTITION BY coalesce(CAST(order_ AS VARCHAR), row_::VARCHAR) "
                "ORDER BY amount_ IS NULL, row_) = 1"
            )
            paid = f"CASE WHEN {first} THEN coalesce(amount_, 0) ELSE 0 END"
    elif not file.has("amount") and "line_discount" in file.choice:
        paid = f"({paid} - least(abs(coalesce(line_discount_, 0)), abs({paid})))"
    back = [f"{paid} < 0"]
    if file.has("quantity"):
        back.append("quantity_ < 0")
    if meaning.returned:
        back.append(among("status_", meaning.returned))
    if meaning.cancel_mark:
        back.append(CANCEL_MARK)
    if "line_gross" in file.choice:
        priced = "line_gross_"
        price = f"round(abs(line_gross_) / nullif(abs({quantity}), 0), 6)"
    is_back = " OR ".join(f"coalesce({test}, FALSE)" for test in back)
    per_order = meaning.amount_per_order
    return {
        "is_back": f"({is_back})",
        "quantity": f"coalesce(nullif(abs({quantity}), 0), 1)",
        "unit_price": f"CASE WHEN {price} >= 0 THEN {price} END",
        "gross": f"abs({priced})",
        "net": f"abs({paid})",
        "order_total": whole,
        "order_discount": f"abs({_own(file, 'order_discount')})" if per_order else "NULL",
        "shipping": f"abs({_own(file, 'shipping')})" if per_order else "NULL",
        "tax": f"abs({_own(file, 'tax')})" if per_order else "NULL",
    }
