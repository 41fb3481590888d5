"""Not by price alone: how much is bought on discount, and who comes back after one."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.kit.texts import N_
from regulars.measure.discounts import Dependence, Group, Won
from regulars.measure.figure import Figure
from regulars.report.facts import DiscountFacts, Facts
from regulars.report.parts import Cell, Head, Table, Tally, Whole, WholePart, placed
from regulars.report.proofs import Proof, amount_proof, share_proof
from regulars.report.sections.share import direction
from regulars.report.words import Cannot, Words


@dataclass(frozen=True, slots=True)
class PriceView:
    """How much is sold on discount, to whom, and what became of those won by one."""

    says: Markup | None
    tallies: Sequence[Tally]
    whole: Whole | None
    won_says: Markup | None
    won: Table | None
    note: Markup | None
    cannot: Cannot | None
    proofs: Sequence[Proof]


def view(facts: Facts, words: Words) -> PriceView:
    """What discounts are to this shop, or what to record so that it can be told."""
    told = facts.discounts
    if told is None or told.dependence.days_share.value is None:
        cannot = Cannot(
            words.say("Cannot tell: no column says what was sold on discount."),
            words.say(
                "Record on each order line what was taken off, 0 where nothing, and export that "
                "column too."
            ),
        )
        return PriceView(None, [], None, None, None, None, cannot, [])
    return PriceView(
        says=_says(told.dependence, words),
        tallies=_tallies(told.dependence, words),
        whole=_whole(told.dependence, words),
        won_says=_won_says(told.won, words),
        won=_won(told.won, words) if told.won.discount.n or told.won.full_price.n else None,
        note=_note(told.won, words),
        cannot=None,
        proofs=_proofs(told, words),
    )


def _says(told: Dependence, words: Words) -> Markup:
    if told.spend_share.value is not None:
        return words.say(
            "{share} of what customers spend is spent on discount.",
            share=words.pressed("p-discount", words.estimate(told.spend_share)),
        )
    return words.say(
        "{share} of purchase days are on discount.",
        share=words.pressed("p-discount-days", words.estimate(told.days_share)),
    )


def _tallies(told: Dependence, words: Words) -> list[Tally]:
    figures = (
        ("p-discount", told.spend_share, words.say("Of spend, on discount")),
        ("p-discount-days", told.days_share, words.say("Of purchase days, on discount")),
    )
    return [
        Tally(label, words.pressed(proof, words.estimate(figure)), words.likely(figure))
        for proof, figure, label in figures
        if figure.value is not None
    ]


def _whole(told: Dependence, words: Words) -> Whole | None:
    """Those who come again, by whether they buy on discount."""
    only, never = told.only_share, told.never_share
    if only.value is None or never.value is None:
        return None
    n_only, n_never = round(only.value * only.n), round(never.value * never.n)
    parts = [
        ("never", words.say("Never on discount"), n_never),
        ("sometimes", words.say("Sometimes"), never.n - n_never - n_only),
        ("only", words.say("Only on discount"), n_only),
    ]
    return Whole(
        words.say("Who buys on discount"),
        words.say_n("{n} customer who came again", "{n} customers who came again", never.n),
        [
            WholePart(
                kind,
                name,
                words.pressed("p-discount-who", words.numbers.count(count)),
                words.numbers.percent(count / never.n),
                start,
                width,
            )
            for (kind, name, count), (start, width) in zip(
                parts, placed([count for _, _, count in parts]), strict=True
            )
        ],
    )


def _won_says(told: Won, words: Words) -> Markup | None:
    """Whether those won by a discount come back as others do; a difference only where proven."""
    found = direction(told.difference)
    if found is None or told.difference.value is None:
        return None
    sentences = {
        1: N_("{n} more of 100 won by a discount came back within a year than of the others."),
        -1: N_("{n} fewer of 100 won by a discount came back within a year than of the others."),
        0: N_("Those won by a discount come back about as often: no clear difference."),
    }
    return words.say(
        sentences[found],
        n=words.pressed(
            "p-discount-won", words.numbers.decimal(100 * abs(told.difference.value), 0)
        ),
    )


def _won(told: Won, words: Words) -> Table:
    heads = [
        Head(words.say("First purchase")),
        Head(words.say("Customers"), is_number=True),
        Head(
            words.say_n("Back within {n} day", "Back within {n} days", told.within_days),
            is_number=True,
        ),
        Head(words.say("Of later spend, on discount"), is_number=True),
    ]
    kinds = (
        (words.say("At full price"), told.full_price),
        (words.say("On discount"), told.discount),
    )
    return Table(
        words.say("Customers by what they were won with"),
        heads,
        [_won_row(name, group, words) for name, group in kinds],
    )


def _won_row(name: Markup, group: Group, words: Words) -> list[Cell]:
    return [
        Cell(name),
        Cell(words.numbers.count(group.n)),
        _cell(group.back, words),
        _cell(group.discounted_later, words),
    ]


def _cell(figure: Figure, words: Words) -> Cell:
    if figure.value is None:
        return Cell(words.say("cannot tell yet"))
    return Cell(words.estimate(figure), words.likely(figure))


def _note(told: Won, words: Words) -> Markup | None:
    if told.difference.value is None:
        return words.say_n(
            "Whether customers won by a discount come back cannot be told yet: it takes some of "
            "both kinds who first bought more than {n} day ago.",
            "Whether customers won by a discount come back cannot be told yet: it takes some of "
            "both kinds who first bought more than {n} days ago.",
            told.within_days,
        )
    return words.say(
        "Nobody drew lots for who got a discount: the two may be other people to begin with. Only "
        "leaving some out by lot tells what a discount does."
    )


def _proofs(told: DiscountFacts, words: Words) -> list[Proof]:
    leaning, won = told.dependence, told.won
    shares = (
        (
            "p-discount",
            leaning.spend_share,
            words.say("Spent on discount"),
            words.say(
                "Spend on order lines with something taken off, of the spend on all lines of which "
                "that is known. Bought on discount is not bought because of it."
            ),
        ),
        (
            "p-discount-days",
            leaning.days_share,
            words.say("Purchase days on discount"),
            words.say(
                "A purchase day counts as on discount where at least half of its lines had "
                "something taken off."
            ),
        ),
        (
            "p-discount-who",
            leaning.never_share,
            words.say("Never on discount"),
            words.say(
                "Customers with two purchase days or more, by whether none, some or all of them "
                "were on discount."
            ),
        ),
    )
    proofs = [
        share_proof(words, proof_id, figure, title=title, means=means)
        for proof_id, figure, title, means in shares
        if figure.value is not None
    ]
    if won.difference.value is not None:
        proofs.append(_won_proof(won, words))
    return proofs


def _won_proof(told: Won, words: Words) -> Proof:
    return amount_proof(
        words,
        "p-discount-won",
        told.difference,
        title=words.say("Won by a discount, beside the others"),
        means=words.say_n(
            "Of those whose first purchase was on discount, the share that bought again within {n} "
            "day, less that of those who first paid the full price; in points of percent.",
            "Of those whose first purchase was on discount, the share that bought again within {n} "
            "days, less that of those who first paid the full price; in points of percent.",
            told.within_days,
        ),
        written=lambda change: words.signed(100 * change, 1),
    )
