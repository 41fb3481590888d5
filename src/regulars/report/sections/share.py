"""Share of regulars over time."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.kit.texts import N_
from regulars.measure.figure import Figure
from regulars.pictures.course import CoursePoint, course
from regulars.report.facts import Facts, RegularsFacts
from regulars.report.parts import Cell, Head, Picture, Table, Tally
from regulars.report.proofs import Proof, amount_proof, share_proof
from regulars.report.sections.ahead import AheadView
from regulars.report.sections.ahead import view as ahead_view
from regulars.report.words import Cannot, Words


@dataclass(frozen=True, slots=True)
class ShareView:
    """The course and how it goes on as a picture and in figures, or why there is none."""

    picture: Picture | None
    tallies: Sequence[Tally]
    notes: Sequence[Markup]
    cannots: Sequence[Cannot]
    proofs: Sequence[Proof]


def view(facts: Facts, words: Words) -> ShareView:
    """The share of regulars over time, with the proofs of what the lead says of it."""
    told = facts.regulars
    points = [
        CoursePoint(point.on, point.share, point.low, point.high)
        for point in told.course
        if point.share is not None and point.low is not None and point.high is not None
    ]
    proofs = _proofs(told, words)
    if told.share.value is None:
        return ShareView(None, [], [], [words.cannot(told.share)], proofs)
    ahead = ahead_view(facts, words)
    if len(points) < 2:
        one = Cannot(
            words.say("Cannot tell yet how the share has changed: there is one reading."),
            words.say("Run the report again next month: each month adds a point."),
        )
        return ShareView(None, [], [], [one, *ahead.cannots], proofs)
    picture = _picture(told, points, ahead, words)
    if ahead.drawn is None:
        return ShareView(picture, [], [], ahead.cannots, proofs)
    tallies = [*_year_ago(told, words), *ahead.tallies]
    return ShareView(picture, tallies, ahead.notes, [], [*proofs, *ahead.proofs])


def _picture(
    told: RegularsFacts, points: Sequence[CoursePoint], ahead: AheadView, words: Words
) -> Picture:
    drawn = course(
        points,
        now=words.say("{share} now", share=words.estimate(told.share)),
        numbers=words.numbers,
        ahead=ahead.drawn,
        goal=ahead.goal,
    )
    reading = words.say(
        "The line is the share at the end of each month, the band its likely range."
    )
    if ahead.reading:
        reading = words.together([reading, ahead.reading])
    finding = ahead.finding or _finding(told, words)
    return Picture(finding, drawn, reading, _table(points, ahead.rows, words))


def _year_ago(told: RegularsFacts, words: Words) -> list[Tally]:
    """Where the share stood: said here where the finding speaks of what comes."""
    share, change = told.share.value, told.year_ago.value
    if share is None or change is None:
        return []
    sentences = {
        1: N_("risen since"),
        -1: N_("fallen since"),
        0: N_("no clear change since"),
    }
    return [
        Tally(
            words.say("A year ago"),
            words.pressed("p-year", words.numbers.percent(share - change)),
            words.say(sentences[direction(told.year_ago) or 0]),
        )
    ]


def direction(change: Figure) -> int | None:
    """1 or -1 where a change is proven, 0 where it is not, None where it cannot be told."""
    if change.value is None or change.low is None or change.high is None:
        return None
    return (change.low > 0) - (change.high < 0)


def definition(told: RegularsFacts, words: Words) -> Markup:
    """Who counts as a regular, in words."""
    asked = told.definition
    return words.say_n(
        "A regular bought on {n} or more days in the last {window} days. The share is of those who "
        "bought at least once in the last {base} days.",
        "A regular bought on {n} or more days in the last {window} days. The share is of those who "
        "bought at least once in the last {base} days.",
        asked.days,
        window=words.numbers.count(asked.window_days),
        base=words.numbers.count(asked.base_days),
    )


def _finding(told: RegularsFacts, words: Words) -> Markup:
    share, change = told.share.value, told.year_ago.value
    if share is None or change is None:
        return words.say(
            "{now} are regulars now. A year of history more will tell whether that is a rise.",
            now=words.estimate(told.share),
        )
    sentences = {
        1: N_("The share of regulars has grown: {now} now, {then} a year ago."),
        -1: N_("The share of regulars has shrunk: {now} now, {then} a year ago."),
        0: N_("No clear change in the share of regulars: {now} now, {then} a year ago."),
    }
    return words.say(
        sentences[direction(told.year_ago) or 0],
        now=words.pressed("p-share", words.numbers.percent(share)),
        then=words.pressed("p-year", words.numbers.percent(share - change)),
    )


def _proofs(told: RegularsFacts, words: Words) -> list[Proof]:
    proofs = []
    if told.share.value is not None:
        proofs.append(
            share_proof(
                words,
                "p-share",
                told.share,
                title=words.say("{share} are regulars", share=words.estimate(told.share)),
                means=definition(told, words),
            )
        )
    if told.revenue_share.value is not None:
        proofs.append(
            share_proof(
                words,
                "p-revenue",
                told.revenue_share,
                title=words.say(
                    "Regulars bring {share} of revenue",
                    share=words.estimate(told.revenue_share),
                ),
                means=words.say_n(
                    "Net revenue (sales less returns) from regulars, of that from all known "
                    "customers, in the last {n} day.",
                    "Net revenue (sales less returns) from regulars, of that from all known "
                    "customers, in the last {n} days.",
                    told.definition.base_days,
                ),
            )
        )
    if told.year_ago.value is not None:
        proofs.append(
            amount_proof(
                words,
                "p-year",
                told.year_ago,
                written=lambda change: words.signed(100 * change, 1),
                title=_change_title(told.year_ago.value, words),
                means=words.say(
                    "The share of regulars now less the share a year before, in points of "
                    "percent. Called a change only when 0 lies outside the range."
                ),
            )
        )
    return proofs


def _change_title(change: float, words: Words) -> Markup:
    points = words.numbers.decimal(abs(100 * change), 1)
    if change < 0:
        return words.say("{points} points fewer than a year ago", points=points)
    return words.say("{points} points more than a year ago", points=points)


def _table(points: Sequence[CoursePoint], ahead: Sequence[Sequence[Cell]], words: Words) -> Table:
    numbers = words.numbers
    return Table(
        words.say("Share of regulars by day"),
        [
            Head(words.say("Day")),
            Head(words.say("Share"), is_number=True),
            Head(words.say("Likely"), is_number=True),
        ],
        [
            *(
                [
                    Cell(numbers.day(point.on)),
                    Cell(numbers.percent(point.share, 1)),
                    Cell(numbers.percent_range(point.low, point.high, 1)),
                ]
                for point in points
            ),
            *ahead,
        ],
    )
