"""Where customers stand, by what they do: two bars that each add up to all."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.report.facts import FEWEST, Facts
from regulars.report.parts import Whole, WholePart, placed
from regulars.report.proofs import Proof, count_proof
from regulars.report.sections.share import definition
from regulars.report.words import Cannot, Words


@dataclass(frozen=True, slots=True)
class StagesView:
    """How often customers buy, and whether they still do."""

    says: Markup
    often: Whole
    still: Whole | None
    notes: Sequence[Markup]
    cannot: Cannot | None
    proofs: Sequence[Proof]


def view(facts: Facts, words: Words) -> StagesView:
    """Both bars with what their parts mean."""
    still = _still(facts, words)
    return StagesView(
        says=_says(facts, words),
        often=_often(facts, words),
        still=still,
        notes=_notes(facts, words),
        cannot=None if still else words.cannot_code(facts.model.why_not),
        proofs=_proofs(facts, words, has_activity=still is not None),
    )


def _says(facts: Facts, words: Words) -> Markup:
    first = facts.stages["first_time"]
    if facts.customers < FEWEST:
        return words.say_n(
            "{n} customer has bought only once.",
            "{n} customers have bought only once.",
            first,
            n=words.pressed("p-stages", words.numbers.count(first)),
        )
    return words.say_n(
        "{n} customer, {share} of all, has bought only once.",
        "{n} customers, {share} of all, have bought only once.",
        first,
        n=words.pressed("p-stages", words.numbers.count(first)),
        share=words.numbers.percent(first / facts.customers),
    )


def _notes(facts: Facts, words: Words) -> list[Markup]:
    """Why two shares here differ from those above: they are of other customers."""
    notes = []
    told = facts.regulars
    if told.n and told.definition.days > 1 and told.share.value is not None:
        notes.append(
            words.say(
                "The bars count everyone who ever bought. The {share} above are of those who "
                "bought in the last {base} days.",
                share=words.estimate(told.share),
                base=words.numbers.count(told.definition.base_days),
            )
        )
    if facts.slipping and facts.activity and facts.activity["lapsing"] > facts.slipping.n:
        notes.append(
            words.say_n(
                "Of those slipping away, {n} had come back before: see below.",
                "Of those slipping away, {n} had come back before: see below.",
                facts.slipping.n,
            )
        )
    return notes


def _often(facts: Facts, words: Words) -> Whole:
    repeat, first = facts.stages["repeat"], facts.stages["first_time"]
    # With a definition of one day, regulars lie across both stages and cannot be a part.
    regulars = facts.regulars.n if facts.regulars.definition.days > 1 else 0
    parts = [
        ("regular", words.say("Regulars"), regulars),
        ("repeat", words.say("Come again"), repeat - regulars),
        ("first", words.say("Bought once"), first),
    ]
    return Whole(
        words.say("How often they buy"), _note(facts, words), _parts(parts, "p-stages", words)
    )


def _still(facts: Facts, words: Words) -> Whole | None:
    if facts.activity is None:
        return None
    parts = [
        ("active", words.say("Active"), facts.activity["active"]),
        ("lapsing", words.say("Slipping away"), facts.activity["lapsing"]),
        ("lost", words.say("Lost"), facts.activity["lost"]),
    ]
    return Whole(
        words.say("Whether they still come"),
        _note(facts, words),
        _parts(parts, "p-activity", words),
    )


def _note(facts: Facts, words: Words) -> Markup:
    return words.say_n("{n} customer", "{n} customers", facts.customers)


def _parts(parts: Sequence[tuple[str, Markup, int]], proof: str, words: Words) -> list[WholePart]:
    shown = [part for part in parts if part[2] or part[0] != "regular"]
    total = sum(count for _, _, count in shown)
    places = placed([count for _, _, count in shown])
    return [
        WholePart(
            kind,
            name,
            words.pressed(proof, words.numbers.count(count)),
            words.numbers.percent(count / total) if total >= FEWEST else "",
            start,
            width,
        )
        for (kind, name, count), (start, width) in zip(shown, places, strict=True)
    ]


def _proofs(facts: Facts, words: Words, *, has_activity: bool) -> list[Proof]:
    proofs = [
        count_proof(
            words,
            "p-stages",
            title=words.say("How often they buy"),
            n=facts.customers,
            means=words.say(
                "Bought once: purchases on one day only. Come again: on two or more days, and not "
                "a regular now. {regular}",
                regular=definition(facts.regulars, words),
            ),
        )
    ]
    if not has_activity:
        return proofs
    meaning = words.say(
        "Each customer is measured against own rhythm: the odds of buying within {horizon} days, "
        "beside what they were on the day of the last purchase. Slipping away: under half of that. "
        "Lost: under a fifth. Active: the rest.",
        horizon=words.numbers.count(facts.expected.horizon_days),
    )
    title = words.say("Whether they still come")
    proof = count_proof(words, "p-activity", title=title, n=facts.customers, means=meaning)
    says = words.say("By the model’s odds for each customer; see how far off it has been.")
    return [*proofs, Proof(proof.id, proof.title, says, None, proof.lines)]
