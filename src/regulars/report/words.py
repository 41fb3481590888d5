"""Sentences of the report in one language, their places filled and escaped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Self

from markupsafe import Markup

from regulars.kit.numbers import Numbers, share_digits
from regulars.kit.texts import N_, catalogue, say
from regulars.measure.figure import Figure
from regulars.report.facts import FEW, Facts

_LISTED = 12
_LONGER = N_(
    "Export a longer history, with a customer number, e-mail, phone or card on as many orders as "
    "possible."
)
# (why a figure cannot be told, what would tell) by the code that measures give.
_CANNOT = {
    "nobody_counted": (
        N_("Cannot tell yet: nobody to count."),
        N_("Record who buys: a customer number, e-mail, phone or card on every order."),
    ),
    "no_amounts": (
        N_("Cannot tell: the file has no amounts."),
        N_("Export what was paid for each order, in one currency."),
    ),
    "no_revenue": (
        N_("Cannot tell: what came in and what went back add up to nothing or less."),
        N_("Look at the amounts of returns in the file: are they counted twice?"),
    ),
    "history_too_short": (
        N_("Cannot tell yet: {days} days of history, {needs} needed."),
        N_("Export earlier orders as well, or come back when more time has passed."),
    ),
    "no_repeat_buyers": (
        N_("Cannot tell yet: nobody has bought a second time."),
        N_("Export earlier orders as well, or come back when customers have had time to return."),
    ),
    FEW: (
        N_("Cannot tell yet: a share takes at least {needs} customers."),
        N_("Come back when there are more, or export earlier orders as well."),
    ),
    "too_few": (
        N_("Cannot tell yet: there are fewer customers than it takes to learn a rhythm."),
        _LONGER,
    ),
    "all_alike": (
        N_("Cannot tell: customers differ too little for the spread between them to be measured."),
        _LONGER,
    ),
    "no_dropout_seen": (
        N_("Cannot tell: nobody can be seen to have left, so leaving cannot be learned."),
        _LONGER,
    ),
    "on_the_edge": (
        N_("Cannot tell: too many explanations fit these purchases equally well."),
        _LONGER,
    ),
    "no_purchases_expected": (
        N_("Cannot tell: nobody is expected to buy."),
        N_("Look at who is lost, further up: that is where to start."),
    ),
}
_CANNOT_OTHERWISE = (N_("Cannot be told from this history."), _LONGER)


@dataclass(frozen=True, slots=True)
class Cannot:
    """A figure that could not be told: why, and what would tell."""

    why: Markup
    mend: Markup


@dataclass(frozen=True)
class Words:
    """One language with its numbers, for one report. Facts filled into a sentence are escaped."""

    lang: str
    numbers: Numbers
    first_on: date
    last_on: date  # from when to when the history was looked at
    leads_to: Mapping[str, str] = field(default_factory=dict)  # proof -> address, where elsewhere

    @classmethod
    def of(cls, facts: Facts, lang: str, *, leads_to: Mapping[str, str] | None = None) -> Self:
        """The words for a report in a language."""
        numbers = Numbers(lang, facts.currency, facts.currency_exponent)
        return cls(lang, numbers, facts.input.first_on, facts.input.as_of, leads_to or {})

    def say(self, message: str, /, **facts: object) -> Markup:
        """One sentence."""
        return Markup(say(message, self.lang)).format(**facts)

    def say_n(self, one: str, many: str, n: int, /, **facts: object) -> Markup:
        """One sentence that depends on a count; `{n}` is filled unless given."""
        said = catalogue(self.lang).ngettext(one, many, n)
        return Markup(said).format(**({"n": self.numbers.count(n)} | facts))

    def pressed(self, proof: str, text: str) -> Markup:
        """A figure that leads to its proof, which opens when it is reached."""
        return Markup('<a class="figure" href="{}">{}<span class="sr">{}</span></a>').format(
            self.leads_to.get(proof, f"#{proof}"), text, self._how_do_we_know
        )

    def together(self, sentences: Iterable[Markup]) -> Markup:
        """Sentences one after the other: Chinese leaves no space between them."""
        return Markup("" if self.lang == "zh-hans" else " ").join(sentences)

    def listed(self, names: Iterable[str]) -> str:
        """Names side by side: a.csv, b.csv; of very many the first, and how many more."""
        shown = list(names)
        if more := max(0, len(shown) - _LISTED):
            shown = [*shown[:_LISTED], self.say_n("{n} more", "{n} more", more)]
        return self.numbers.listed(shown)

    def signed(self, value: float, digits: int) -> str:
        """A number that may be below zero, with a true minus sign in every language."""
        return self.numbers.decimal(value, digits).replace("-", "\N{MINUS SIGN}")

    def off(self, share: float) -> str:
        """How far too high or too low something was: +3%, \N{MINUS SIGN}12%, 0%."""
        sign = "" if round(100 * share) == 0 else "+" if share > 0 else "\N{MINUS SIGN}"
        return sign + self.numbers.percent(abs(share), 0)

    def customer(self, called: str) -> str:
        """What a customer is called; a bare number says what it is the number of."""
        return self.say("Customer {number}", number=called) if called.isdecimal() else called

    def estimate(self, figure: Figure) -> str:
        """A share as percent."""
        return "" if figure.value is None else self.numbers.percent(figure.value)

    def likely(self, figure: Figure) -> Markup:
        """The range beside a share: likely 29 to 33."""
        if figure.value is None or figure.low is None or figure.high is None:
            return self.say("too few for a range")
        digits = share_digits(figure.value)
        ends = self.numbers.percent_range(figure.low, figure.high, digits)
        return self.say("likely {range}", range=ends)

    def cannot(self, figure: Figure) -> Cannot:
        """Why a figure is not there, and what would tell."""
        return self.cannot_code(figure.why_not, needs=figure.needs)

    def cannot_code(self, code: str | None, *, needs: float | None = None) -> Cannot:
        """The same by its code; a code without words of its own gets the sentence for all."""
        why, mend = _CANNOT.get(code or "", _CANNOT_OTHERWISE)
        if "{needs}" in why and needs is None:
            why, mend = _CANNOT_OTHERWISE
        told = {
            "days": self.numbers.count((self.last_on - self.first_on).days + 1),
            "needs": self.numbers.count(needs or 0),
        }
        return Cannot(self.say(why, **told), self.say(mend))

    @cached_property
    def _how_do_we_know(self) -> Markup:
        return self.say(", how do we know")
