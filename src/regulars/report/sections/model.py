"""The model in words: how it did on the past, what it takes customers to do, what it learned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.kit.texts import N_
from regulars.report.facts import Facts, ModelFacts
from regulars.report.parts import Cell, Head, Table
from regulars.report.proofs import Proof
from regulars.report.sections import card
from regulars.report.words import Cannot, Words

_YEAR = 365
_NAMES = {"mbg_nbd": N_("MBG/NBD (Batislam, Denizel and Filiztekin 2007)")}


@dataclass(frozen=True, slots=True)
class ModelView:
    """The trial on the past, the idea, what was learned, and the parameters to check it by."""

    card: card.CardView | None
    idea: Sequence[Markup]
    learned: Sequence[Markup]
    cannot: Cannot | None
    parameters: Table | None
    proofs: Sequence[Proof]


def view(facts: Facts, words: Words) -> ModelView:
    """What stands behind slipping, lost and expected."""
    told = facts.model
    idea = [
        words.say(
            "Every customer is taken to have a rhythm of their own: some come every week, some "
            "twice a year. After each purchase there is a chance that they do not come back."
        ),
        words.say(
            "From all purchases we learn how rhythms and those chances differ between people. Then "
            "we ask of each: silent for so long, with this rhythm, are they still a customer?"
        ),
    ]
    tried = card.view(facts, words)
    proofs = list(tried.proofs) if tried else []
    params = told.params
    if params is None or not told.identifiable:
        return ModelView(tried, idea, [], words.cannot_code(told.why_not), None, proofs)
    return ModelView(
        tried,
        idea,
        _learned(params, words),
        None,
        _parameters(params, told, words),
        [*proofs, _proof(told, words)],
    )


def _learned(params: Mapping[str, float], words: Words) -> list[Markup]:
    """What the parameters say: the mean pace of those who stay, and who leaves at once."""
    a_year = _YEAR * params["r"] / params["alpha"]
    leaves = 100 * params["a"] / (params["a"] + params["b"])
    return [
        words.say(
            "As long as they are customers, they come {times} times a year on average.",
            times=words.pressed("p-model", words.numbers.decimal(a_year, 1 if a_year < 10 else 0)),
        ),
        words.say(
            "Of 100 who come for the first time, {n} do not come back.",
            n=words.pressed("p-model", words.numbers.count(leaves)),
        ),
    ]


def _parameters(params: Mapping[str, float], told: ModelFacts, words: Words) -> Table:
    errors = told.standard_errors or {}
    rows = [
        [
            Cell(name),
            Cell(words.numbers.parameter(value)),
            Cell(words.numbers.parameter(errors[name]) if name in errors else ""),
        ]
        for name, value in params.items()
    ]
    heads = [
        Head(words.say("Parameter")),
        Head(words.say("Estimate"), is_number=True),
        Head(words.say("Standard error"), is_number=True),
    ]
    return Table(words.say("Parameters of the model, time in days"), heads, rows)


def _proof(told: ModelFacts, words: Words) -> Proof:
    lines = [
        (
            words.say("Counted"),
            words.say_n("{n} customer", "{n} customers", told.n_customers),
        ),
        (words.say("Model"), words.say(_NAMES.get(told.name, told.name))),
        (words.say("How"), words.say("maximum likelihood, exact derivatives; time in days")),
    ]
    if told.log_likelihood is not None:
        shown = words.numbers.decimal(told.log_likelihood, 2)
        lines.append((words.say("Log-likelihood"), Markup.escape(shown)))
    lines.append(
        (
            words.say("Means"),
            words.say(
                "Purchase rates vary between customers as a gamma distribution (r, alpha), the "
                "chances of leaving after a purchase as a beta distribution (a, b). The mean rate "
                "is r / alpha a day; a / (a + b) leave after the first purchase."
            ),
        )
    )
    return Proof("p-model", words.say("What the model has learned"), Markup(), None, lines)
