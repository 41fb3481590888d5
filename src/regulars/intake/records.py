"""Files of records other than orders: each usable row in `record`, the others in `aside`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb

from regulars.intake.cleaning import CleanFile
from regulars.intake.columns import Choice, check_mapping, choose_by_name, missing
from regulars.intake.currencies import SHARED
from regulars.intake.files import said_in_words
from regulars.intake.history import ColumnTaken, ReadOptions
from regulars.intake.lines import Problem
from regulars.intake.money import LARGEST, currency_code
from regulars.intake.order_rows import ASIDE, RowsRead, left_out, put_aside
from regulars.intake.record_kinds import ALSO, KEYS, KINDS, LONGEST_KEY, Kind
from regulars.intake.sources import Source, literal, quoted, workbench
from regulars.intake.statuses import void_statuses
from regulars.intake.typed import EMAIL, As, Columns, Typed, read_typed
from regulars.kit.errors import InputRefused
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_

_SQL_TYPES = {As.NUMBER: "DOUBLE", As.MOMENT: "TIMESTAMP"}
_BAD = {As.MOMENT: "bad_date", As.NUMBER: "bad_number", As.EMAIL: "bad_email"}
_NO = {
    "total": "no_amount",
    "paid_back": "no_amount",
    "event_kind": "no_word",
    "contact_kind": "no_word",
}


def read_records(
    con: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    kind: str,
    options: ReadOptions,
    *,
    progress: Progress = silent,
) -> RowsRead:
    """Read opened files of one kind into `record` and `aside`.

    `record` has file, row, key (which record it is at its source), each field of the kind, NULL
    where not told, and of a moment also the local day, as `made_on`.
    """
    wanted = KINDS[kind]
    mapping = {
        ALSO.get(n, n) if n not in wanted.fields else n: c for n, c in options.mapping.items()
    }
    check_mapping(mapping, sources, more=tuple(wanted.fields))
    con.execute(f"CREATE TABLE record ({', '.join(_columns(wanted))})")
    con.execute(ASIDE)
    taken: list[ColumnTaken] = []
    unread: list[tuple[str, str]] = []
    n_read = 0
    for nth, source in enumerate(sources):
        progress(N_("Reading the files"), nth / len(sources))
        with said_in_words(source.file):
            file = _read_file(con, nth, source, wanted, replace(options, mapping=mapping))
        taken += file.taken
        unread += left_out(file)
        n_read += file.loaded.n_rows + len(file.loaded.spoiled)
    n_repeated = _drop_repeated(con)
    return RowsRead(sources, taken, unread, n_read, n_repeated)


def _columns(kind: Kind) -> list[str]:
    listed = ["file INTEGER", "row BIGINT", "key VARCHAR", "is_void BOOLEAN"]
    for name, form in kind.fields.items():
        if name != "key":
            listed.append(f'"{name}" {_SQL_TYPES.get(form, "VARCHAR")}')
        if form is As.MOMENT:
            listed.append(f"{name}_on DATE")
    return listed


def _read_file(
    con: duckdb.DuckDBPyConnection, nth: int, source: Source, kind: Kind, options: ReadOptions
) -> CleanFile:
    choice = choose_by_name(source, options.mapping, list(kind.fields))
    _refuse_missing(source, choice, kind)
    loaded = source.load(sorted(choice.taken))
    types = {column: source.columns[column] for column in choice.taken}
    read = read_typed(Columns(con, loaded, choice, types, options), kind.fields)
    found = _problems(kind, choice, read)
    own = {name: read.sql.get(name, "NULL") for name in kind.fields}
    if "customer_id" in own:  # an address is one, whatever the column is called
        number = own["customer_id"]
        is_address = f"coalesce(regexp_full_match({number}, '{EMAIL}'), FALSE)"
        address = f"CASE WHEN {is_address} THEN lower({number}) END"
        own["email"] = f"coalesce({own['email']}, {address})"
        own["customer_id"] = f"CASE WHEN NOT {is_address} THEN {number} END"
    for name in ("due", "pay_by"):
        if name in read.days_only:  # a whole day is promised until its end
            own[name] = f"{own[name]} + INTERVAL 86399 SECONDS"
    if "currency" in kind.fields:
        code = currency_code(own["currency"], options.currency) if "currency" in choice else "NULL"
        own["currency"] = f"coalesce({code}, {literal(options.currency or 'EUR')})"
    days = {
        f"{n}_on": read.sql.get(f"{n}_on", "NULL")
        for n, form in kind.fields.items()
        if form is As.MOMENT
    }
    own["key"] = _key(kind, own)
    void = _is_void(con, loaded.relation, own.get("status", "NULL"))
    listed = ", ".join(f'{sql} AS "{name}"' for name, sql in (own | days).items())
    problem = " ".join(f"WHEN {each.test} THEN TRUE" for each in found)
    table = workbench(f"record {source.file}")
    con.execute(
        f"CREATE TABLE {table} AS SELECT {nth} AS file, {loaded.row} AS row_, {void} AS is_void, "
        f"{listed}, CASE {problem} ELSE FALSE END AS is_bad FROM {loaded.relation}"
    )
    names = ["file", "is_void", *own, *days]
    con.execute(
        f"INSERT INTO record (row, {', '.join(f'"{n}"' for n in names)}) "
        f"SELECT row_, {', '.join(f'"{n}"' for n in names)} FROM {table} WHERE NOT is_bad"
    )
    file = CleanFile(
        source,
        choice,
        loaded,
        f"(SELECT *, {loaded.row} AS row_ FROM {loaded.relation})",
        has_time=True,
        integer_customers=False,
        integer_orders=False,
        has_currency="currency" in choice,
        taken=_taken(source.file, choice, read.notes),
    )
    put_aside(con, nth, file, found)
    return file


def _refuse_missing(source: Source, choice: Choice, kind: Kind) -> None:
    for name in kind.needed:
        if name not in choice:
            raise missing(source, name, choice)
    for group in kind.one_of:
        if not any(name in choice for name in group):
            raise InputRefused(
                "missing_column",
                N_("No column of {file} could be recognised as one of: {fields}."),
                N_("Say which column it is, such as {map}."),
                file=source.file,
                fields=", ".join(group),
                map=f"--map {group[0]}=COLUMN",
            )


def _problems(kind: Kind, choice: Choice, read: Typed) -> list[Problem]:
    """Why a row cannot be used, the first that is named."""
    found = []
    for name in kind.needed:
        reason = _NO.get(name, "no_date" if kind.fields[name] is As.MOMENT else "no_key")
        bad = read.spoiled.get(name, "FALSE")
        found.append(Problem(reason, name, f"({read.sql[name]}) IS NULL AND NOT ({bad})"))
    for name, test in read.spoiled.items():
        found.append(Problem(_BAD[kind.fields[name]], name, test))
    for name, form in kind.fields.items():
        if form is As.NUMBER and name in choice:
            found.append(Problem("bad_number", name, f"abs({read.sql[name]}) >= {LARGEST}"))
    found += [
        Problem("long_key", name, f"length({read.sql[name]}) > {LONGEST_KEY}")
        for name in (*KEYS, "account")
        if name in read.sql
    ]
    if "currency" in choice:
        code = currency_code(read.sql["currency"], None)
        test = (
            f"({read.sql['currency']}) IS NOT NULL AND NOT regexp_full_match({code}, '[A-Z]{{3}}')"
        )
        shared = ", ".join(map(literal, SHARED))
        test += f" AND lower({read.sql['currency']}) NOT IN ({shared})"
        found.append(Problem("bad_currency", "currency", test))
    for group in kind.one_of:
        there = [f"({read.sql[name]}) IS NULL" for name in group if name in choice]
        first = next(name for name in group if name in choice)
        found.append(Problem("no_customer", first, " AND ".join(there)))
    return found


def _key(kind: Kind, own: Mapping[str, str]) -> str:
    """Which record it is; where nothing says so, what the row says."""
    told = [f"coalesce(CAST({sql} AS VARCHAR), '')" for name, sql in own.items() if name != "key"]
    digest = f"'~' || md5(concat_ws('|', {', '.join(told)}))"
    keys = [own[name] for name in kind.key if own.get(name, "NULL") != "NULL"]
    if not keys:
        return digest
    first = f"coalesce({', '.join(keys)})"
    short = f"CASE WHEN length({first}) <= 80 THEN {first} ELSE md5({first}) END"
    return f"coalesce({short}, {digest})"


def _is_void(con: duckdb.DuckDBPyConnection, relation: str, status: str) -> str:
    if status == "NULL":
        return "FALSE"
    told = con.sql(f"SELECT DISTINCT {status} AS told FROM {relation} LIMIT 1000").fetchall()
    void = void_statuses([text for (text,) in told if text])
    return f"coalesce({status} IN ({', '.join(map(literal, void))}), FALSE)" if void else "FALSE"


def _drop_repeated(con: duckdb.DuckDBPyConnection) -> int:
    """Leave of rows that say the same one; gives how many went."""
    ((before,),) = con.sql("SELECT count(*) FROM record").fetchall()
    said = ", ".join(
        quoted(name) for name in con.sql("SELECT * EXCLUDE (file, row) FROM record LIMIT 0").columns
    )
    con.execute(
        "CREATE OR REPLACE TABLE record AS SELECT * FROM record "
        f"QUALIFY row_number() OVER (PARTITION BY {said} ORDER BY file, row) = 1"
    )
    ((after,),) = con.sql("SELECT count(*) FROM record").fetchall()
    return int(before - after)


def _taken(file: str, choice: Choice, notes: Mapping[str, str]) -> list[ColumnTaken]:
    return [
        ColumnTaken(file, column, name, choice.how[name], notes.get(name, ""))
        for name, columns in choice.columns.items()
        for column in columns
    ]
