"""The model card: what was tried on this shop's own past, how well it did, and which serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from regulars.kit.texts import N_
from regulars.measure.card.result import RULE_NAMES, Card, Entry, SeasonTrial
from regulars.measure.card.scores import Score
from regulars.measure.season import LEAST_DAYS, LEAST_TRIALS, TRIAL_DAYS
from regulars.report.facts import Facts
from regulars.report.proofs import Proof
from regulars.report.words import Words

_EPOCH = date(1970, 1, 1)
_SEASON_DAYS = LEAST_DAYS + LEAST_TRIALS * TRIAL_DAYS
# What each candidate supposes, and the name the field knows it by.
_CANDIDATES = {
    "zero": (N_("Nobody buys any more"), N_("plain rule")),
    "last_value": (N_("Everybody buys as in the last period"), N_("plain rule")),
    "recency": (N_("Only the days of silence count"), N_("plain rule")),
    "nbd": (N_("Own rhythm, nobody leaves"), N_("NBD (Ehrenberg 1959)")),
    "mbg_nbd": (
        N_("Own rhythm, may leave after any purchase"),
        N_("MBG/NBD (Batislam, Denizel and Filiztekin 2007)"),
    ),
    "bg_nbd": (
        N_("Own rhythm, may leave after a repeat purchase"),
        N_("BG/NBD (Fader, Hardie and Lee 2005)"),
    ),
    "pareto_nbd": (
        N_("Own rhythm, may leave at any time"),
        N_("Pareto/NBD (Schmittlein, Morrison and Colombo 1987)"),
    ),
    "mbg_cnbd_k": (
        N_("Own and even rhythm, may leave after any purchase"),
        N_("MBG/CNBD-k (Platzer and Reutterer 2016)"),
    ),
}
_NOT_TRIED = {
    "gaps_not_regular": N_("not tried: gaps here are not even"),
    "too_few": N_("not tried: too few customers"),
    "no_repeat_buyers": N_("not tried: nobody came again"),
    "all_alike": N_("not tried: customers differ too little"),
    "no_dropout_seen": N_("not tried: nobody can be seen to have left"),
}
_NOT_DETERMINED = N_("not tried: this history does not determine it")


@dataclass(frozen=True, slots=True)
class CardLine:
    """One candidate: how far off its totals were, and how good its odds."""

    name: Markup
    known_as: Markup
    mark: Markup | None  # that it serves, or did as well
    serves: bool
    not_tried: Markup | None
    off: str
    off_one_time: str
    off_repeat: str
    brier: str
    log_loss: str


@dataclass(frozen=True, slots=True)
class CardView:
    """What was tried, in sentences and as a table."""

    says: Sequence[Markup]
    caption: Markup
    lines: Sequence[CardLine]
    proofs: Sequence[Proof]


def view(facts: Facts, words: Words) -> CardView | None:
    """The card of this shop; None where there is none."""
    card = facts.card
    if card is None:
        return None
    best = next((entry for entry in card.entries if entry.name == card.serving), None)
    tried = [entry for entry in card.entries if entry.everybody]
    if not tried or best is None:
        return CardView([_untried(card, words)], Markup(), [], [])
    says = [
        _tried(card, tried, words),
        _serving(card, tried, words),
        *_odds(best, words),
        *_season(card.season, words),
        *_older(card, facts, words),
    ]
    return CardView(
        says=says,
        caption=words.say("What was tried, and how far off it was"),
        lines=[_line(entry, card, words) for entry in card.entries],
        proofs=[_proof(card, words)],
    )


def _untried(card: Card, words: Words) -> Markup:
    if card.serving == "none":
        return words.say_n(
            "This history is too short to try anything on the past: that takes {n} day.",
            "This history is too short to try anything on the past: that takes {n} days.",
            card.needs or 3 * card.horizon,
        )
    return words.say_n(
        "The model is used untried: this history is too short to try it on the past, which takes "
        "{n} day.",
        "The model is used untried: this history is too short to try it on the past, which takes "
        "{n} days.",
        card.needs or 3 * card.horizon,
    )


def _tried(card: Card, tried: Sequence[Entry], words: Words) -> Markup:
    rules = sum(entry.is_rule for entry in tried)
    return words.say_n(
        "We tried {rules} plain rules and {models} models on {n} past day, each knowing only what "
        "was known then, and held them against the {horizon} days after it.",
        "We tried {rules} plain rules and {models} models on {n} past days, each knowing only what "
        "was known then, and held them against the {horizon} days after.",
        len(card.origins),
        rules=words.numbers.count(rules),
        models=words.numbers.count(len(tried) - rules),
        horizon=words.numbers.count(card.horizon),
    )


def _serving(card: Card, tried: Sequence[Entry], words: Words) -> Markup:
    """Which one serves, and why."""
    name = words.pressed("p-card", words.say(_CANDIDATES[card.serving][0]))
    if card.serving in RULE_NAMES:
        if not any(not entry.is_rule for entry in tried):
            return words.say(
                "No model can be learned from this history, so a plain rule serves: “{name}”.",
                name=name,
            )
        return words.say(
            "A plain rule did better than every model here, so it serves: “{name}”. Who is "
            "slipping away is still told by the model below, since a rule cannot tell.",
            name=name,
        )
    ties = sum(entry.is_tied for entry in tried if not entry.is_rule)
    if ties > 1:
        return words.say_n(
            "{n} model did about equally well; the simplest of them serves: “{name}”.",
            "{n} models did about equally well; the simplest of them serves: “{name}”.",
            ties,
            name=name,
        )
    return words.say("One did best, and serves: “{name}”.", name=name)


def _odds(best: Entry, words: Words) -> list[Markup]:
    """How good its odds were: whether they meant what they said, and told people apart."""
    told = best.everybody
    if told is None:
        return []
    points = words.numbers.decimal(100 * told.calibration_error, 1)
    says = [
        words.say(
            "When it gave odds, as many came as it said, give or take {points} of 100.",
            points=words.pressed("p-card", points),
        )
    ]
    came = told.buyers_actual / told.n
    alike = came * (1 - came)  # the Brier score of the same odds for everybody
    if alike and told.brier < alike:
        saved = words.pressed("p-card", words.numbers.percent(1 - told.brier / alike, 0))
        says.append(
            words.say("It missed by {saved} less than the same odds for everybody.", saved=saved)
        )
    elif alike:
        says.append(words.say("It told people apart no better than the same odds for everybody."))
    return says


def _season(told: SeasonTrial, words: Words) -> list[Markup]:
    if told.is_on:
        return [
            words.say(
                "The season of the shop is counted in: more than half of what it foretold in past "
                "months came, which is more than chance."
            )
        ]
    if told.why_not is None:
        return [
            words.say(
                "The season of the shop is left out: too little of what it foretold in past months "
                "came to count on it."
            )
        ]
    if told.why_not == "history_too_short":
        return [
            words.say_n(
                "Whether the season of the shop would help cannot be told yet: that takes {n} day "
                "of history.",
                "Whether the season of the shop would help cannot be told yet: that takes {n} days "
                "of history.",
                _SEASON_DAYS,
            )
        ]
    return []


def _older(card: Card, facts: Facts, words: Words) -> list[Markup]:
    if card.fitted_on is None:
        return []
    on = _EPOCH + timedelta(days=card.fitted_on)
    if on >= facts.input.as_of:
        return []
    return [
        words.say(
            "Today’s history does not determine the model: it is as it was on {day}.",
            day=words.numbers.day(on),
        )
    ]


def _line(entry: Entry, card: Card, words: Words) -> CardLine:
    name, known_as = (words.say(text) for text in _CANDIDATES[entry.name])
    serves = entry.name == card.serving
    told = entry.everybody
    decimal = words.numbers.decimal
    mark = None
    if serves:
        mark = words.say("serves")
    elif entry.is_tied:
        mark = words.say("about as good")
    not_tried = None
    if told is None:
        not_tried = words.say(_NOT_TRIED.get(entry.why_not or "", _NOT_DETERMINED))
    return CardLine(
        name=name,
        known_as=known_as,
        mark=mark,
        serves=serves,
        not_tried=not_tried,
        off=_off(told, words),
        off_one_time=_off(entry.one_time, words),
        off_repeat=_off(entry.repeat, words),
        brier=decimal(told.brier, 3) if told else "",
        log_loss=decimal(told.log_loss, 3) if told else "",
    )


def _off(told: Score | None, words: Words) -> str:
    """How far off the total of purchases was, where any came."""
    if told is None or told.total_ratio is None:
        return ""
    return words.off(told.total_ratio - 1)


def _proof(card: Card, words: Words) -> Proof:
    origins = sorted(_EPOCH + timedelta(days=day) for day in card.origins)
    lines = [
        (
            words.say("Counted"),
            words.say_n(
                "{n} customer, once for each of the past days",
                "{n} customers, each once for each of the past days",
                card.n,
            ),
        ),
        (
            words.say("Past days"),
            Markup.escape(words.listed(words.numbers.day(on) for on in origins)),
        ),
        (
            words.say("Chosen by"),
            words.say(
                "mean log-loss of the odds to buy within {horizon} days; those within one standard "
                "error of the best, or within half a percent, count as equal",
                horizon=words.numbers.count(card.horizon),
            ),
        ),
        *_came(card.season, words),
        (
            words.say("Means"),
            words.say(
                "Off: purchases expected in all, beside those that came. Brier: mean squared miss "
                "of the odds, 0 for one who knows, 0.25 for one who always says half. Log-loss: "
                "the same, harder on those who were sure and wrong."
            ),
        ),
    ]
    return Proof("p-card", words.say("How the choice was made"), Markup(), None, lines)


def _came(told: SeasonTrial, words: Words) -> list[tuple[Markup, Markup]]:
    """What the season foretold beside what came, and what it did for the odds."""
    if told.came_share is None or told.came_error is None:
        return []
    sentences = [
        words.say_n(
            "of the swings it foretold on {n} past day a share of {share} came (1 is all), "
            "standard error {error}",
            "of the swings it foretold on {n} past days a share of {share} came (1 is all), "
            "standard error {error}",
            told.n_origins,
            share=words.signed(told.came_share, 2),
            error=words.numbers.decimal(told.came_error, 2),
        )
    ]
    if told.saved is not None and told.saved_error is not None:
        sentences.append(
            words.say(
                "log-loss lower by {saved} with it, standard error {error}",
                saved=words.signed(told.saved, 4),
                error=words.numbers.decimal(told.saved_error, 4),
            )
        )
    return [(words.say("Season"), Markup("<br>").join(sentences))]
