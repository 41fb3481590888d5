"""How the share of regulars goes on: forecast, goal, the record of earlier ones, a what-if."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.kit.texts import N_
from regulars.pictures.course import Ahead, AheadPoint, Goal
from regulars.report.facts import Facts, ForecastFacts, ForecastStep, GoalFacts
from regulars.report.parts import Cell, Tally
from regulars.report.proofs import Proof
from regulars.report.words import Cannot, Words

_HALF_YEAR = 6  # steps of 30 days
# (why it cannot be told, what would tell) by the code of the forecast.
_CANNOT = {
    "too_few": (
        N_(
            "Cannot tell yet how the share goes on: {n} customers bought in the last {base} days, "
            "{needs} needed."
        ),
        N_("Record who buys on more of the orders, or come back when more customers have bought."),
    ),
    "history_too_short": (
        N_("Cannot tell yet how the share goes on: {days} days of history, {needs} needed."),
        N_(
            "A forecast is only given once earlier ones could be held against what came. Export "
            "earlier orders as well, or come back when more time has passed."
        ),
    ),
    "not_identifiable": (
        N_("Cannot tell how the share goes on: customers differ or return too little."),
        N_(
            "Export a longer history, with a customer number, e-mail, phone or card on as many "
            "orders as possible."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class AheadView:
    """What the share section says of the time ahead; nothing where there is no forecast."""

    drawn: Ahead | None = None
    goal: Goal | None = None
    finding: Markup | None = None
    reading: Markup | None = None
    tallies: Sequence[Tally] = ()
    notes: Sequence[Markup] = ()
    rows: Sequence[Sequence[Cell]] = ()
    cannots: Sequence[Cannot] = ()
    proofs: Sequence[Proof] = ()


def view(facts: Facts, words: Words) -> AheadView:
    """The next year of the share, and how forecasts like it did."""
    told = facts.forecast
    if told is None:
        return AheadView()
    if not told.steps:
        return AheadView(cannots=[_cannot(told, facts, words)])
    points = [
        AheadPoint(step.on, step.median, step.low, step.high, step.mid_low, step.mid_high)
        for step in told.steps
    ]
    goal = None
    if told.goal:
        wished = words.numbers.percent(told.goal.share)
        goal = Goal(told.goal.share, words.say("Goal: {share}", share=wished))
    return AheadView(
        drawn=Ahead(points, words.say("9 times in 10")),
        goal=goal,
        finding=_finding(told, words),
        reading=_reading(told, words),
        tallies=_tallies(told, words),
        notes=_notes(told, words),
        rows=[_row(step, words) for step in told.steps],
        proofs=[_proof(told, facts, words), *_goal_proofs(told, facts, words)],
    )


def _cannot(told: ForecastFacts, facts: Facts, words: Words) -> Cannot:
    why, mend = _CANNOT.get(told.why_not or "", _CANNOT["not_identifiable"])
    count = words.numbers.count
    filled = {
        "n": count(facts.regulars.n_base),
        "base": count(facts.regulars.definition.base_days),
        "days": count((facts.input.as_of - facts.input.first_on).days + 1),
        "needs": count(told.needs or 0),
    }
    return Cannot(words.say(why, **filled), words.say(mend))


def _finding(told: ForecastFacts, words: Words) -> Markup:
    last = told.steps[-1]
    if told.goal is None:
        return words.say(
            "In a year about {share} will be regulars; 9 times in 10 it is {range}.",
            share=words.pressed("p-ahead", words.numbers.percent(last.median)),
            range=words.numbers.percent_range(last.low, last.high),
        )
    goal = told.goal
    share = words.numbers.percent(goal.share)
    if _is_reached(goal):
        return words.say(
            "The goal of {share} is reached. In a year we expect {ahead}.",
            share=share,
            ahead=words.pressed("p-ahead", words.numbers.percent(last.median)),
        )
    odds = words.pressed("p-goal", words.numbers.odds(1 - goal.not_within))
    by = words.numbers.month(last.on)
    around = next((on for on, chance in goal.by if chance >= 0.5), None)
    if around is None:
        return words.say(
            "At this pace you do not reach {share} by {month}. The odds of making it are {odds}.",
            share=share,
            month=by,
            odds=odds,
        )
    return words.say(
        "At this pace you reach {share} around {around}. The odds of making it by {month} are "
        "{odds}.",
        share=share,
        around=words.numbers.month(around),
        month=by,
        odds=odds,
    )


def _is_reached(goal: GoalFacts) -> bool:
    """Whether the share is the goal's today: its one day is then the day of the forecast."""
    return len(goal.by) == 1 and not goal.not_within


def _reading(told: ForecastFacts, words: Words) -> Markup:
    if told.has_season:
        return words.say(
            "Dotted: what we expect, with the season of the shop. Inner band: as likely as not. "
            "Outer band: 9 times in 10."
        )
    return words.say(
        "Dotted: what we expect. Inner band: as likely as not. Outer band: 9 times in 10."
    )


def _tallies(told: ForecastFacts, words: Words) -> list[Tally]:
    shown = [(told.steps[-1], words.say("In a year"))]
    if len(told.steps) > _HALF_YEAR:
        shown.insert(0, (told.steps[_HALF_YEAR - 1], words.say("In six months")))
    tallies = [
        Tally(
            label,
            words.pressed("p-ahead", words.numbers.percent(step.median)),
            words.say("9 in 10: {range}", range=words.numbers.percent_range(step.low, step.high)),
        )
        for step, label in shown
    ]
    goal = told.goal
    if goal and not _is_reached(goal):
        tallies.append(
            Tally(
                words.say("{share} within the year", share=words.numbers.percent(goal.share)),
                words.pressed("p-goal", words.numbers.odds(1 - goal.not_within)),
                words.say("later or never: {odds}", odds=words.numbers.odds(goal.not_within)),
            )
        )
    return tallies


def _notes(told: ForecastFacts, words: Words) -> list[Markup]:
    notes = []
    record = _record(told, words)
    if record:
        notes.append(record)
    if told.if_fewer is not None:
        median = told.steps[-1].median
        digits = 0 if abs(told.if_fewer - median) >= 0.01 else 1
        notes.append(
            words.say(
                "If a tenth fewer customers lapsed: {then} instead of {now} in a year.",
                then=words.numbers.percent(told.if_fewer, digits),
                now=words.numbers.percent(median, digits),
            )
        )
    return notes


def _record(told: ForecastFacts, words: Words) -> Markup | None:
    """How often the wide band of earlier forecasts held, and how far off their middle was."""
    if told.held_share is None or told.missed is None:
        return None
    return words.say_n(
        "Tried on the past: the 9 in 10 band of {n} forecast like this held {held} time, and the "
        "middle was off by {points} points of 100.",
        "Tried on the past: the 9 in 10 band of {n} forecasts like this held {held} times, and the "
        "middle was off by {points} points of 100 on average.",
        told.n_past,
        held=words.numbers.count(told.held_share * told.n_past),
        points=words.numbers.decimal(100 * told.missed, 1),
    )


def _row(step: ForecastStep, words: Words) -> list[Cell]:
    between = words.numbers.percent_range
    return [
        Cell(words.numbers.day(step.on), words.say("expected")),
        Cell(words.numbers.percent(step.median, 1)),
        Cell(
            words.say("9 in 10: {range}", range=between(step.low, step.high, 1)),
            words.say("as likely as not: {range}", range=between(step.mid_low, step.mid_high, 1)),
        ),
    ]


def _proof(told: ForecastFacts, facts: Facts, words: Words) -> Proof:
    last = told.steps[-1]
    between = words.numbers.percent_range
    says = words.say(
        "In a year, 9 times in 10: {wide}. As likely as not: {middle}.",
        wide=between(last.low, last.high),
        middle=between(last.mid_low, last.mid_high),
    )
    lines = [
        *_counted(facts, words),
        (
            words.say("How"),
            words.say(
                "thousands of courses drawn from how customers bought so far, in steps of 30 days; "
                "bands as wide as earlier forecasts were wrong"
            ),
        ),
    ]
    if record := _record(told, words):
        lines.append((words.say("Before"), record))
    lines.append(
        (
            words.say("Means"),
            words.say(
                "The share of regulars by the same definition as today, if customers go on as they "
                "did. Whether a tenth fewer lapse is supposed, not foretold."
            ),
        )
    )
    return Proof("p-ahead", words.say("How the share goes on"), says, None, lines)


def _goal_proofs(told: ForecastFacts, facts: Facts, words: Words) -> list[Proof]:
    goal = told.goal
    if goal is None or _is_reached(goal):
        return []
    title = words.say("When {share} is reached", share=words.numbers.percent(goal.share))
    lines = [*_counted(facts, words), *_by(goal, words)]
    lines.append(
        (
            words.say("Means"),
            words.say(
                "Of the courses drawn, how many had reached the goal by then. A goal met and lost "
                "again between two steps of 30 days is not seen."
            ),
        )
    )
    return [Proof("p-goal", title, Markup(), None, lines)]


def _by(goal: GoalFacts, words: Words) -> list[tuple[Markup, Markup]]:
    """The odds every three months, and that it is not within the year."""
    lines = [
        (
            words.say("By {month}", month=words.numbers.month(on)),
            Markup.escape(words.numbers.odds(chance)),
        )
        for on, chance in goal.by[2::3]
    ]
    later = Markup.escape(words.numbers.odds(goal.not_within))
    return [*lines, (words.say("Not within the year"), later)]


def _counted(facts: Facts, words: Words) -> list[tuple[Markup, Markup]]:
    n = facts.regulars.n_base
    days = words.numbers.days(words.first_on, words.last_on)
    return [
        (words.say("Counted"), words.say_n("{n} customer", "{n} customers", n)),
        (words.say("From"), Markup.escape(days)),
    ]
