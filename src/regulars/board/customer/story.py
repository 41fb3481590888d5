"""The story of a customer: what happened over all channels, in words, newest first, by month."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby, pairwise
from statistics import median
from zoneinfo import ZoneInfo

from regulars.board.templatetags.texts import reader_language
from regulars.board.wording import CONTACT_WORDS, PROMISE_WORDS
from regulars.book.models import Contact, Customer, Event, Promise, Return
from regulars.book.queries.contacts import contacts_of
from regulars.book.queries.orders import OrderSeen, orders_of, returns_of
from regulars.book.queries.promises import promises_of
from regulars.book.queries.story import story_of
from regulars.intake.money import exponent_of
from regulars.kit.numbers import Numbers
from regulars.kit.texts import N_, say, say_n

SHOWN, AT_MOST = 12, 100
_SILENCE = 2.0  # times the usual gap; a shorter silence is not worth a line
_LINES = 3  # of an order, by name


class Kind(StrEnum):
    """What a story can be narrowed to."""

    ORDERS = "orders"
    CONTACTS = "contacts"
    PROMISES = "promises"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened, as it is read."""

    at: datetime
    kind: Kind
    icon: str
    what: str
    note: str = ""
    words: str = ""  # what somebody wrote
    tone: str = ""  # good, soon, bad
    is_silence: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """The items of one month."""

    name: str
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Story:
    """What is shown, how much of each kind there is, and how much is older."""

    months: Sequence[Month]
    counts: dict[str, int]
    n_earlier: int
    chosen: str
    purchases: Sequence[OrderSeen] = field(default=())  # the newest first
    promises: Sequence[Promise] = field(default=())


def story(customer: Customer, *, zone: ZoneInfo, chosen: str = "", at_most: int = SHOWN) -> Story:
    """Everything known of a customer as one story; a fixed number of statements."""
    lang = reader_language()
    orders = orders_of(customer, at_most=AT_MOST)
    promises = promises_of(customer)
    items = [
        *(_order(each, lang) for each in orders),
        *(_return(each, lang) for each in returns_of(customer, at_most=AT_MOST)),
        *(_contact(each, lang) for each in contacts_of(customer, most=AT_MOST)),
        *(item for each in promises for item in _promise(each, lang, zone)),
        *(item for each in story_of(customer, at_most=AT_MOST) for item in _event(each, lang)),
    ]
    counts = {kind.value: sum(item.kind == kind for item in items) for kind in Kind}
    if chosen in counts:
        items = [item for item in items if item.kind == chosen]
    items.sort(key=lambda item: item.at, reverse=True)
    shown = items[:at_most]
    if not chosen:
        shown = list(_with_silences(shown, orders, lang))
    return Story(
        months=_by_month(shown, lang, zone),
        counts=counts,
        n_earlier=len(items) - min(len(items), at_most),
        chosen=chosen if chosen in counts else "",
        purchases=[each for each in orders if not each.order.is_cancelled],
        promises=promises,
    )


def _by_month(items: Sequence[Item], lang: str, zone: ZoneInfo) -> list[Month]:
    numbers = Numbers(lang)
    by = groupby(items, key=lambda item: item.at.astimezone(zone).date().replace(day=1))
    return [Month(numbers.month(first), list(within)) for first, within in by]


def _with_silences(items: Sequence[Item], orders: Sequence[OrderSeen], lang: str) -> Iterator[Item]:
    """A line where a customer was silent for much longer than usual."""
    days = sorted({each.order.placed_at.date() for each in orders})
    gaps = [(after - before).days for before, after in pairwise(days)]
    usual = median(gaps) if len(gaps) > 1 else None
    for item, older in zip(items, [*items[1:], None], strict=True):
        yield item
        silent = (item.at - older.at).days if older else 0
        if usual and silent > max(_SILENCE * usual, 7):
            said = say_n(
                "{n} day without a word; usual is {usual}.",
                "{n} days without a word; usual is {usual}.",
                silent,
                lang,
                usual=round(usual),
            )
            yield Item(item.at - timedelta(seconds=1), item.kind, "silence", said, is_silence=True)


def _order(seen: OrderSeen, lang: str) -> Item:
    order = seen.order
    numbers = Numbers(lang, order.currency, exponent_of(order.currency))
    amount = numbers.money(order.net_minor)
    called = [line.line.product for line in seen.lines]
    names = [product.name or product.code for product in called if product][:_LINES]
    more = len(seen.lines) - len(names)
    if names and more:
        names.append(say_n("{n} more", "{n} more", more, lang))
    what = N_("Ordered for {amount}")
    if order.is_cancelled:
        what = N_("Cancelled an order of {amount}")
    note = [
        ", ".join(names),
        order.channel,
        say(N_("order {number}"), lang, number=order.source_key),
    ]
    return Item(
        at=order.placed_at,
        kind=Kind.ORDERS,
        icon="order",
        what=say(what, lang, amount=amount),
        note=_joined(note),
        tone="bad" if order.is_cancelled else "",
    )


def _return(back: Return, lang: str) -> Item:
    numbers = Numbers(lang, back.currency, exponent_of(back.currency))
    names = {line.product.name or line.product.code for line in back.lines.all() if line.product}
    return Item(
        at=back.returned_at,
        kind=Kind.ORDERS,
        icon="return",
        what=say(N_("Gave goods back for {amount}"), lang, amount=numbers.money(back.refund_minor)),
        note=_joined(sorted(names)),
        tone="bad",
    )


def _contact(contact: Contact, lang: str) -> Item:
    word = CONTACT_WORDS[contact.kind, contact.direction]
    note = [
        contact.staff.name if contact.staff else "",
        contact.branch,
        contact.outcome.replace("_", " "),
    ]
    return Item(
        at=contact.started_at,
        kind=Kind.CONTACTS,
        icon={"visit": "shop", "call": "phone", "chat": "chat", "email": "mail"}[contact.kind],
        what=say(word, lang),
        note=_joined(note),
        words=" ".join(note.text for note in contact.notes.all())[:600],
    )


def _promise(promise: Promise, lang: str, zone: ZoneInfo) -> Iterator[Item]:
    called = say(PROMISE_WORDS[promise.kind], lang)
    due = Numbers(lang).day(promise.due_at.astimezone(zone).date())
    told = {"what": called, "day": due}
    note = promise.staff.name if promise.staff else ""
    made, kept, broken = (
        (promise.made_at, N_("Promised: {what} by {day}"), "promise", ""),
        (promise.kept_at, N_("Promise kept: {what} by {day}"), "check", "good"),
        (promise.broken_at, N_("Promise broken: {what} by {day}"), "late", "bad"),
    )
    for at, what, icon, tone in (made, broken, kept):
        if at is not None:
            words = " ".join(each.text for each in promise.notes.all()) if at == made[0] else ""
            yield Item(at, Kind.PROMISES, icon, say(what, lang, **told), note, words[:600], tone)


_EVENTS = {
    "customer.joined": ("user", N_("Another record was joined into this one"), ""),
    "customer.split": ("user", N_("A record was split off again"), ""),
    "consent.given": ("check", N_("Agreed to hear from us"), "good"),
    "consent.withdrawn": ("close", N_("Does not want to hear from us any more"), ""),
    "interest.told": ("heart", N_("Told what they care for"), ""),
    "invoice.issued": ("file", N_("Invoice issued"), ""),
    "invoice.paid": ("check", N_("Invoice paid"), ""),
    "invoice.disputed": ("warn", N_("Disputed an invoice"), "bad"),
    "dispute.resolved": ("check", N_("Dispute resolved"), "good"),
    "affiliation.begun": ("user", N_("Came to an organisation"), ""),
    "affiliation.ended": ("user", N_("Left an organisation"), ""),
}
_STANDINGS = {
    "lapsing": ("silence", N_("Began to slip away"), "soon"),
    "lost": ("silence", N_("Was lost"), "bad"),
    "regained": ("heart", N_("Came back"), "good"),
    "active": ("heart", N_("Comes again as before"), "good"),
}


def _event(event: Event, lang: str) -> Iterator[Item]:
    """What orders, contacts and promises do not tell themselves."""
    if event.kind == "standing.changed":
        icon, what, tone = _STANDINGS[event.codes["is"]]
    elif event.kind in _EVENTS:
        icon, what, tone = _EVENTS[event.kind]
    else:
        return
    yield Item(event.occurred_at, Kind.OTHERS, icon, say(what, lang), tone=tone)


def _joined(parts: Sequence[str]) -> str:
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)
