"""Reading a history: open, choose columns, read values, clean, account for every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from regulars.intake.account import Account
from regulars.intake.cleaning import CleanFile, clean
from regulars.intake.columns import (
    Choice,
    check_mapping,
    choose_by_name,
    complete_by_content,
    missing,
)
from regulars.intake.currencies import SHARED
from regulars.intake.files import open_files, said_in_words
from regulars.intake.heads import (
    is_complete,
    is_lines_of_orders,
    join_heads,
    refuse_two_amounts,
)
from regulars.intake.history import History, ReadOptions, Repeats
from regulars.intake.lines import (
    LinesPlan,
    Meaning,
    Problem,
    create_lines,
    find_meaning,
    insert_lines,
    problems,
)
from regulars.intake.money import exponent_of
from regulars.intake.names import FIELDS
from regulars.intake.order_totals import filled_from_order
from regulars.intake.reasons import REASONS
from regulars.intake.repeats import find_repeats
from regulars.intake.sources import WORKBENCH, Source
from regulars.kit.errors import InputRefused, NothingToMeasure
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_, Message

_TAKEN_OFF = N_("taken off the amount")
_ALREADY_OFF = N_("only compared: the amounts are what was left after refunds")
_ONLY_WHEN_ASKED = ("product", "category", "channel", "name")


@dataclass(frozen=True, slots=True)
class Part:
    """One file with what was found out about its rows."""

    file: CleanFile
    meaning: Meaning
    problems: Sequence[Problem]


def read_history(
    con: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    *,
    options: ReadOptions,
    keep: Sequence[str] = (),
    progress: Progress = silent,
) -> History:
    """Read files of orders as one history into the table `lines` of the connection.

    `keep` names what of product, category, channel and name is carried along. Raises
    InputRefused where a file cannot be used as it is, NothingToMeasure where no row is left.
    """
    con.execute(f"CREATE SCHEMA {WORKBENCH}")
    try:
        return _read(con, paths, options, keep, progress)
    finally:
        con.execute(f"DROP SCHEMA {WORKBENCH} CASCADE")


def _read(
    con: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    options: ReadOptions,
    keep: Sequence[str],
    progress: Progress,
) -> History:
    progress(N_("Looking at the files"), None)
    sources = open_files(con, paths)
    check_mapping(options.mapping, sources)
    files = []
    for place, (source, choice) in enumerate(choices(sources, options, keep)):
        progress(N_("Reading the files"), place / len(sources))
        with said_in_words(source.file):
            files.append(clean(con, source, choice, options))
    progress(N_("Cleaning the rows"), None)
    plan = _plan(con, files, options)
    parts = parts_of(con, files, plan)
    repeats, tables = find_repeats(
        con, [(part.file, part.problems) for part in parts if not part.file.joined]
    )
    account = Account()
    create_lines(con, plan)
    for part in parts:
        _insert(con, part, plan, tables, account)
    return _history(con, parts, plan, account, repeats, options)


def choices(
    sources: Sequence[Source],
    options: ReadOptions,
    keep: Sequence[str],
    more: Sequence[str] = (),
) -> list[tuple[Source, Choice]]:
    """The columns of each file; a file of lines may leave customer and day to a file of orders.

    `more` names fields beside those of the report.
    """
    wanted = [
        name
        for name in FIELDS
        if name not in _ONLY_WHEN_ASKED
        or name in keep
        or name in options.mapping
        or (name == "product" and len(sources) > 1)
    ] + list(more)
    chosen = []
    for source in sources:
        with said_in_words(source.file):
            chosen.append((source, choose_by_name(source, options.mapping, wanted)))
    has_heads = any(is_complete(choice) and "order" in choice for _, choice in chosen)
    completed = []
    for source, choice in chosen:
        if has_heads and is_lines_of_orders(choice):
            completed.append((source, choice))
            continue
        whole = complete_by_content(source, choice, options.mapping)
        for name in ("customer", "when"):
            if name not in whole:
                raise missing(source, name, whole)
        completed.append((source, whole))
    refuse_two_amounts([choice for _, choice in completed])
    if any("amount" in choice or "unit_price" in choice for _, choice in completed):
        return completed
    return [(source, choice.without("refund")) for source, choice in completed]


def _plan(
    con: duckdb.DuckDBPyConnection, files: Sequence[CleanFile], options: ReadOptions
) -> LinesPlan:
    currency = _currency(con, files, options)
    return LinesPlan(
        as_of=options.as_of,
        currency=currency,
        exponent=exponent_of(currency),
        integer_customers=all(file.integer_customers for file in files),
        integer_orders=all(file.integer_orders for file in files),
        has_amounts=any(file.has("amount") or file.has("unit_price") for file in files),
    )


def _currency(
    con: duckdb.DuckDBPyConnection, files: Sequence[CleanFile], options: ReadOptions
) -> str | None:
    """The one currency of the files, or the one asked for."""
    counts: dict[str, int] = {}
    for file in files:
        if file.has_currency:
            with said_in_words(file.file):
                rows = con.sql(
                    f"SELECT currency_, count(*) FROM {file.relation} "
                    "WHERE currency_ IS NOT NULL GROUP BY ALL"
                ).fetchall()
            for code, n in rows:
                counts[code] = counts.get(code, 0) + n
    asked = options.currency
    if asked is None and len(counts) < 2:
        return next((code for code in counts if code.lower() not in SHARED), None)
    if asked is not None and (asked in counts or not counts):
        return asked
    listed = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    raise InputRefused(
        "which_currency",
        N_("The rows are in other currencies than one report can have: {counts}."),
        N_("Say which one to look at: --currency {most}."),
        counts=", ".join(f"{code} ({n})" for code, n in listed),
        most=listed[0][0],
    )


def parts_of(
    con: duckdb.DuckDBPyConnection, files: Sequence[CleanFile], plan: LinesPlan
) -> list[Part]:
    """Every file with its meaning and problems; lines of orders joined with their heads."""
    parts = {file.file: _part(con, file, plan) for file in files if is_complete(file.choice)}
    heads = [(part.file, part.problems) for part in parts.values() if part.file.has("order")]
    for file in files:
        if not is_complete(file.choice):
            with said_in_words(file.file):
                parts[file.file] = _part(con, join_heads(con, file, heads), plan)
    return [parts[file.file] for file in files]


def _part(con: duckdb.DuckDBPyConnection, file: CleanFile, plan: LinesPlan) -> Part:
    with said_in_words(file.file):
        meaning = find_meaning(con, file)
    if meaning.amount_per_order:
        with said_in_words(file.file):
            file = filled_from_order(con, file)
        file = file.noted("amount", N_("the total of the order, counted once for each order"))
    if meaning.refunds:
        file = file.noted("refund", _ALREADY_OFF if meaning.refunds.already_off else _TAKEN_OFF)
    return Part(file, meaning, problems(file, plan, meaning))


def _insert(
    con: duckdb.DuckDBPyConnection,
    part: Part,
    plan: LinesPlan,
    tables: Mapping[str, str],
    account: Account,
) -> None:
    """Put the usable rows of one file into `lines` and account for all of them."""
    found = list(part.problems)
    if table := tables.get(part.file.file):
        found.append(Problem("repeat", "", f"row_ IN (FROM {table})"))
    with said_in_words(part.file.file):
        n_used = insert_lines(con, part.file, plan, part.meaning, found)
        account.add(con, part.file, found, n_used)


def _history(
    con: duckdb.DuckDBPyConnection,
    parts: Sequence[Part],
    plan: LinesPlan,
    account: Account,
    repeats: Sequence[Repeats],
    options: ReadOptions,
) -> History:
    ((first_on, last_on, anonymous, returned),) = con.sql(
        "SELECT min(day), max(day), count(*) FILTER (customer IS NULL), "
        "count(*) FILTER (NOT is_purchase) FROM lines"
    ).fetchall()
    if first_on is None:
        raise _nothing_left(account)
    files = [part.file for part in parts]
    return History(
        files=[file.file for file in files],
        rows_read=account.rows_read,
        rows_put_aside=account.rows_put_aside,
        rows_anonymous=anonymous,
        rows_returned=returned,
        reasons=account.reasons,
        columns=[taken for file in files for taken in file.taken],
        columns_left_out=[pair for file in files for pair in _left_out(file)],
        repeats=repeats,
        first_on=first_on,
        last_on=last_on,
        as_of=options.as_of or last_on,
        currency=plan.currency,
        currency_exponent=plan.exponent,
        has_amounts=plan.has_amounts,
        has_orders=any(file.has("order") for file in files),
        put_aside=account.tables,
    )


def _left_out(file: CleanFile) -> list[tuple[str, str]]:
    own = [(file.file, name) for name in file.source.columns if name not in file.choice.taken]
    return [*own, *file.source.left_out]


def _nothing_left(account: Account) -> NothingToMeasure:
    if account.rows_read == 0:
        return NothingToMeasure(
            "no_rows",
            N_("The files have a header and no rows."),
            N_("Export a period in which something was sold."),
        )
    first = account.tables[0].slice(0, 1).to_pylist()[0]
    why, hint = REASONS[first["reason"]]
    said = N_(
        "None of the {n} rows can be used. Row {row} of {file} is the first: “{value}”. {why}"
    )
    if first["column"]:
        said = N_(
            "None of the {n} rows can be used. Row {row} of {file} is the first; in column "
            "“{column}” it has “{value}”. {why}"
        )
    return NothingToMeasure(
        "no_usable_rows",
        said,
        N_(
            "{hint} If another column is meant, say --map; if dates or amounts were read the wrong "
            "way, --dates or --decimal."
        ),
        n=account.rows_read,
        why=Message(why),
        hint=Message(hint),
        **{name: first[name] for name in ("row", "file", "column", "value")},
    )
