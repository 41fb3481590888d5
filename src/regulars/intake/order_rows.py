"""Files of orders as the book wants them: each row as a line of an order, or of what came back.

The meaning of a row is the report's (`intake.lines`): what is a purchase there is a line here, what
gives money back is a return, what came to nothing is cancelled. What the report leaves aside is
read too: what a customer is known by, prices, discounts, shipping, time of day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from regulars.intake.account import problem_rows
from regulars.intake.cleaning import CleanFile, clean
from regulars.intake.columns import check_mapping
from regulars.intake.files import open_files, said_in_words
from regulars.intake.history import ColumnTaken, ReadOptions, Repeats
from regulars.intake.lines import LinesPlan, Problem
from regulars.intake.money import LARGEST
from regulars.intake.names import HEADINGS, heading_rank
from regulars.intake.order_sql import ROW_COLUMNS, FileRows, rows_of_file
from regulars.intake.order_totals import is_named_total
from regulars.intake.reading import Part, choices, parts_of
from regulars.intake.record_kinds import LONGEST_KEY
from regulars.intake.repeats import find_repeats
from regulars.intake.sources import Source, literal
from regulars.intake.typed import As
from regulars.intake.values import is_email, said
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_

# Beside the fields of the report.
ORDER_FIELDS: Mapping[str, As] = {
    "email": As.EMAIL,
    "phone": As.TEXT,
    "card": As.TEXT,
    "first_name": As.TEXT,
    "last_name": As.TEXT,
    "branch": As.CODE,
    "coupon": As.TEXT,
    "shipping": As.NUMBER,
    "tax": As.NUMBER,
    "line_discount": As.NUMBER,
    "order_discount": As.NUMBER,
    "product_name": As.TEXT,
    "cancelled": As.MOMENT,
    "time": As.TEXT,
    "line_gross": As.NUMBER,
    "items": As.ITEMS,
}
# The groups of headings under which a customer is an address, a number to call, a name.
_GROUPS = {
    next(rank for rank, group in enumerate(HEADINGS["customer"]) if word in group.split("|")): kind
    for word, kind in (("email", "email"), ("phone", "phone"))
}


@dataclass(frozen=True, slots=True)
class RowsRead:
    """What was read into the tables `order_row` and `aside` of the connection.

    `order_row` holds every row that can be used, `aside` (file, row, column, value, reason) the
    others; together they are all rows but those that stand in an earlier file too.
    """

    sources: Sequence[Source]
    columns: Sequence[ColumnTaken]
    columns_left_out: Sequence[tuple[str, str]]
    n_read: int
    n_repeated: int
    repeats: Sequence[Repeats] = ()


def read_order_rows(
    con: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    options: ReadOptions,
    *,
    progress: Progress = silent,
) -> RowsRead:
    """Read opened files of orders into `order_row` and `aside`; an order is in one of them."""
    check_mapping(options.mapping, sources, more=tuple(ORDER_FIELDS))
    keep = ("product", "category", "channel", "name")
    files = []
    for place, (source, choice) in enumerate(choices(sources, options, keep, tuple(ORDER_FIELDS))):
        progress(N_("Reading the files"), place / len(sources))
        with said_in_words(source.file):
            files.append(clean(con, source, choice, options, ORDER_FIELDS))
    progress(N_("Cleaning the rows"), None)
    # Each order keeps the currency it was paid in.
    plan = LinesPlan(
        as_of=None,
        currency=None,
        exponent=2,
        integer_customers=all(file.integer_customers for file in files),
        integer_orders=all(file.integer_orders for file in files),
        has_amounts=True,
    )
    parts = [_of_orders(con, part) for part in parts_of(con, files, plan)]
    repeats, tables = find_repeats(
        con, [(part.file, part.problems) for part in parts if not part.file.joined]
    )
    columns = ", ".join(f"{name} {form}" for name, form in ROW_COLUMNS.items())
    con.execute(f"CREATE TABLE order_row ({columns})")
    con.execute(ASIDE)
    n_read = 0
    has_lines = any(part.file.joined for part in parts)
    for nth, part in enumerate(parts):
        rows = FileRows(
            nth,
            part.file,
            part.meaning,
            [*part.problems, *_more_problems(part.file)],
            _customer_kind(part.file),
            tables.get(part.file.file),
            is_head=has_lines and not part.file.joined and part.file.has("order"),
        )
        with said_in_words(part.file.file):
            con.execute(f"INSERT INTO order_row {rows_of_file(rows, options)}")
            put_aside(con, nth, part.file, rows.problems, rows.repeated)
        n_read += part.file.loaded.n_rows + len(part.file.loaded.spoiled)
    keep_orders_whole(con)
    return RowsRead(
        sources=sources,
        columns=[taken for part in parts for taken in part.file.taken],
        columns_left_out=[pair for part in parts for pair in left_out(part.file)],
        n_read=n_read,
        n_repeated=sum(found.n_rows for found in repeats),
        repeats=repeats,
    )


def _of_orders(con: duckdb.DuckDBPyConnection, part: Part) -> Part:
    """Where each order has one row, a total is the order's: beside it stand shipping and tax."""
    if part.meaning.amount_per_order or not is_named_total(part.file):
        return part
    ((several,),) = con.sql(
        f"SELECT count(order_) > count(DISTINCT order_) FROM {part.file.relation}"
    ).fetchall()
    return part if several else replace(part, meaning=replace(part.meaning, amount_per_order=True))


ASIDE = (
    'CREATE TABLE aside (file INTEGER, row BIGINT, "column" VARCHAR, value VARCHAR, '
    "reason VARCHAR, facts VARCHAR)"
)


def open_sources(
    con: duckdb.DuckDBPyConnection, paths: Sequence[Path], progress: Progress = silent
) -> list[Source]:
    """Look at the files; each is refused in words where it cannot be read."""
    progress(N_("Looking at the files"), None)
    return open_files(con, paths)


def left_out(file: CleanFile) -> list[tuple[str, str]]:
    """Columns of a file that nobody reads."""
    own = [(file.file, name) for name in file.source.columns if name not in file.choice.taken]
    return [*own, *file.source.left_out]


def put_aside(
    con: duckdb.DuckDBPyConnection,
    nth: int,
    file: CleanFile,
    found: Sequence[Problem],
    repeated: str | None = None,
) -> None:
    """Add the rows with a problem to `aside`, each with its first."""
    if file.loaded.spoiled:
        con.executemany(
            "INSERT INTO aside VALUES (?, ?, '', ?, ?, NULL)",
            [(nth, row.row, row.value, row.reason) for row in file.loaded.spoiled],
        )
    but = f" AND row NOT IN (FROM {repeated})" if repeated else ""
    con.execute(
        f'INSERT INTO aside SELECT {nth}, row, "column", value, reason, NULL '
        f"FROM ({problem_rows(file, found)}) WHERE TRUE{but}"
    )


def _more_problems(file: CleanFile) -> list[Problem]:
    """Beside what the report minds: what the book could not hold."""
    found = []
    for name in ("customer", "email", "phone", "card"):
        if file.has(name):
            test = f"length(CAST({name}_ AS VARCHAR)) > {LONGEST_KEY}"
            found.append(Problem("long_key", name, test))
    if file.has("quantity"):
        found.append(Problem("bad_quantity", "quantity", "abs(quantity_) >= 1e9"))
    if "items" in file.choice:
        for reason, part, most in (
            ("bad_quantity", "quantity", 1e9),
            ("bad_amount", "net", LARGEST),
        ):
            bad = f"lambda item: coalesce(abs(item.{part}) >= {most}, TRUE)"
            found.append(Problem(reason, "items", f"len(list_filter(items_, {bad})) > 0"))
    if file.has_currency:
        name = "currency" if file.has("currency") else "amount"
        no_code = "currency_ IS NOT NULL AND NOT regexp_full_match(currency_, '[A-Z]{3}')"
        found.append(Problem("bad_currency", name, no_code))
    return found


def _customer_kind(file: CleanFile) -> str:
    """What the column of customers names them by: external (a number), email or phone."""
    if "customer" not in file.choice:
        return "external"
    column = file.choice["customer"]
    told = said(file.source.sample().get(column, ()))
    if told and sum(map(is_email, told)) >= 0.8 * len(told):
        return "email"
    return _GROUPS.get(heading_rank("customer", column) or 0, "external")


def keep_orders_whole(con: duckdb.DuckDBPyConnection) -> None:
    """Put the other rows of an order aside where one of its rows cannot be used."""
    con.execute(
        "CREATE TEMP TABLE broken AS SELECT DISTINCT order_key FROM order_row "
        "WHERE problem IS NOT NULL AND order_key NOT LIKE '~%'"
    )
    con.execute(
        f"INSERT INTO aside SELECT file, row, '', order_key, {literal('order_incomplete')}, NULL "
        "FROM order_row WHERE problem IS NULL AND order_key IN (FROM broken)"
    )
    con.execute("DELETE FROM order_row WHERE problem IS NOT NULL OR order_key IN (FROM broken)")
    con.execute("DROP TABLE broken")
