"""The trade's rules of thumb, each held against this shop's own orders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from regulars.kit.numbers import share_digits
from regulars.kit.texts import N_
from regulars.measure.figure import Figure
from regulars.measure.verdict import CANNOT_TELL, DOES_NOT_HOLD, HOLDS, Need, Verdict
from regulars.report.facts import Facts
from regulars.report.proofs import Proof, amount_proof
from regulars.report.words import Words

# How a verdict is shown: the kind in look/chip.css, and its words.
VERDICTS = {
    HOLDS: ("holds", N_("holds here")),
    DOES_NOT_HOLD: ("no", N_("does not hold here")),
    CANNOT_TELL: ("unknown", N_("cannot tell yet")),
}
# More than so many times the customers there are: what cannot be seen is small.
_MANY_TIMES = 10


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One saying: what was found here with its range, the verdict, and what would tell."""

    says: Markup
    found: Markup
    likely: Markup
    verdict: str
    verdict_says: Markup
    needs: Sequence[Markup]


@dataclass(frozen=True, slots=True)
class RulesView:
    """The table of sayings."""

    says: Markup
    caption: Markup
    lines: Sequence[RuleLine]
    note: Markup | None
    proofs: Sequence[Proof]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A saying, the sentence on what was found, what counts as true, and what it leaves open."""

    says: str
    found: str
    fewer: str  # the same where a difference is below zero
    claim: str
    means: str
    written: Callable[[Words, float], str]


def _percent(words: Words, share: float) -> str:
    return words.numbers.percent(share)


def _times(words: Words, times: float) -> str:
    return words.numbers.decimal(times, 1)


def _of_100(words: Words, share: float) -> str:
    """A difference of shares as people of 100."""
    return words.signed(100 * share, share_digits(share))


_RULES: Mapping[str, _Rule] = {
    "top_fifth": _Rule(
        N_("Four fifths of the profit come from one fifth of the customers."),
        N_("One fifth of the customers brings {value} of revenue."),
        "",
        N_("true between 75 and 85 of 100"),
        N_("Net spend over the whole history. Spend is not profit: who buys most may cost most."),
        _percent,
    ),
    "regulars_bring": _Rule(
        N_("A loyal customer brings 9 times what another does."),
        N_("A regular brings {value} times what another customer does."),
        "",
        N_("true between 7 and 11 times"),
        N_(
            "Net spend per head in the time in which regulars are counted. It says what regulars "
            "bring, not what it would bring to make somebody one."
        ),
        _times,
    ),
    "lost_in_a_year": _Rule(
        N_("Each year a fifth to two fifths of the customers are lost."),
        N_("{value} of those who bought the year before did not buy this year."),
        "",
        N_("true between 20 and 40 of 100"),
        N_(
            "Customers with a purchase in the year before last, of them those without one in the "
            "last 365 days. Silent for a year is not always gone for good."
        ),
        _percent,
    ),
    "several_channels": _Rule(
        N_("Customers on several channels are more loyal."),
        N_("{value} more of 100 on several channels came back within a year."),
        N_("{value} fewer of 100 on several channels came back within a year."),
        N_("true where more of them come back"),
        N_(
            "Customers by the channels of their first two purchase days, and whether they bought "
            "again in the 365 days after. Nobody drew lots: they may be other people to begin with."
        ),
        _of_100,
    ),
    "won_by_discount": _Rule(
        N_("Customers won by a discount leave when discounts end."),
        N_("{value} more of 100 won by a discount came back within a year."),
        N_("{value} fewer of 100 won by a discount came back within a year."),
        N_("true where fewer of them come back"),
        N_(
            "Customers whose first purchase was on discount, beside those who first paid the full "
            "price. What goes with the discount need not come from it, and discounts went on "
            "meanwhile."
        ),
        _of_100,
    ),
}
_NEEDS = {
    "history_days": N_("A history of {n} days would tell; there are {days}."),
    "amounts": N_("Export what was paid for each order: then it can be told."),
    "channel_column": N_("Record on each order where it was placed: shop, web, phone."),
    "discount_column": N_("Record on each order line what was taken off, 0 where nothing."),
    "customers_on_several_channels": N_(
        "Record the same customer number in the shop and on the web: then several channels show."
    ),
    "customers_of_both_kinds": N_("It takes customers of both kinds to compare."),
}


def view(facts: Facts, words: Words) -> RulesView | None:
    """Each saying with what was found; None where none was tested."""
    told = [verdict for verdict in facts.rules if verdict.rule in _RULES]
    if not told:
        return None
    return RulesView(
        says=_says(told, words),
        caption=words.say("Rules of thumb, what was found here, and whether they hold"),
        lines=[_line(verdict, _needs(verdict, facts), words) for verdict in told],
        note=_note(told, words),
        proofs=[_proof(verdict, words) for verdict in told if verdict.estimate.value is not None],
    )


def _says(told: Sequence[Verdict], words: Words) -> Markup:
    held, not_held, open_yet = (
        sum(verdict.verdict == kind for verdict in told) for kind in VERDICTS
    )
    return words.say_n(
        "{n} saying of the trade, tested here: {held} true, {no} not true, {open} still open.",
        "{n} sayings of the trade, tested here: {held} true, {no} not true, {open} still open.",
        len(told),
        held=words.numbers.count(held),
        no=words.numbers.count(not_held),
        open=words.numbers.count(open_yet),
    )


def _note(told: Sequence[Verdict], words: Words) -> Markup | None:
    if sum(verdict.verdict != CANNOT_TELL for verdict in told) < 2:
        return None
    return words.say(
        "With five sayings tested at once, about one shop in four sees a verdict that is chance."
    )


def _needs(verdict: Verdict, facts: Facts) -> Sequence[Need]:
    """What would tell; without a column of discounts no length of history would."""
    if verdict.rule == "won_by_discount" and facts.discounts is None:
        return [Need("discount_column")]
    return verdict.needs


def _line(verdict: Verdict, needs: Sequence[Need], words: Words) -> RuleLine:
    rule = _RULES[verdict.rule]
    kind, says = VERDICTS[verdict.verdict]
    return RuleLine(
        says=words.say(rule.says),
        found=_found(verdict, rule, words),
        likely=_likely(verdict.estimate, rule, words),
        verdict=kind,
        verdict_says=words.say(says),
        needs=[_need(need, verdict.estimate, words) for need in needs],
    )


def _found(verdict: Verdict, rule: _Rule, words: Words) -> Markup:
    value = verdict.estimate.value
    if value is None:
        return words.say("Nothing to go by in these files.")
    sentence = rule.fewer if rule.fewer and value < 0 else rule.found
    shown = rule.written(words, abs(value))
    return words.say(sentence, value=words.pressed(_proof_id(verdict), shown))


def _likely(estimate: Figure, rule: _Rule, words: Words) -> Markup:
    """The range, as its estimate is written."""
    if estimate.value is None:
        return Markup()
    if estimate.low is None or estimate.high is None:
        return words.say("too few for a range")
    if rule.written is _percent:
        return words.likely(estimate)
    if rule.fewer:
        return _likely_of_100(estimate.low, estimate.high, words)
    low, high = rule.written(words, estimate.low), rule.written(words, estimate.high)
    return words.say("likely {low} to {high}", low=low, high=high)


def _likely_of_100(low: float, high: float, words: Words) -> Markup:
    """The range of a difference without signs: the sentence says more or fewer."""
    digits = share_digits(min(abs(low), abs(high)))
    ends = [words.numbers.decimal(100 * abs(end), digits) for end in (low, high)]
    if low < 0 < high:
        return words.say("likely {low} fewer to {high} more", low=ends[0], high=ends[1])
    if high <= 0:
        ends.reverse()
    return words.say("likely {low} to {high}", low=ends[0], high=ends[1])


def _need(need: Need, estimate: Figure, words: Words) -> Markup:
    if need.what == "customers":
        return _more_customers(need.n, estimate, words)
    sentence = _NEEDS.get(need.what)
    if sentence is None:
        return words.say("Cannot be told from this history.")
    days = (words.last_on - words.first_on).days + 1
    return words.say(sentence, n=words.numbers.count(need.n or 0), days=words.numbers.count(days))


def _more_customers(n: int | None, estimate: Figure, words: Words) -> Markup:
    if n is None:
        return words.say("More customers of this kind would tell.")
    if n > _MANY_TIMES * max(1, estimate.n):
        return words.say(
            "If there is a difference, it is small: it would take about {n} customers more to "
            "tell.",
            n=words.numbers.count(n, significant=2),
        )
    return words.say_n(
        "About {n} customer more would tell, if the figure stays what it is.",
        "About {n} customers more would tell, if the figure stays what it is.",
        n,
        n=words.numbers.count(n, significant=2),
    )


def _proof_id(verdict: Verdict) -> str:
    return f"p-rule-{verdict.rule.replace('_', '-')}"


def _proof(verdict: Verdict, words: Words) -> Proof:
    rule = _RULES[verdict.rule]

    def written(value: float) -> str:
        return rule.written(words, value)

    proof = amount_proof(
        words,
        _proof_id(verdict),
        verdict.estimate,
        title=words.say(rule.says),
        means=words.say(rule.means),
        written=written,
    )
    claim = (words.say("Tested"), words.say(rule.claim))
    return Proof(
        proof.id, proof.title, proof.says, None, [*proof.lines[:-1], claim, proof.lines[-1]]
    )
