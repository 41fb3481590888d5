"""The rhythm of a customer: each purchase of a year as a dot, and when the next is expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from zoneinfo import ZoneInfo

from regulars.book.queries.orders import OrderSeen
from regulars.kit.numbers import Numbers
from regulars.readings.models import Standing

_DAYS, _AHEAD = 365, 45
_WIDTHS = {"wide": 980, "narrow": 350}
_EDGE, _SMALL, _LARGE = 14, 3.0, 9.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One day of purchases: where, how large, and in words."""

    x: str
    r: str
    says: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One width of the picture; lengths are pixels of its view box."""

    width: int
    now: str
    dots: Sequence[Dot]
    months: Sequence[tuple[str, str]]  # where, and its name
    due_from: str  # empty: nobody can tell
    due_width: str
    due: str


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The picture in both widths, and the same as a table."""

    drawn: dict[str, Drawn]
    rows: Sequence[tuple[str, str]]


def rhythm(
    purchases: Sequence[OrderSeen],
    standing: Standing | None,
    *,
    today: date,
    zone: ZoneInfo,
    numbers: Numbers,
) -> Rhythm | None:
    """The last year of a customer; None where nothing was bought in it."""
    by_day: dict[date, int] = {}
    for each in purchases:
        on = each.order.placed_at.astimezone(zone).date()
        by_day[on] = by_day.get(on, 0) + each.kept_minor
    days = {on: net for on, net in by_day.items() if (today - on).days <= _DAYS}
    if not days:
        return None
    drawn = {name: _drawn(days, standing, today, width, numbers) for name, width in _WIDTHS.items()}
    rows = [(numbers.day(on), numbers.money(net)) for on, net in sorted(days.items(), reverse=True)]
    return Rhythm(drawn, rows)


def _drawn(
    days: dict[date, int], standing: Standing | None, today: date, width: int, numbers: Numbers
) -> Drawn:
    first = today - timedelta(days=_DAYS)
    scale = (width - 2 * _EDGE) / (_DAYS + _AHEAD)

    def x(on: date) -> float:
        return _EDGE + scale * max(0, min(_DAYS + _AHEAD, (on - first).days))

    largest = max(*days.values(), 1)
    dots = [
        Dot(
            f"{x(on):.1f}",
            f"{_SMALL + (_LARGE - _SMALL) * sqrt(max(0, net) / largest):.1f}",
            f"{numbers.day(on)}: {numbers.money(net)}",
        )
        for on, net in sorted(days.items())
    ]
    starts = [
        on for on in (first + timedelta(days=n) for n in range(_DAYS + _AHEAD + 1)) if on.day == 1
    ]
    step = 1 if width > 600 else 3
    months = [(f"{x(on):.1f}", numbers.month(on)) for on in starts[1::step]]
    due_from = due_width = due = ""
    if standing and standing.due_on and standing.due_from and standing.due_until:
        begin, end = x(max(today, standing.due_from)), x(max(today, standing.due_until))
        due_from, due_width = f"{begin:.1f}", f"{max(4.0, end - begin):.1f}"
        due = numbers.day(standing.due_on)
    return Drawn(width, f"{x(today):.1f}", dots, months, due_from, due_width, due)
