"""Who stays, by when they came."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.pictures.staying import StayingRow, shown, staying
from regulars.report.facts import Cohort, CohortCell, CohortFacts, Facts
from regulars.report.parts import Cell, Head, Picture, Table, Tally
from regulars.report.proofs import Proof, share_proof
from regulars.report.words import Cannot, Words

_FEWEST = 5  # a share of fewer people is not shown
_MOST_ROWS = 24  # of the table; report.json has all


@dataclass(frozen=True, slots=True)
class StayingView:
    """The groups as a picture, and how many of all come back within a year."""

    picture: Picture | None
    tally: Tally | None
    cannot: Cannot | None
    proofs: Sequence[Proof]


def view(facts: Facts, words: Words) -> StayingView:
    """Cohort retention, in the words of a shop."""
    told = facts.cohorts
    back = told.back_within_year
    picture = _picture(told, words)
    if back.value is None:
        return StayingView(picture, None, words.cannot(back), [])
    share = words.pressed("p-back", words.estimate(back))
    tally = Tally(words.say("Bought again within a year"), share, words.likely(back))
    proof = share_proof(
        words,
        "p-back",
        back,
        title=words.say("{share} bought again within a year", share=words.estimate(back)),
        means=words.say(
            "Of the customers whose first purchase in this history lies a year or more back: "
            "another purchase day within 365 days of it."
        ),
    )
    return StayingView(picture, tally, None, [proof])


def _cells(cohort: Cohort) -> list[CohortCell]:
    """The cells that count enough people, up to the first that does not."""
    cells = []
    for cell in cohort.cells:
        if cell.period < 1:
            continue
        if cell.n_at_risk < _FEWEST:
            break
        cells.append(cell)
    return cells


def _picture(told: CohortFacts, words: Words) -> Picture | None:
    groups = [(cohort, _cells(cohort)) for cohort in told.cohorts]
    groups = [(cohort, cells) for cohort, cells in groups if cells]
    if not groups:
        return None
    rows = [
        StayingRow(
            _name(cohort, told.unit, words),
            words.numbers.count(cohort.n),
            [cell.share for cell in cells],
        )
        for cohort, cells in groups
    ]
    is_monthly = told.unit == "month"
    above = words.say("months later") if is_monthly else words.say("quarters later")
    return Picture(
        _finding(told, groups, words),
        staying(rows, above=above, numbers=words.numbers),
        _reading(len(rows), shown(rows, is_narrow=False)[0], words, is_monthly=is_monthly),
        _table(groups[-_MOST_ROWS:], told.unit, words),
    )


def _finding(
    told: CohortFacts, groups: Sequence[tuple[Cohort, Sequence[CohortCell]]], words: Words
) -> Markup:
    if told.back_within_year.value is not None:
        return words.say(
            "Of 100 new customers {n} buy again within a year.",
            n=words.pressed("p-back", words.numbers.count(100 * told.back_within_year.value)),
        )
    first = [cells[0] for _, cells in groups]
    n_back, n = sum(cell.n_back for cell in first), sum(cell.n_at_risk for cell in first)
    share = words.numbers.percent(n_back / n)
    if told.unit == "month":
        return words.say("{share} of new customers are back the month after.", share=share)
    return words.say("{share} of new customers are back the quarter after.", share=share)


def _reading(n: int, n_shown: int, words: Words, *, is_monthly: bool) -> Markup:
    reading = (
        words.say(
            "Each row: those who first bought in that month, and how many of them. Each box: the "
            "share who bought again so many months (of 30 days) later. The "
            "stronger the colour, the more."
        )
        if is_monthly
        else words.say(
            "Each row: those who first bought in that quarter, and how many of them. Each box: the "
            "share who bought again so many quarters (of 91 days) later. The "
            "stronger the colour, the more."
        )
    )
    if n <= n_shown:
        return reading
    return words.say(
        "{reading} Shown are the latest rows; all are in report.json.", reading=reading
    )


def _name(cohort: Cohort, unit: str, words: Words) -> str:
    """The month or quarter in which a group first bought."""
    write = words.numbers.month if unit == "month" else words.numbers.quarter
    return write(cohort.starts_on)


def _table(groups: Sequence[tuple[Cohort, Sequence[CohortCell]]], unit: str, words: Words) -> Table:
    numbers = words.numbers
    columns = max(len(cells) for _, cells in groups)
    heads = [Head(words.say("First bought")), Head(words.say("Customers"), is_number=True)]
    heads += [Head(numbers.count(column + 1), is_number=True) for column in range(columns)]
    rows = []
    for cohort, cells in groups:
        row = [Cell(_name(cohort, unit, words)), Cell(numbers.count(cohort.n))]
        row += [
            Cell(numbers.percent(cell.share, 0), numbers.percent_range(cell.low, cell.high))
            for cell in cells
        ]
        rows.append(row + [Cell("")] * (columns - len(cells)))
    return Table(words.say("Share that came back, with its likely range"), heads, rows)
