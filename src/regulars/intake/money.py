"""Numbers and money as people write them, read by one rule for the whole column."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from regulars.intake.currencies import CODES, SHARED, SIGN, SIGNS, codes_of
from regulars.intake.names import plain_heading
from regulars.intake.shapes import shapes, told
from regulars.intake.sources import literal, quoted
from regulars.intake.steps import apply_steps, needed_steps, steps_sql
from regulars.intake.values import EMPTY
from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_

_STEPS = (
    (r"[−–‒]", "-"),
    (SIGN, ""),
    ("[\\s\u00a0\u202f\u2009'’]", ""),
    (r"^\((.*)\)$", r"-\1"),
    (r"^([^-].*)-$", r"-\1"),
    (r"^\+", ""),
    (r"^--", "-"),
)
_PLAIN = r"-?9*\.?9+(e[-+]?9+)?|-?9+\."
LARGEST = "1e12"  # beyond it a number is a mistake, not a sum of money


@dataclass(frozen=True, slots=True)
class NumberReading:
    """SQL of a column's numbers, and how they were read."""

    value: str  # DOUBLE; NULL where empty or not a number
    raw: str  # NULL where empty
    currency: str | None = None  # SQL of the code inside the value, where values name currencies
    note: str = ""


@dataclass(frozen=True, slots=True)
class NumberText:
    """A text column of numbers before the decimal sign is known."""

    file: str
    column: str
    raw: str
    plain: str  # SQL without currency, spaces and the like
    found: Mapping[str, int]  # plain shape -> rows
    currency: str | None
    example: str | None  # of a value whose sign could be either

    @property
    def votes(self) -> tuple[int, int, int]:
        """Rows that show a decimal point, a decimal comma, and rows that could be either."""
        votes = {"point": 0, "comma": 0, "either": 0}
        for shape, n in self.found.items():
            if vote := decimal_sign(shape):
                votes[vote] += n
        return votes["point"], votes["comma"], votes["either"]


def decimal_sign(shape: str) -> str | None:
    """What one shape says of the decimal sign: point, comma, either, or nothing (None)."""
    signs = re.findall(r"[.,]", shape)
    if not signs or not re.fullmatch(r"-?[9.,]+", shape):
        return None
    last = signs[-1]
    names = {".": "point", ",": "comma"}
    if len(set(signs)) == 2:
        return names[last]
    if len(signs) > 1:
        return names["," if last == "." else "."]
    before, after = re.split(r"[.,]", shape.lstrip("-"))
    return "either" if len(after) == 3 and 1 <= len(before) <= 3 else names[last]


def look_at_numbers(
    con: duckdb.DuckDBPyConnection, relation: str, column: str, *, file: str, asked: str | None
) -> NumberText:
    """Find how the numbers of a text column are written; `asked` is the currency looked for."""
    text = told(quoted(column))
    found = shapes(con, relation, text)
    blanks = sorted(EMPTY & found.keys())
    raw = text
    if blanks:
        raw = f"CASE WHEN lower({text}) NOT IN ({', '.join(map(literal, blanks))}) THEN {text} END"
    steps = needed_steps(_STEPS, found)
    plain = steps_sql(steps, f"lower({raw})") if steps else raw
    shapes_after: dict[str, int] = {}
    for shape, n in found.items():
        key = apply_steps(steps, shape)
        shapes_after[key] = shapes_after.get(key, 0) + n
    known = codes_of(found, asked)
    example = None
    if any(decimal_sign(shape) == "either" for shape in shapes_after):
        ((example, fraction),) = con.sql(
            f"SELECT min({plain}), min({plain}) FILTER (regexp_matches({plain}, '^-?0')) "
            f"FROM {relation} WHERE regexp_matches({plain}, '^-?[0-9]{{1,3}}[.,][0-9]{{3}}$')"
        ).fetchall()
        if fraction:  # no thousands begin with 0: the same as a value with one digit after the sign
            shapes_after[f"9{re.sub('[^.,]', '', fraction)}9"] = 1
    currency = _currency_sql(known, raw) if known else None
    return NumberText(file, column, raw, plain, shapes_after, currency, example)


def currency_code(text: str, asked: str | None) -> str:
    """SQL: the code of a currency written as code or sign; a shared sign can be the one asked."""
    known = dict(SIGNS)
    if asked:
        known |= {sign: asked for sign, codes in SHARED.items() if asked.lower() in codes}
    signs = " ".join(f"WHEN {literal(sign)} THEN {literal(code)}" for sign, code in known.items())
    return f"CASE lower({text}) {signs} ELSE upper({text}) END"


def _currency_sql(known: Mapping[str, str], raw: str) -> str:
    cases = " ".join(
        f"WHEN contains(lower({raw}), {literal(sign)}) THEN {literal(code)}"
        for sign, code in sorted(known.items(), key=lambda pair: -len(pair[0]))
    )
    return f"CASE {cases} END"


def currency_in_heading(heading: str) -> str | None:
    """The currency a heading names: `Amount (SEK)`, `total_usd`."""
    for word in plain_heading(heading).split():
        if word in CODES:
            return word.upper()
    return next((code for sign, code in SIGNS.items() if len(sign) == 1 and sign in heading), None)


def read_numbers(text: NumberText, *, decimal: str | None, others: str | None) -> NumberReading:
    """Read a text column with the decimal sign its rows show.

    `decimal` is what the user said; `others` what other columns of the file show.
    """
    point, comma, either = text.votes
    if decimal is None:
        seen = "point" if point >= comma else "comma"
        decimal = seen if point or comma else others
    if decimal is None and either:
        raise _ask_decimal(text)
    if decimal in (None, "point") and all(re.fullmatch(_PLAIN, s) for s in text.found):
        return NumberReading(_finite(text.plain), text.raw, text.currency)
    mark, group = (",", ".") if decimal == "comma" else (".", ",")
    form = rf"^-?(\d+|\d{{1,3}}(\{group}\d{{2,3}})*\{group}\d{{3}})?(\{mark}\d*)?(e[-+]?\d+)?$"
    bare = f"replace(replace({text.plain}, {literal(group)}, ''), {literal(mark)}, '.')"
    value = f"CASE WHEN regexp_matches({text.plain}, {literal(form)}) THEN {bare} END"
    has_sign = any(re.search(r"[.,]", shape) for shape in text.found)
    note = N_("decimal comma") if decimal == "comma" else N_("decimal point")
    return NumberReading(_finite(value), text.raw, text.currency, note if has_sign else "")


def _finite(value: str) -> str:
    return finite(f"try_cast({value} AS DOUBLE)")


def finite(number: str) -> str:
    """SQL: a number, NULL where it is no number or too large to be meant."""
    return f"CASE WHEN abs({number}) < {LARGEST} THEN {number} END"


def typed_number(column: str, duck_type: str) -> NumberReading:
    """A column that holds numbers already."""
    name = quoted(column)
    if duck_type in ("DOUBLE", "FLOAT"):
        return NumberReading(
            finite(f"CAST({name} AS DOUBLE)"), f"CASE WHEN NOT isnan({name}) THEN {name} END"
        )
    return NumberReading(finite(f"CAST({name} AS DOUBLE)"), name)


def _ask_decimal(text: NumberText) -> InputRefused:
    example = text.example or "1,234"
    whole = re.sub(r"[.,]", "", example)
    fraction = re.sub(r"[.,]", ".", example)
    return InputRefused(
        "which_decimal",
        N_(
            "In {file}, column “{column}”: nothing tells whether {example} is {whole} or "
            "{fraction}."
        ),
        N_("Say --decimal comma or --decimal point."),
        file=text.file,
        column=text.column,
        example=example,
        whole=whole,
        fraction=fraction,
    )


def minor_units(value: str, exponent: int) -> str:
    """SQL: a sum in major units as whole minor units, halves to the even one.

    The sum is first taken to a millionth, exact in a DOUBLE, so that what was written as 2.675 is
    a half and not a little less.
    """
    return f"CAST(round_even(round({value} * 1e6) / 1e{6 - exponent}, 0) AS BIGINT)"


def exponent_of(currency: str | None) -> int:
    """Decimal places of a currency; 2 where it is not known."""
    if currency is None:
        return 2
    from babel.numbers import get_currency_precision

    return get_currency_precision(currency)
