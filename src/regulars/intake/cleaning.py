"""One file's columns as fields: a relation with the same columns whatever the file looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from regulars.intake.columns import Choice
from regulars.intake.dates import read_dates
from regulars.intake.history import ColumnTaken, ReadOptions
from regulars.intake.identifiers import read_identifier
from regulars.intake.money import (
    NumberReading,
    currency_code,
    currency_in_heading,
    look_at_numbers,
    read_numbers,
    typed_number,
)
from regulars.intake.shapes import told
from regulars.intake.sources import Loaded, Source, literal, quoted, workbench
from regulars.intake.typed import As, Columns, moment_in_utc, read_typed
from regulars.kit.texts import N_

_NUMBERS = ("amount", "quantity", "unit_price", "refund")
_TEXTS = ("product", "category", "channel", "currency", "status", "name")


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file whose values have been read.

    `relation` has row_, and of each field found: customer_ and order_ (BIGINT or VARCHAR), when_
    (DATE or TIMESTAMP), amount_, quantity_, unit_price_, refund_ (DOUBLE), product_, category_,
    channel_, currency_, status_ (VARCHAR), discount_ (BOOLEAN); and has_when_, has_amount_,
    has_quantity_, has_unit_price_, has_refund_: whether the file says anything there.
    """

    source: Source
    choice: Choice
    loaded: Loaded
    relation: str
    has_time: bool
    integer_customers: bool
    integer_orders: bool
    has_currency: bool
    taken: Sequence[ColumnTaken]
    has_utc: bool = False  # when_utc_ is there too: the moment in UTC, a TIMESTAMP
    joined: frozenset[str] = frozenset()  # fields that another file gives

    @property
    def file(self) -> str:
        """The file's printed name."""
        return self.source.file

    def has(self, name: str) -> bool:
        """Whether a field is there."""
        return name in self.choice or name in self.joined

    def noted(self, name: str, note: str) -> "CleanFile":
        """The same, with another note on a field."""
        taken = [
            replace(t, note=note, note_facts={}) if t.meaning == name else t for t in self.taken
        ]
        return replace(self, taken=taken)


@dataclass(slots=True)
class _Fields:
    """SQL of the fields as they are found, and the notes about them."""

    sql: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    has_time: bool = False
    integer: dict[str, bool] = field(default_factory=dict)


def clean(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    choice: Choice,
    options: ReadOptions,
    more: Mapping[str, As] | None = None,
) -> CleanFile:
    """Read the columns chosen in one file by the rules their own rows show.

    `more` are fields beside those of the report; of each found the relation has one column more.
    """
    loaded = source.load(sorted(choice.taken))
    types = {column: source.columns[column] for column in choice.taken}
    fields = _Fields({"row_": loaded.row})
    if "when" in choice:
        column = choice["when"]
        reading = read_dates(
            con,
            loaded.relation,
            column,
            types[column],
            file=source.file,
            day_first=options.day_first,
        )
        fields.sql |= {"when_": reading.at, "has_when_": f"{reading.raw} IS NOT NULL"}
        fields.notes["when"], fields.has_time = reading.note, reading.has_time
    _add_numbers(con, loaded, choice, types, fields, options)
    for name in ("customer", "order"):
        if name in choice:
            column = choice[name]
            fields.sql[f"{name}_"], fields.integer[name] = read_identifier(
                con, loaded.relation, column, types[column]
            )
    for name in _TEXTS:
        if name in choice:
            text = _text(choice[name], types[choice[name]])
            fields.sql[f"{name}_"] = (
                currency_code(text, options.currency) if name == "currency" else text
            )
    if more:
        read = read_typed(Columns(con, loaded, choice, types, options), more)
        fields.sql |= {f"{name}_": sql for name, sql in read.sql.items()}
        if "when" in choice:
            fields.sql["when_utc_"] = _when_in_utc(
                choice, types, fields, read.sql.get("time"), options
            )
    if "discount" in choice:
        fields.sql["discount_"] = _discounted(choice.columns["discount"], types)
    return CleanFile(
        source,
        choice,
        loaded,
        _clean_relation(con, choice, loaded, fields.sql, types),
        fields.has_time,
        fields.integer.get("customer", True),
        fields.integer.get("order", True),
        "currency_" in fields.sql,
        _taken(source.file, choice, fields.notes),
        has_utc="when_utc_" in fields.sql,
    )


def _when_in_utc(
    choice: Choice,
    types: Mapping[str, str],
    fields: _Fields,
    time: str | None,
    options: ReadOptions,
) -> str:
    """The moment in UTC; the time of day may stand in a column of its own."""
    at, column = fields.sql["when_"], choice["when"]
    if time and not fields.has_time:
        at = f"(CAST({at} AS DATE) + coalesce(try_cast({time} AS TIME), TIME '00:00'))"
    return moment_in_utc(at, column, types[column], options.time_zone or "UTC")


def _clean_relation(
    con: duckdb.DuckDBPyConnection,
    choice: Choice,
    loaded: Loaded,
    fields: Mapping[str, str],
    types: Mapping[str, str],
) -> str:
    """Days and numbers written as text are read once and kept; others are read where they are."""
    listed = ", ".join(f"{sql} AS {name}" for name, sql in fields.items())
    query = f"SELECT {listed} FROM {loaded.relation}"
    parsed = [choice[name] for name in ("when", *_NUMBERS) if name in choice]
    if all(types[column] != "VARCHAR" for column in parsed):
        return f"({query})"
    name = workbench(f"clean {choice.file}")
    con.execute(f"CREATE TABLE {name} AS {query}")
    return name


def _add_numbers(
    con: duckdb.DuckDBPyConnection,
    loaded: Loaded,
    choice: Choice,
    types: Mapping[str, str],
    fields: _Fields,
    options: ReadOptions,
) -> None:
    """Amounts and quantities; where one column hides its decimal sign, the others help."""
    wanted = {name: choice[name] for name in _NUMBERS if name in choice}
    texts = {
        name: look_at_numbers(
            con, loaded.relation, column, file=choice.file, asked=options.currency
        )
        for name, column in wanted.items()
        if types[column] == "VARCHAR"
    }
    points = sum(text.votes[0] for text in texts.values())
    commas = sum(text.votes[1] for text in texts.values())
    others = None if points == commas else "point" if points > commas else "comma"
    for name, column in wanted.items():
        number: NumberReading = (
            read_numbers(texts[name], decimal=options.decimal, others=others)
            if name in texts
            else typed_number(column, types[column])
        )
        fields.sql |= {f"{name}_": number.value, f"has_{name}_": f"{number.raw} IS NOT NULL"}
        fields.notes[name] = number.note
        if name == "unit_price" and "amount" in wanted:
            fields.notes[name] = N_("only compared with the amount")
        if name not in ("quantity", "refund") and "currency" not in choice:
            if number.currency:
                fields.sql.setdefault("currency_", number.currency)
            elif code := currency_in_heading(column):
                fields.sql.setdefault("currency_", literal(code))


def _text(column: str, duck_type: str) -> str:
    name = quoted(column)
    return told(name if duck_type == "VARCHAR" else f"CAST({name} AS VARCHAR)")


def _discounted(columns: Sequence[str], types: Mapping[str, str]) -> str:
    """Whether any discount column holds a number other than 0, or a code."""
    tests = []
    for column in columns:
        says = f"{quoted(column)} <> 0"
        if types[column] == "BOOLEAN":
            says = quoted(column)
        elif types[column] == "VARCHAR":
            says = f"regexp_matches({quoted(column)}, '[1-9A-Za-zÀ-ÿ一-鿿]')"
        tests.append(f"coalesce({says}, FALSE)")
    return f"({' OR '.join(tests)})"


def _taken(file: str, choice: Choice, notes: Mapping[str, str]) -> list[ColumnTaken]:
    return [
        ColumnTaken(file, column, name, choice.how[name], notes.get(name, ""))
        for name, columns in choice.columns.items()
        for column in columns
    ]
