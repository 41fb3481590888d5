"""How we know a figure: range, how many were counted, from when to when, how, what it means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from regulars.kit.texts import N_
from regulars.measure.figure import Figure
from regulars.report.words import Words

# Terms of docs/glossary.md, for those who want to check.
_METHODS = {
    "wilson": N_("Wilson score interval"),
    "newcombe": N_("Newcombe’s interval of a difference of shares"),
    "influence": N_("influence functions, customers being independent draws"),
    "ratio": N_("ratio of sums, linearised; customers being independent draws"),
    "ratio_wilson": N_("Wilson’s interval of a ratio of sums; customers being independent draws"),
    "log_ratio": N_("logarithm of a ratio of two means; customers being independent draws"),
    "past_errors": N_("chance, and how far off earlier forecasts were, together"),
}


@dataclass(frozen=True, slots=True)
class Strip:
    """A range on a track from 0 to 100%, in percent of the track."""

    low: str
    width: str
    point: str


@dataclass(frozen=True, slots=True)
class Proof:
    """The block a pressed figure leads to."""

    id: str
    title: Markup
    says: Markup
    strip: Strip | None
    lines: Sequence[tuple[Markup, Markup]]


def share_proof(
    words: Words, proof_id: str, figure: Figure, *, title: Markup, means: Markup
) -> Proof:
    """The proof of a share 0..1, its range drawn on a track."""

    def written(share: float) -> str:
        return words.numbers.percent(share, 1)

    strip = None
    if figure.value is not None and figure.low is not None and figure.high is not None:
        strip = Strip(
            f"{100 * figure.low:.2f}",
            f"{100 * max(0.006, figure.high - figure.low):.2f}",
            f"{100 * figure.value:.2f}",
        )
    proof = amount_proof(words, proof_id, figure, title=title, means=means, written=written)
    return replace(proof, strip=strip)


def amount_proof(
    words: Words,
    proof_id: str,
    figure: Figure,
    *,
    title: Markup,
    means: Markup,
    written: Callable[[float], str],
) -> Proof:
    """The proof of a count, an amount or a difference, `written` as that is written."""
    says = Markup()
    if figure.low is not None and figure.high is not None:
        says = words.say(
            "Another time like this one: {low} to {high}.",
            low=written(figure.low),
            high=written(figure.high),
        )
    return Proof(proof_id, title, says, None, _lines(words, figure, means))


def count_proof(words: Words, proof_id: str, *, title: Markup, n: int, means: Markup) -> Proof:
    """The proof of a count of all there are: no range, since nothing was estimated."""
    lines = [*_counted(words, n), (words.say("Means"), means)]
    return Proof(proof_id, title, words.say("Counted, not estimated."), None, lines)


def _lines(words: Words, figure: Figure, means: Markup) -> list[tuple[Markup, Markup]]:
    lines = _counted(words, figure.n, figure)
    if figure.low is not None and (method := _METHODS.get(figure.method)):
        lines.append(
            (
                words.say("How"),
                words.say(
                    "{method}; right {level} of the time",
                    method=words.say(method),
                    level=words.numbers.percent(figure.level),
                ),
            )
        )
    lines.append((words.say("Means"), means))
    return lines


def _counted(words: Words, n: int, figure: Figure | None = None) -> list[tuple[Markup, Markup]]:
    """How many, and from when to when: in the whole history where the figure says nothing else."""
    first_on = (figure and figure.first_on) or words.first_on
    last_on = (figure and figure.last_on) or words.last_on
    return [
        (words.say("Counted"), words.say_n("{n} customer", "{n} customers", n)),
        (words.say("From"), Markup.escape(words.numbers.days(first_on, last_on))),
    ]
