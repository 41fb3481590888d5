"""Numbers, money, days and odds as the reader's language writes them (CLDR, through Babel)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from math import ceil, floor, isfinite, log10

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from regulars.kit.texts import LOCALE_OF, N_, say

# English days come first, as in the other languages here: 3 April is never April 3 in one report.
_DAYS = LOCALE_OF | {"en": "en_GB"}
# Languages in which both ends of a range carry the sign: 29% 到 33%, but "29 to 33".
_BOTH_ENDS = frozenset({"zh-hans"})
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_ODDS = (
    N_("under 1 in 10"),
    N_("1 in 10"),
    N_("2 in 10"),
    N_("3 in 10"),
    N_("4 in 10"),
    N_("5 in 10"),
    N_("6 in 10"),
    N_("7 in 10"),
    N_("8 in 10"),
    N_("9 in 10"),
    N_("over 9 in 10"),
)


def share_digits(share: float) -> int:
    """How many decimals a percentage is worth: one below 10%, so that 3.2% is not 3%."""
    return 0 if share == 0 or abs(share) >= 0.0995 else 1


def rounded(value: float, significant: int) -> float:
    """A number with so many figures that count: 88 214 with three is 88 200."""
    if value == 0 or not isfinite(value):
        return value
    return round(value, significant - 1 - floor(log10(abs(value))))


@dataclass(frozen=True)
class Numbers:
    """How one language writes figures; `currency` None writes money as a bare number."""

    lang: str
    currency: str | None = None
    currency_exponent: int = 2

    @cached_property
    def _locale(self) -> Locale:
        return Locale.parse(LOCALE_OF[self.lang])

    def count(self, n: float, significant: int | None = None) -> str:
        """A whole number: 17,940; rounded where it is "about": 17,900."""
        value = rounded(n, significant) if significant else n
        return str(format_decimal(round(value), locale=self._locale))

    def decimal(self, value: float, digits: int) -> str:
        """A number with exactly `digits` decimals: 0.58."""
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        return str(format_decimal(value, format=pattern, locale=self._locale))

    def parameter(self, value: float) -> str:
        """A number to four figures that count, whatever its size: 0.05241, 6.183, 1,614."""
        digits = 3 if value == 0 else max(0, min(9, 3 - floor(log10(abs(value)))))
        return self.decimal(value, digits)

    def percent(self, share: float, digits: int | None = None) -> str:
        """A share 0..1 as percent, with one decimal below 10%."""
        wanted = share_digits(share) if digits is None else digits
        pattern = self._locale.percent_formats[None].pattern
        if wanted:
            pattern = pattern.replace("0", "0." + "0" * wanted)
        return str(format_percent(share, format=pattern, locale=self._locale))

    def percent_range(self, low: float, high: float, digits: int = 0) -> str:
        """The likely range beside a percentage: `29 to 33`."""
        if self.lang in _BOTH_ENDS:
            return self._between(self.percent(low, digits), self.percent(high, digits))
        return self._between(self.decimal(100 * low, digits), self.decimal(100 * high, digits))

    def count_range(self, low: float, high: float, significant: int | None = None) -> str:
        """The likely range of a count: 3,700 to 4,500."""
        return self._between(self.count(low, significant), self.count(high, significant))

    def money(self, minor: float, significant: int | None = None) -> str:
        """Money without its small coins, unless it is small itself; rounded where it is "about"."""
        value = minor / 10**self.currency_exponent
        if significant:
            value = rounded(value, significant)
        digits = self.currency_exponent if 0 < abs(value) < 10 else 0
        if self.currency is None:
            return self.decimal(value, digits)
        return self._with_symbol(value, self.currency, digits)

    def money_range(self, low: float, high: float, significant: int | None = None) -> str:
        """The likely range of an amount; both ends carry the currency."""
        return self._between(self.money(low, significant), self.money(high, significant))

    def day(self, on: date) -> str:
        """A day: 21 Nov 2026."""
        return str(format_date(on, "medium", locale=_DAYS[self.lang]))

    def moment(self, at: datetime) -> str:
        """A local moment: Fri 20 Nov, 16:42; at midnight the day, of another year the date."""
        if at.year != datetime.now(at.tzinfo).year:
            return self.day(at.date())
        on = format_skeleton("MMMEd", at, locale=_DAYS[self.lang])
        if (at.hour, at.minute) == (0, 0):
            return str(on)
        return f"{on}, {format_time(at, 'short', locale=_DAYS[self.lang])}"

    def month(self, on: date) -> str:
        """A month: Nov 2026."""
        midnight = datetime(on.year, on.month, on.day)
        return str(format_skeleton("yMMM", midnight, locale=_DAYS[self.lang]))

    def quarter(self, on: date) -> str:
        """The quarter a day lies in: Q3 2026."""
        midnight = datetime(on.year, on.month, on.day)
        return str(format_skeleton("yQQQ", midnight, locale=_DAYS[self.lang]))

    def days(self, first_on: date, last_on: date) -> str:
        """From one day to another: 1 Mar 2024 to 20 Nov 2026."""
        first, last = self.day(first_on), self.day(last_on)
        return say("{first} to {last}", self.lang, first=first, last=last)

    def listed(self, names: Sequence[str]) -> str:
        """Names as the language lists them: a.csv, b.csv, and c.csv."""
        return str(format_list(names, style="standard", locale=self._locale))

    def odds(self, chance: float) -> str:
        """A chance in tenths: 3 in 10. The ends never claim certainty."""
        if chance < 0.05:
            return say(_ODDS[0], self.lang)
        if chance > 0.95:
            return say(_ODDS[10], self.lang)
        return say(_ODDS[max(1, min(9, ceil(chance * 10 - 0.5)))], self.lang)

    def _between(self, low: str, high: str) -> str:
        return say("{low} to {high}", self.lang, low=low, high=high)

    def _with_symbol(self, value: float, currency: str, digits: int) -> str:
        pattern = self._locale.currency_formats["standard"].pattern
        pattern = pattern.replace(".00", "." + "0" * digits if digits else "")
        symbol = get_currency_symbol(currency, locale=self._locale)
        if pattern.startswith("¤#") and symbol[-1].isalpha():
            pattern = pattern.replace("¤", "¤" + _NO_BREAK_SPACE)
        return str(
            format_currency(
                value, currency, format=pattern, locale=self._locale, currency_digits=False
            )
        )
