"""Days and times as people write them, read by one rule for the whole column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from regulars.intake.shapes import shapes, told
from regulars.intake.sources import literal, quoted
from regulars.intake.steps import apply_steps, needed_steps, steps_sql
from regulars.intake.values import EMPTY, MONTHS, WEEKDAYS
from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_

FIRST_YEAR = 1900
_EPOCH = {r"9{10}(\.9+)?": 1, r"9{13}(\.9+)?": 1000}  # shape -> units of a second
_SERIAL = r"9{5}(\.9+)?"
# Of rows that speak for day first and for month first, so few may be mistakes.
_FEW = 0.05
_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")
_TIME = re.compile(r"( 99?:99(:99(\.9+)?)?( ?[ap]m)?)?")
_NUMERIC_STEPS = (
    (r"(\d)年\s*(\d+)月\s*(\d+)日?\s*", r"\1-\2-\3 "),
    (r"(\d)t(\d)", r"\1 \2"),
    (r"(:\d\d)[.,](\d{1,6})\d*", r"\1.\2"),
    (r"(:\d\d(\.\d+)?)\s*(z|utc|gmt)?\s*([+-]\d\d:?(\d\d)?)?$", r"\1"),
    (r"(\d)(st|nd|rd|th)\b", r"\1"),
)


@dataclass(frozen=True, slots=True)
class DateReading:
    """SQL of a column's instants (local, as written), and how they were read."""

    at: str  # TIMESTAMP or DATE; NULL where empty or not a date
    raw: str  # VARCHAR or as typed; NULL where empty
    has_time: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The column in question, and what the user said about it."""

    file: str
    column: str
    day_first: bool | None


def read_dates(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    column: str,
    duck_type: str,
    *,
    file: str,
    day_first: bool | None,
) -> DateReading:
    """Find out how the dates of a column are written, from all of its rows."""
    name = quoted(column)
    if duck_type == "DATE":
        return DateReading(name, name, has_time=False)
    if duck_type == "TIMESTAMP WITH TIME ZONE":
        at = f"timezone('UTC', {name})"
        return DateReading(at, name, has_time=True, note=N_("days are taken in UTC"))
    if duck_type.startswith("TIMESTAMP"):
        return DateReading(name, name, has_time=True)
    if duck_type in ("DOUBLE", "FLOAT"):
        name = f"regexp_replace(CAST({name} AS VARCHAR), '\\.0$', '')"
    elif duck_type != "VARCHAR":
        name = f"CAST({name} AS VARCHAR)"
    return _read_texts(con, relation, told(name), _Asked(file, column, day_first))


def _read_texts(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    text: str,
    asked: _Asked,
) -> DateReading:
    found = shapes(con, relation, text)
    blanks = sorted(EMPTY & found.keys())
    raw = text
    if blanks:
        raw = f"CASE WHEN lower({text}) NOT IN ({', '.join(map(literal, blanks))}) THEN {text} END"
    steps = needed_steps((*_NUMERIC_STEPS, *_word_steps(found), (r"[,\s]+", " ")), found)
    lowered = f"lower({raw})" if any(re.search(r"[^\W\d_]", shape) for shape in found) else raw
    plain = f"trim({steps_sql(steps, lowered)})" if steps else lowered
    plain_shapes: dict[str, int] = {}
    for shape, n in found.items():
        key = re.sub(r"\d", "9", apply_steps(steps, shape).strip())
        plain_shapes[key] = plain_shapes.get(key, 0) + n
    if special := _number_form(plain_shapes, plain):
        return DateReading(special[0], raw, has_time=True, note=special[1])
    order = _part_order(con, relation, plain, plain_shapes, asked)
    formats: dict[str, int] = {}
    for shape, n in plain_shapes.items():
        if form := _format_of(shape, order):
            formats[form] = formats.get(form, 0) + n
    best = sorted(formats, key=lambda form: ("%y" not in form, -formats[form]))
    listed = ", ".join(map(literal, best)) or literal("%Y-%m-%d")
    at = f"try_strptime({plain}, [{listed}])"
    if all(form in _ISO for form in best):
        at = f"try_cast({plain} AS TIMESTAMP)"  # the same, several times as fast
    has_time = any("%H" in form or "%I" in form for form in best)
    return DateReading(at, raw, has_time, _note(formats))


def _word_steps(found: Mapping[str, int]) -> list[tuple[str, str]]:
    """Month names become m01..m12, names of weekdays go."""
    words = {word for shape in found for word in re.findall(r"[^\W\d_]+", shape)}
    months = [
        (rf"(^|[^a-zåäö]){word}([^a-zåäö]|$)", rf"\1m{MONTHS[word]:02}\2")
        for word in sorted(words & MONTHS.keys())
    ]
    days = [(rf"(^|[^a-zåäö]){word}\.?,?\s", r"\1") for word in sorted(words & WEEKDAYS)]
    return days + months


def _number_form(found: Mapping[str, int], plain: str) -> tuple[str, str] | None:
    """Seconds since 1970, or a spreadsheet's count of days, where most rows are so."""
    total = sum(found.values())
    number = f"try_cast({plain} AS DOUBLE)"
    for pattern, units in _EPOCH.items():
        if _rows(found, pattern) > total / 2:
            at = f"make_timestamp(CAST({number} * {1_000_000 // units} AS BIGINT))"
            within = f"CASE WHEN abs({number}) < {10_000_000_000 * units} THEN {at} END"
            return within, N_("read as seconds since 1970, in UTC")
    if _rows(found, _SERIAL) > total / 2:
        at = f"TIMESTAMP '1899-12-30' + to_seconds(CAST(round({number} * 86400) AS BIGINT))"
        return f"CASE WHEN {number} BETWEEN 1 AND 100000 THEN {at} END", N_(
            "read as day numbers of a spreadsheet"
        )
    return None


def _rows(found: Mapping[str, int], pattern: str) -> int:
    return sum(n for shape, n in found.items() if re.fullmatch(pattern, shape))


def _format_of(shape: str, order: str) -> str | None:
    """The strptime format of one shape; `order` tells what the first two of three numbers are."""
    for pattern, form in (
        (r"(9999)([-/. ])99?\2(99?)", r"%Y{1}%m{1}%d"),
        (r"99?([-/. ])99?\1(9999|99)", order),
        (r"99?/99?-(9999|99)", "%d/%m-{y}"),  # a Swedish form: 5/1-26
        (r"99?([-/. ]*)m99([-/. ]*)(9999|99)", "%d{0}m%m{1}{y}"),
        (r"m99([-/. ]*)99?([-/. ]+)(9999|99)", "m%m{0}%d{1}{y}"),
        (r"(9999)([-/. ]*)m99([-/. ]*)99?", "%Y{1}m%m{2}%d"),
        (r"9{8}()", "%Y%m%d"),
        (r"9{14}()", "%Y%m%d%H%M%S"),
        (r"9{12}()", "%Y%m%d%H%M"),
    ):
        if found := re.match(pattern, shape):
            rest = shape[found.end() :]
            if _TIME.fullmatch(rest):
                year = "%Y" if found.groups()[-1] == "9999" else "%y"
                return form.format(*found.groups(), y=year) + _time_format(rest)
    return None


def _time_format(rest: str) -> str:
    half = rest.endswith("m")
    form = re.sub(r" 99?:99", " %I:%M" if half else " %H:%M", rest, count=1)
    form = re.sub(r":99", ":%S", form)
    return re.sub(r"[ap]m", "%p", re.sub(r"\.9+", ".%f", form))


def _part_order(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    plain: str,
    found: Mapping[str, int],
    asked: _Asked,
) -> str:
    """The order of day and month where a date is three numbers ending in the year."""
    threes = {s: n for s, n in found.items() if re.match(r"99?([-/. ])99?\1(9999|99)( |$)", s)}
    if not threes:
        return ""
    day_first = asked.day_first
    if day_first is None:
        parts = f"""SELECT a, b, any_value(plain) AS example FROM (
            SELECT {plain} AS plain,
                   try_cast(regexp_extract({plain}, '^(\\d\\d?)[-/. ]\\d\\d?[-/. ]\\d\\d', 1)
                            AS INTEGER) AS a,
                   try_cast(regexp_extract({plain}, '^\\d\\d?[-/. ](\\d\\d?)[-/. ]\\d\\d', 1)
                            AS INTEGER) AS b
            FROM {relation}) GROUP BY a, b"""
        (days, months, years, example) = con.sql(f"""
            SELECT count(*) FILTER (a BETWEEN 13 AND 31 AND b BETWEEN 1 AND 12),
                   count(*) FILTER (b BETWEEN 13 AND 31 AND a BETWEEN 1 AND 12),
                   count(*) FILTER (a > 31),
                   max(example) FILTER (a <> b AND a <= 12 AND b <= 12)
            FROM ({parts})""").fetchall()[0]
        if years > days + months and not any(s.split(" ")[0].endswith("9999") for s in threes):
            return "%y{0}%m{0}%d"
        day_first = _is_day_first(days, months, dotted=all("." in shape for shape in threes))
    if day_first is None:
        raise _ask_order(asked, example)
    return "%d{0}%m{0}{y}" if day_first else "%m{0}%d{0}{y}"


def _is_day_first(days: int, months: int, *, dotted: bool) -> bool | None:
    """What the rows say; dates with dots are written day first. None: undecided."""
    if days or months:
        few = min(days, months) / (days + months)
        return days > months if few <= _FEW else None
    return True if dotted else None


def _ask_order(asked: _Asked, example: str | None) -> InputRefused:
    shown = example or "1/2/2026"
    first, second, year = re.findall(r"\d+", shown)[:3]
    year = year if len(year) == 4 else f"20{year}"
    return InputRefused(
        "which_dates",
        N_(
            "In {file}, column “{column}”: nothing tells whether {example} is {day_first} or "
            "{month_first}."
        ),
        N_("Say --dates day-first or --dates month-first."),
        file=asked.file,
        column=asked.column,
        example=shown,
        day_first=f"{year}-{int(second):02}-{int(first):02}",
        month_first=f"{year}-{int(first):02}-{int(second):02}",
    )


def _note(formats: Mapping[str, int]) -> str:
    if not formats:
        return ""
    most = max(formats, key=lambda form: formats[form])
    if most.startswith(("%Y", "%y")):
        return N_("read as year, month, day")
    if most.startswith("%d"):
        return N_("read as day, month, year")
    return N_("read as month, day, year")


def possible(at: str, *, years_ahead: int = 1) -> str:
    """SQL: whether an instant lies in a year that can be meant."""
    last = datetime.now(UTC).year + years_ahead
    return f"({at} >= DATE '{FIRST_YEAR}-01-01' AND {at} < DATE '{last + 1}-01-01')"
