"""Which column of a file is what: as the user said, by its name, or guessed from its values."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from regulars.intake.names import FIELDS, heading_rank, plain_heading
from regulars.intake.record_names import RECORD_MOMENTS
from regulars.intake.sources import Source
from regulars.intake.values import (
    has_fraction,
    is_date_like,
    is_email,
    is_number_like,
    said,
)
from regulars.intake.words import words
from regulars.kit.errors import InputRefused, NothingToMeasure, Refusal
from regulars.kit.texts import N_

_LEAVE_OUT = "-"
_NEEDED = ("customer", "when")
# Of these the first column serves where several are equally good: they only describe.
_DESCRIBING = ("product", "category", "channel", "name")
# Beside an amount these only help to understand it, so nobody is asked about them.
_ONLY_COMPARED = ("quantity", "unit_price")
_NOT_A_CUSTOMER = words(
    "seller store shop branch product item session staff employee device week vendor order cashier"
    " register row line aside index zip postal sample agent sku category brand warehouse currency"
)
# Of these all columns serve that are equally good.
_SEVERAL = ("discount", "items")
_ITEM = re.compile(r"line item \d+")  # WooCommerce writes what was bought into one column each
_FLAGS = {"0", "1"}  # whether something was refunded, not how much
_REPEATED = re.compile(r" \(\d+\)$")  # what `unique_names` adds to a heading that comes again


@dataclass(frozen=True, slots=True)
class Choice:
    """The columns of one file by field. `discount` and `items` may take several."""

    file: str
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    how: Mapping[str, str] = field(default_factory=dict)  # field -> mapped, name or content

    def __getitem__(self, name: str) -> str:
        return self.columns[name][0]

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    @property
    def taken(self) -> set[str]:
        """All columns that serve."""
        return {column for columns in self.columns.values() for column in columns}

    def without(self, name: str) -> "Choice":
        """The same with a field left out."""
        left = {field: columns for field, columns in self.columns.items() if field != name}
        return replace(self, columns=left)


def check_mapping(
    mapping: Mapping[str, str], sources: Sequence[Source], *, more: Sequence[str] = ()
) -> None:
    """Refuse a mapping of a field or a column that does not exist, with the nearest that do."""
    fields = (*FIELDS, *more)
    everywhere = list(dict.fromkeys(name for source in sources for name in source.columns))
    for name, column in mapping.items():
        if column == _LEAVE_OUT and name in _NEEDED:
            raise InputRefused(
                "needed_field",
                N_("No report can be made without “{field}”, so it cannot be left out."),
                N_("Take {leave_out} away, or say which column it is: {map}."),
                field=name,
                leave_out=f"--map {name}={_LEAVE_OUT}",
                map=f"--map {name}=COLUMN",
            )
        if name not in fields:
            raise InputRefused(
                "unknown_field",
                N_("There is no field “{field}” to map a column to."),
                N_("Use one of: {nearest}."),
                field=name,
                nearest=", ".join(_nearest(name, fields)),
            )
        if column != _LEAVE_OUT and column not in everywhere:
            raise InputRefused(
                "unknown_column",
                N_("No file has a column “{column}”, which --map gives for {field}."),
                N_("Use one of: {nearest}."),
                column=column,
                field=name,
                nearest=", ".join(_nearest(column, everywhere)),
            )


def _nearest(name: str, names: Sequence[str]) -> list[str]:
    of = {known.lower(): known for known in names}
    found = get_close_matches(name.lower(), of, n=5, cutoff=0.6)
    return [of[known] for known in found] or list(names)


def choose_by_name(source: Source, mapping: Mapping[str, str], wanted: Sequence[str]) -> Choice:
    """The columns the user named, and those whose headings name one of the fields wanted."""
    columns: dict[str, Sequence[str]] = {}
    how: dict[str, str] = {}
    for name, column in mapping.items():
        if column in source.columns:
            columns[name], how[name] = [column], "mapped"
    sample = source.sample()
    for name in wanted:
        if name in columns or mapping.get(name) == _LEAVE_OUT:
            continue
        taken = {column for served in columns.values() for column in served}
        equals = _best_named(name, source, sample, taken)
        is_needed = not ("amount" in columns and name in _ONLY_COMPARED)
        if name not in _SEVERAL and not _say_the_same(name, [sample[c] for c in equals]):
            if is_needed and name in FIELDS and name not in _DESCRIBING:
                raise ask_which(source.file, name, equals)
            equals = equals[:1] if is_needed else []
        if equals:
            columns[name] = equals if name in _SEVERAL else equals[:1]
            how[name] = "name"
    return Choice(source.file, columns, how)


def _best_named(
    name: str, source: Source, sample: Mapping[str, Sequence[object]], taken: set[str]
) -> list[str]:
    """The columns with the best heading for a field, among those whose values can be it."""
    ranked = [
        (rank, column)
        for column in source.columns
        if column not in taken
        and (rank := _rank(name, column, source)) is not None
        and _fits(name, sample.get(column, ()))
    ]
    best = min(ranked, default=(0, ""))[0]
    return [column for rank, column in ranked if rank == best]


def _rank(name: str, column: str, source: Source) -> int | None:
    # Shopify heads the order number "Name".
    if name == "order" and plain_heading(column) == "name":
        return 0 if any(plain_heading(c) == "lineitem name" for c in source.columns) else None
    is_item = bool(_ITEM.fullmatch(plain_heading(column)))
    if is_item or name == "items":
        return 0 if is_item and name == "items" else None
    return heading_rank(name, _REPEATED.sub("", column))


def _fits(name: str, values: Sequence[object]) -> bool:
    """Whether values of a column can be the field its heading names."""
    told = said(values)
    if not values:
        return True
    if not told:
        return name not in ("customer", "when", "amount")
    if name == "refund" and set(map(str, told)) <= _FLAGS:
        return False
    test = _TESTS.get(name)
    return test is None or sum(map(test, told)) >= len(told) / 2


def _is_when(value: object) -> bool:
    return is_date_like(value) or bool(re.fullmatch(r"\d{5}(\.\d+)?|\d{10}(\d{2,4})?", str(value)))


_TESTS: Mapping[str, Callable[[object], bool]] = {
    "when": _is_when,
    "amount": is_number_like,
    "quantity": is_number_like,
    "unit_price": is_number_like,
    "refund": is_number_like,
    "email": is_email,
    "items": lambda value: "|quantity:" in str(value),
    **dict.fromkeys(RECORD_MOMENTS, _is_when),
    "currency": lambda value: bool(
        re.fullmatch(r"\s*([A-Za-z]{3}|[^\w\d]{1,3}|\w?kr|元)\s*", str(value))
    ),
}


def _say_the_same(name: str, columns: Sequence[Sequence[object]]) -> bool:
    """Whether equally named columns mean the same, so that either will do."""
    if len(columns) < 2:
        return True
    first, *others = columns
    if name in ("customer", "order"):
        repeats = len(set(first)) < len(first) or name == "order"
        return repeats and all(
            len(set(first)) == len(set(other)) == len(set(zip(first, other, strict=True)))
            for other in others
        )
    return all(list(other) == list(first) for other in others)


def ask_which(file: str, name: str, columns: Sequence[str]) -> InputRefused:
    """The refusal where several columns could equally well be a field."""
    return InputRefused(
        "which_column",
        N_("In {file}, these columns could each be “{field}”: {columns}."),
        N_("Say which: {maps}."),
        file=file,
        field=name,
        columns=", ".join(columns),
        maps=" / ".join(_map_option(name, column) for column in columns),
    )


def _map_option(name: str, column: str) -> str:
    plain = re.fullmatch(r"[\w.-]+", column)
    return f"--map {name}={column}" if plain else f"--map '{name}={column}'"


def missing(source: Source, name: str, choice: Choice) -> Refusal:
    """The refusal where a file has no column left for a field that is needed."""
    sample = source.sample()
    for column in source.columns:
        if column in choice.taken or _rank(name, column, source) is None:
            continue
        told = said(sample.get(column, ()))
        if not told and name == "customer":
            return NothingToMeasure(
                "no_customers",
                N_("Column “{column}” of {file}, which should name the customer, is empty."),
                N_(
                    "Export the orders again with a customer number, e-mail, phone or card, or say "
                    "which column names the customer: {map}."
                ),
                file=source.file,
                column=column,
                map="--map customer=COLUMN",
            )
        if told:
            return InputRefused(
                "unreadable_column",
                N_(
                    "Column “{column}” of {file} is called like “{field}”, but its values, such "
                    "as “{value}”, cannot be read so."
                ),
                N_("Write them in a usual form, or say another column: {map}."),
                file=source.file,
                field=name,
                column=column,
                value=told[0],
                map=f"--map {name}=COLUMN",
            )
    return InputRefused(
        "missing_column",
        N_("No column of {file} could be recognised as “{field}”. Its columns: {columns}."),
        N_("Say which column it is: {map}."),
        file=source.file,
        field=name,
        columns=", ".join(source.columns),
        map=f"--map {name}=COLUMN",
    )


def complete_by_content(source: Source, choice: Choice, mapping: Mapping[str, str]) -> Choice:
    """Fill customer, when and amount from the values where no heading named them."""
    columns, how = dict(choice.columns), dict(choice.how)
    sample = source.sample()
    guesses = {"when": _dates, "customer": _customers, "amount": _amounts}
    for name, guess in guesses.items():
        if name in columns or name in mapping:
            continue
        if name == "amount" and "unit_price" in columns:
            continue
        taken = {column for served in columns.values() for column in served}
        found = guess({c: said(v) for c, v in sample.items() if c not in taken})
        if len(found) > 1:
            raise ask_which(source.file, name, found)
        if found:
            columns[name], how[name] = found, "content"
    return Choice(choice.file, columns, how)


def _dates(free: Mapping[str, list[object]]) -> list[str]:
    return [c for c, told in free.items() if told and _share(is_date_like, told) >= 0.95]


def _customers(free: Mapping[str, list[object]]) -> list[str]:
    emails = [c for c, told in free.items() if told and _share(is_email, told) >= 0.8]
    if emails:
        return emails
    possible = {
        c: told for c, told in free.items() if _NOT_A_CUSTOMER.isdisjoint(plain_heading(c).split())
    }
    return [c for c, told in possible.items() if _is_id(told)]


def _is_id(told: list[object]) -> bool:
    """Values like codes, many different ones, some of which come again."""
    if not told or _share(lambda v: bool(re.fullmatch(r"\w*\d\w*", str(v))), told) < 0.95:
        return False
    return 0.02 * len(told) <= len(set(told)) <= 0.95 * len(told)


def _amounts(free: Mapping[str, list[object]]) -> list[str]:
    return [
        c
        for c, told in free.items()
        if told and _share(is_number_like, told) >= 0.95 and _share(has_fraction, told) >= 0.3
    ]


def _share(test: Callable[[object], bool], told: list[object]) -> float:
    return sum(map(test, told)) / len(told)
