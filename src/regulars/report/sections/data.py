"""Your data: what was read, what was put aside and why, and which column was taken as what."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.intake.history import ColumnTaken, Repeats
from regulars.intake.reasons import REASONS
from regulars.kit.texts import N_
from regulars.report.facts import Facts, InputFacts
from regulars.report.parts import Cell, Head, Table
from regulars.report.words import Words

_MEANINGS = {
    "customer": N_("customer"),
    "when": N_("day of purchase"),
    "amount": N_("amount"),
    "quantity": N_("quantity"),
    "unit_price": N_("price of one"),
    "refund": N_("what was refunded"),
    "order": N_("order number"),
    "product": N_("product"),
    "category": N_("category"),
    "discount": N_("discount"),
    "channel": N_("channel"),
    "currency": N_("currency"),
    "status": N_("status of the order"),
    "name": N_("name of the customer"),
}
_SHOWN_OVERLAPS = 8
_HOW = {
    "mapped": N_("as you said"),
    "name": N_("by its heading"),
    "content": N_("guessed from its values"),
}


@dataclass(frozen=True, slots=True)
class DataView:
    """The account of every row, the reasons, the columns, and what is worth knowing."""

    read: str
    used: str
    put_aside: str
    notes: Sequence[Markup]
    reasons: Table | None
    columns: Table


def view(facts: Facts, words: Words) -> DataView:
    """Rows read = used + put aside, with what they were."""
    taken = facts.input
    return DataView(
        read=words.numbers.count(taken.rows_read),
        used=words.numbers.count(taken.rows_used),
        put_aside=words.numbers.count(taken.rows_put_aside),
        notes=_notes(facts, words),
        reasons=_reasons(taken, words) if taken.reasons else None,
        columns=_columns(taken, words),
    )


def _notes(facts: Facts, words: Words) -> list[Markup]:
    taken, numbers = facts.input, words.numbers
    notes = []
    if taken.rows_anonymous:
        notes.append(_anonymous(facts, words))
    if taken.rows_returned:
        notes.append(
            words.say_n(
                "{n} used row is a return, a cancellation or a correction: it lowers net revenue "
                "and is no purchase.",
                "{n} used rows are returns, cancellations or corrections: they lower net revenue "
                "and are no purchases.",
                taken.rows_returned,
            )
        )
    if not taken.has_amounts:
        notes.append(words.say("There are no amounts, so nothing is said about money."))
    elif facts.currency is None:
        notes.append(
            words.say(
                "The file names no currency: amounts are written as bare numbers. Say it with "
                "--currency."
            )
        )
    notes += _repeats(taken, words)
    if taken.last_on < taken.as_of:
        notes.append(
            words.say(
                "The last purchase is of {last}; the report looks at everything up to {as_of}.",
                last=numbers.day(taken.last_on),
                as_of=numbers.day(taken.as_of),
            )
        )
    if taken.columns_left_out:
        left_out = dict.fromkeys(column for _, column in taken.columns_left_out)
        notes.append(
            words.say_n(
                "{n} column was not needed: {columns}.",
                "{n} columns were not needed: {columns}.",
                len(left_out),
                columns=words.listed(left_out),
            )
        )
    return notes


def _anonymous(facts: Facts, words: Words) -> Markup:
    taken = facts.input
    if not taken.has_amounts:
        return words.say_n(
            "{n} used row names no customer: it counts as a sale, not for anybody’s loyalty.",
            "{n} used rows name no customer: they count as sales, not for anybody’s loyalty.",
            taken.rows_anonymous,
        )
    return words.say_n(
        "{n} used row names no customer: it counts as a sale ({money} net), not for anybody’s "
        "loyalty.",
        "{n} used rows name no customer: they count as sales ({money} net), not for anybody’s "
        "loyalty.",
        taken.rows_anonymous,
        money=words.numbers.money(taken.anonymous_net_minor),
    )


def _repeats(taken: InputFacts, words: Words) -> list[Markup]:
    """Files that overlap, those with most lines in common first."""
    ordered = sorted(taken.repeats, key=lambda repeat: -repeat.n_rows)
    told = [_repeat(repeat, words) for repeat in ordered[:_SHOWN_OVERLAPS]]
    if more := max(0, len(ordered) - _SHOWN_OVERLAPS):
        told.append(
            words.say_n(
                "{n} more pair of files overlaps; it stands in report.json.",
                "{n} more pairs of files overlap; they stand in report.json.",
                more,
            )
        )
    return told


def _repeat(repeat: Repeats, words: Words) -> Markup:
    days = words.numbers.days(repeat.first_on, repeat.last_on)
    if not repeat.n_rows:
        return words.say(
            "{file} and {other} overlap ({days}), but no line stands in both.",
            file=repeat.file,
            other=repeat.other,
            days=days,
        )
    return words.say_n(
        "{file} and {other} overlap ({days}): {n} line stands in both and is counted once.",
        "{file} and {other} overlap ({days}): {n} lines stand in both and are counted once.",
        repeat.n_rows,
        file=repeat.file,
        other=repeat.other,
        days=days,
    )


def _reasons(taken: InputFacts, words: Words) -> Table:
    rows = []
    for code, count in sorted(taken.reasons.items(), key=lambda item: -item[1]):
        why, mend = REASONS[code]
        rows.append([Cell(words.say(why), words.say(mend)), Cell(words.numbers.count(count))])
    heads = [
        Head(words.say("Why, and what would mend it")),
        Head(words.say("Rows"), is_number=True),
    ]
    return Table(words.say("Rows put aside, by reason"), heads, rows)


def _columns(taken: InputFacts, words: Words) -> Table:
    """One row a column; the same column taken alike in several files stands once."""
    files: dict[tuple[str, str, str, str], list[ColumnTaken]] = {}
    for column in taken.columns:
        key = (column.column, column.meaning, column.how, column.note)
        files.setdefault(key, []).append(column)
    rows = []
    for same in files.values():
        first = same[0]
        note = words.say(first.note, **first.note_facts) if first.note else ""
        where = ""
        if len(same) < len(taken.files):
            where = words.listed(column.file for column in same)
        rows.append(
            [
                Cell(first.column, where),
                Cell(words.say(_MEANINGS[first.meaning]), note),
                Cell(words.say(_HOW[first.how])),
            ]
        )
    heads = [
        Head(words.say("Your column")),
        Head(words.say("Read as")),
        Head(words.say("How we know")),
    ]
    return Table(words.say("Which column was taken as what"), heads, rows)
