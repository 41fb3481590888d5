"""A column read as what its field is: a text, a number, a moment, an e-mail address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import duckdb

from regulars.intake.dates import possible, read_dates
from regulars.intake.identifiers import read_identifier
from regulars.intake.money import look_at_numbers, read_numbers, typed_number
from regulars.intake.shapes import told
from regulars.intake.sources import Loaded, literal, quoted
from regulars.intake.values import EMPTY

if TYPE_CHECKING:
    from regulars.intake.columns import Choice
    from regulars.intake.history import ReadOptions


class As(Enum):
    """What a field is read as."""

    TEXT = "text"
    IDENTIFIER = "identifier"
    NUMBER = "number"
    MOMENT = "moment"
    EMAIL = "email"
    CODE = "code"  # small letters and digits, with _ where there were spaces
    ITEMS = "items"  # several columns, each with one thing that was bought


@dataclass(slots=True)
class Typed:
    """SQL of the fields by name, tests of values that cannot be read, and what was noted."""

    sql: dict[str, str] = field(default_factory=dict)
    spoiled: dict[str, str] = field(default_factory=dict)  # field -> SQL that finds such rows
    notes: dict[str, str] = field(default_factory=dict)
    days_only: set[str] = field(default_factory=set)


# Where a moment is written with an offset from UTC, it is worth more than the company's clock.
_OFFSET = r"([+-]\d\d):?(\d\d)?$"
# What is promised or to be paid may lie well ahead.
_AHEAD, _YEARS_AHEAD = ("due", "pay_by"), 50
EMAIL = r"[^@\s]+@[^@\s]+\.\w+"
_TIME = r"\d:\d\d(:\d\d([.,]\d+)?)?"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one file that were chosen, and what the user said of them."""

    con: duckdb.DuckDBPyConnection
    loaded: Loaded
    choice: "Choice"
    types: Mapping[str, str]
    options: "ReadOptions"


def read_typed(columns: Columns, fields: Mapping[str, As]) -> Typed:
    """Read the columns chosen for `fields` by the rules their own rows show."""
    read = Typed()
    for name, kind in fields.items():
        if name not in columns.choice:
            continue
        if kind is As.MOMENT:
            _add_moment(columns, name, read)
        elif kind is As.NUMBER:
            _add_number(columns, name, read)
        elif kind is As.ITEMS:
            read.sql[name] = _items(columns.choice.columns[name])
        elif kind is As.IDENTIFIER:
            column = columns.choice[name]
            value, _ = read_identifier(
                columns.con, columns.loaded.relation, column, columns.types[column]
            )
            read.sql[name] = _without_nul(f"CAST({value} AS VARCHAR)")
        else:
            column = columns.choice[name]
            _add_text(column, kind, name, columns.types[column], read)
    return read


def moment_in_utc(at: str, column: str, duck_type: str, zone: str) -> str:
    """SQL: a local moment as UTC, a TIMESTAMP without zone.

    Takes SQL of the moment as written. What a text says of its offset counts; else it is the time
    of the zone given.
    """
    here = f"timezone('UTC', timezone({literal(zone)}, CAST({at} AS TIMESTAMP)))"
    if duck_type == "TIMESTAMP WITH TIME ZONE":
        return f"CAST({at} AS TIMESTAMP)"  # read in UTC already
    if duck_type != "VARCHAR":
        return here
    text = f"trim({quoted(column)})"
    hours = f"CAST(regexp_extract({text}, {literal(_OFFSET)}, 1) AS INTEGER)"
    minutes = f"try_cast('0' || regexp_extract({text}, {literal(_OFFSET)}, 2) AS INTEGER)"
    shift = f"{hours} * 60 + sign({hours} + 0.5) * {minutes}"
    has_offset = f"regexp_matches({text}, {literal(_TIME + ' *' + _OFFSET)})"
    is_utc = f"regexp_matches({text}, {literal(_TIME + ' *(Z|z|UTC|GMT)$')})"
    return (
        f"CASE WHEN {is_utc} THEN CAST({at} AS TIMESTAMP) "
        f"WHEN {has_offset} THEN CAST({at} AS TIMESTAMP) - to_minutes(CAST({shift} AS BIGINT)) "
        f"ELSE {here} END"
    )


def _add_moment(columns: Columns, name: str, read: Typed) -> None:
    column, relation = columns.choice[name], columns.loaded.relation
    duck_type, options = columns.types[column], columns.options
    found = read_dates(
        columns.con,
        relation,
        column,
        duck_type,
        file=columns.choice.file,
        day_first=options.day_first,
    )
    ahead = _YEARS_AHEAD if name in _AHEAD else 1
    said = f"CASE WHEN {possible(found.at, years_ahead=ahead)} THEN {found.at} END"
    read.sql[name] = moment_in_utc(said, column, duck_type, options.time_zone or "UTC")
    read.sql[f"{name}_on"] = f"CAST({said} AS DATE)"
    read.spoiled[name] = f"{found.raw} IS NOT NULL AND ({said}) IS NULL"
    read.notes[name] = found.note
    ((n_timed,),) = columns.con.sql(
        f"SELECT count(*) FILTER (CAST(CAST({said} AS TIMESTAMP) AS TIME) <> TIME '00:00') "
        f"FROM {relation}"
    ).fetchall()
    if not n_timed:
        read.days_only.add(name)


def _add_number(columns: Columns, name: str, read: Typed) -> None:
    column = columns.choice[name]
    if columns.types[column] == "VARCHAR":
        text = look_at_numbers(
            columns.con,
            columns.loaded.relation,
            column,
            file=columns.choice.file,
            asked=columns.options.currency,
        )
        number = read_numbers(text, decimal=columns.options.decimal, others=None)
    else:
        number = typed_number(column, columns.types[column])
    read.sql[name] = number.value
    read.spoiled[name] = f"{number.raw} IS NOT NULL AND ({number.value}) IS NULL"
    read.notes[name] = number.note


def _add_text(column: str, kind: As, name: str, duck_type: str, read: Typed) -> None:
    value = quoted(column) if duck_type == "VARCHAR" else f"CAST({quoted(column)} AS VARCHAR)"
    # A quotation mark before a number keeps a spreadsheet from taking it for one.
    text = told(f"ltrim(trim({_without_nul(value)}), '''')")
    blanks = ", ".join(map(literal, sorted(EMPTY - {""})))
    text = f"CASE WHEN lower({text}) NOT IN ({blanks}) THEN {text} END"
    if kind is As.EMAIL:
        text = f"lower({text})"
        read.spoiled[name] = f"{text} IS NOT NULL AND NOT regexp_full_match({text}, '{EMAIL}')"
    elif kind is As.CODE:
        text = code_of(text)
    read.sql[name] = text


ITEM = "STRUCT(code VARCHAR, name VARCHAR, quantity DOUBLE, gross DOUBLE, net DOUBLE)"


def _items(columns: Sequence[str]) -> str:
    """SQL: the things bought, each told in a column as `name:Tea|sku:T1|quantity:2|total:9.00`."""
    told = ", ".join(_item(quoted(column)) for column in columns)
    return f"list_filter([{told}], lambda item: item IS NOT NULL)"


def _item(column: str) -> str:
    def part(name: str) -> str:
        return f"nullif(trim(regexp_extract({column}, '(^|[|]){name}:([^|]*)', 2)), '')"

    def number(name: str) -> str:
        return f"try_cast({part(name)} AS DOUBLE)"

    return (
        f"CASE WHEN trim({column}) <> '' THEN CAST(struct_pack("
        f"code := coalesce({part('sku')}, {part('name')}), name := {part('name')}, "
        f"quantity := {number('quantity')}, "
        f"gross := coalesce({number('sub_total')}, {number('total')}), "
        f"net := {number('total')}) AS {ITEM}) END"
    )


def _without_nul(text: str) -> str:
    """SQL: a text without the sign that no database keeps."""
    return f"replace({text}, chr(0), '')"


def code_of(text: str) -> str:
    """SQL: a text as a code: `Web shop` -> `web_shop`; NULL where nothing is left of it."""
    plain = f"regexp_replace(lower(strip_accents({text})), '[^a-z0-9]+', '_', 'g')"
    return f"nullif(trim({plain}, '_'), '')"
