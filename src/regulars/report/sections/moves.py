"""How customers moved between states over the last quarters: what happened, and no forecast."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.kit.texts import N_
from regulars.pictures.moves import MoveLine, MoveWords, is_cut, moves
from regulars.report.facts import Facts, Move, StatesFacts
from regulars.report.parts import Cell, Head, Picture, Table, Tally
from regulars.report.proofs import Proof
from regulars.report.words import Cannot, Words

# The closest first.
_STATES = {
    "regular": N_("regular"),
    "repeat": N_("comes again"),
    "first_time": N_("bought once"),
    "lapsing": N_("slipping away"),
    "lost": N_("lost"),
}
_ORDER = tuple(_STATES)


@dataclass(frozen=True, slots=True)
class MovesView:
    """The map of movements, or why there is none."""

    picture: Picture | None
    tallies: Sequence[Tally]
    note: Markup | None
    cannot: Cannot | None
    proofs: Sequence[Proof]


def view(facts: Facts, words: Words) -> MovesView:
    """Who became what from one quarter to the next."""
    told = facts.states
    if told is None:
        return MovesView(None, [], None, _cannot(facts, words), [])
    if all(move.before == move.after for move in told.moves):
        return MovesView(None, [], None, _nobody_moved(words), [])
    return MovesView(
        picture=_picture(told, words),
        tallies=_tallies(told, words),
        note=words.say(
            "A picture of what happened, and no forecast: it forgets how long somebody has been "
            "silent. How the share goes on is told at the top."
        )
        if facts.forecast and facts.forecast.steps
        else words.say(
            "A picture of what happened, and no forecast: it forgets how long somebody has been "
            "silent."
        ),
        cannot=None,
        proofs=[_proof(told, words)],
    )


def _cannot(facts: Facts, words: Words) -> Cannot:
    if not facts.model.identifiable:
        return words.cannot_code(facts.model.why_not)
    needs = facts.regulars.definition.window_days + 91
    return words.cannot_code("history_too_short", needs=needs)


def _nobody_moved(words: Words) -> Cannot:
    return Cannot(
        words.say("Nobody moved from one state to another in this time."),
        words.say("Export earlier orders as well, or come back when more time has passed."),
    )


def _picture(told: StatesFacts, words: Words) -> Picture:
    lines = [
        MoveLine(_ORDER.index(move.before), _ORDER.index(move.after), move.n, move.share)
        for move in told.moves
    ]
    names = MoveWords(
        [words.say(name) for name in _STATES.values()],
        words.say("at first"),
        words.say_n("{n} day later", "{n} days later", told.period_days),
    )
    drawn = moves(lines, words=names, numbers=words.numbers)
    return Picture(
        _finding(told, words),
        drawn,
        _reading(lines, words),
        _table(told.moves, words),
    )


def _finding(told: StatesFacts, words: Words) -> Markup:
    shares = {move.after: move.share for move in told.moves if move.before == "regular"}
    stay = shares.get("regular")
    if stay is None:
        return words.say_n(
            "Where customers stood, and where {n} day later.",
            "Where customers stood, and where {n} days later.",
            told.period_days,
        )
    return words.say_n(
        "Of 100 regulars {stay} are regulars {n} day later, {slip} are slipping away and {lost} "
        "are lost.",
        "Of 100 regulars {stay} are regulars {n} days later, {slip} are slipping away and {lost} "
        "are lost.",
        told.period_days,
        stay=words.pressed("p-moves", words.numbers.count(100 * stay)),
        slip=words.numbers.count(100 * (shares.get("lapsing") or 0.0)),
        lost=words.numbers.count(100 * (shares.get("lost") or 0.0)),
    )


def _reading(lines: Sequence[MoveLine], words: Words) -> Markup:
    reading = [
        words.say(
            "Upwards and petrol: closer. Downwards and brick: further off. Faint: stayed. The "
            "wider, the more customers."
        )
    ]
    if any(line.share is not None for line in lines):
        reading.append(words.say("The figures are shares of the state they leave."))
    if is_cut(lines):
        reading.append(words.say("The widest faint ribbons are drawn narrower."))
    return words.together(reading)


def _tallies(told: StatesFacts, words: Words) -> list[Tally]:
    """Moves up and down in all, and who came new."""
    closer, off = (
        sum(
            move.n
            for move in told.moves
            if sign * (_ORDER.index(move.before) - _ORDER.index(move.after)) > 0
        )
        for sign in (1, -1)
    )
    between = words.numbers.days(told.on[0], told.on[-1])
    return [
        Tally(words.say(label), words.pressed("p-moves", words.numbers.count(n)), Markup(days))
        for label, n, days in (
            (N_("Times somebody came closer"), closer, between),
            (N_("Times somebody drifted off"), off, between),
            (N_("New customers"), told.newcomers, words.numbers.days(told.on[-2], told.on[-1])),
        )
    ]


def _table(told: Sequence[Move], words: Words) -> Table:
    heads = [
        Head(words.say("From")),
        Head(words.say("To")),
        Head(words.say("Customers"), is_number=True),
        Head(words.say("Share"), is_number=True),
        Head(words.say("Likely"), is_number=True),
    ]
    ordered = sorted(told, key=lambda move: (_ORDER.index(move.before), _ORDER.index(move.after)))
    rows = [
        [
            Cell(words.say(_STATES[move.before])),
            Cell(words.say(_STATES[move.after])),
            Cell(words.numbers.count(move.n)),
            *_share(move, words),
        ]
        for move in ordered
    ]
    return Table(words.say("Movements between states, with their likely range"), heads, rows)


def _share(move: Move, words: Words) -> list[Cell]:
    if move.share is None or move.low is None or move.high is None:
        return [Cell(words.say("too few")), Cell("")]
    return [
        Cell(words.numbers.percent(move.share)),
        Cell(words.numbers.percent_range(move.low, move.high, 1)),
    ]


def _proof(told: StatesFacts, words: Words) -> Proof:
    n = sum(move.n for move in told.moves)
    days = words.numbers.days(told.on[0], told.on[-1])
    stood = [
        words.say(
            "{state}: {before}, now {now}",
            state=words.say(name),
            before=words.numbers.count(told.counts_before[state]),
            now=words.numbers.count(told.counts[state]),
        )
        for state, name in _STATES.items()
    ]
    lines = [
        (
            words.say("Counted"),
            words.say_n(
                "{n} customer, once for each of the periods",
                "{n} customers, each once for each of the periods",
                n,
            ),
        ),
        (words.say("From"), Markup.escape(days)),
        (
            words.say("How"),
            words.say(
                "Wilson score interval, as much wider as the periods differ more than chance has "
                "them differ"
            ),
        ),
        (words.say("Stood"), Markup("<br>").join(stood)),
        (
            words.say("Means"),
            words.say(
                "Looked at every {n} days. Slipping away and lost go before the rest, so a regular "
                "who is slipping counts as slipping here. The odds are those of today’s model, "
                "on the earlier days too.",
                n=words.numbers.count(told.period_days),
            ),
        ),
    ]
    return Proof("p-moves", words.say("How customers moved"), Markup(), None, lines)
