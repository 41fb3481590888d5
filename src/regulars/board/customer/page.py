"""Who a customer is, how we stand with them, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from regulars.board.customer.next_step import NextStep, next_step
from regulars.board.customer.rhythm import Rhythm, rhythm
from regulars.board.customer.story import SHOWN, Story, story
from regulars.board.templatetags.texts import reader_language
from regulars.board.wording import (
    DAY_WORDS,
    IDENTITY_WORDS,
    PROMISE_WORDS,
    PURPOSE_WORDS,
    STANDING_WORDS,
)
from regulars.book.models import Customer, Promise
from regulars.book.queries.access import PREFIX
from regulars.book.queries.channels import habits_of
from regulars.book.queries.consents import consents_of
from regulars.book.queries.days import days_of
from regulars.book.queries.interests import interests_of
from regulars.book.queries.wholes import identities_of, joins_of
from regulars.company.queries.company import the_company
from regulars.intake.money import exponent_of
from regulars.kit.ids import readable
from regulars.kit.numbers import Numbers
from regulars.kit.texts import N_, say, say_n
from regulars.readings.models import Standing
from regulars.readings.queries.takings import standing_of

_PROMISES = 5


@dataclass(frozen=True, slots=True)
class Fact:
    """A name, a value, and what stands small under it."""

    name: str
    value: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise with its clock."""

    what: str
    state: str  # ok, soon, broken, met
    clock: str


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Everything the page shows."""

    id: str
    name: str
    line: str
    standing: str  # a code of STANDING_WORDS
    standing_word: str
    due: date | None
    says: str
    next: NextStep | None
    rhythm: Rhythm | None
    story: Story
    worth: Sequence[Fact]
    promises: Sequence[PromiseRow]
    n_promises_before: int
    interests: Sequence[tuple[str, bool]]
    days: Sequence[Fact]
    known_by: Sequence[Fact]
    agreed: Sequence[Fact]
    joined: Sequence[tuple[str, str]]  # id and name of each record


def customer_page(customer: Customer, *, chosen: str, at_most: int = SHOWN) -> CustomerPage:
    """Put the page together; the number of statements does not depend on how much there is."""
    company, now, lang = the_company(), timezone.now(), reader_language()
    zone = company.zone
    numbers = Numbers(lang, company.currency, exponent_of(company.currency))
    stands = standing_of(customer.pk)
    told = story(customer, zone=zone, chosen=chosen, at_most=at_most)
    days = days_of(customer)
    code = _standing(stands)
    rows = [_promise(each, lang, now, numbers, zone) for each in told.promises]
    return CustomerPage(
        id=readable(PREFIX, customer.pk),
        name=customer.name,
        line=_line(customer, stands, numbers, lang),
        standing=code,
        standing_word=say(STANDING_WORDS[code], lang),
        due=stands.due_on if stands else None,
        says=_says(stands, now.astimezone(zone).date(), lang),
        next=next_step(told.promises, stands, days, now=now, zone=zone, lang=lang),
        rhythm=rhythm(
            told.purchases, stands, today=now.astimezone(zone).date(), zone=zone, numbers=numbers
        ),
        story=told,
        worth=_worth(stands, numbers, lang),
        promises=rows[:_PROMISES],
        n_promises_before=max(0, len(rows) - _PROMISES),
        interests=_interests(customer.pk),
        days=[
            Fact(each.day.label or say(DAY_WORDS[each.day.kind], lang), numbers.day(each.on))
            for each in days
        ],
        known_by=[
            Fact(say(IDENTITY_WORDS[each.kind], lang, source=each.source), each.value)
            for each in identities_of(customer)
        ],
        agreed=[
            Fact(
                say(PURPOSE_WORDS[each.purpose], lang),
                say(N_("yes") if each.is_given else N_("no"), lang),
                each.channel,
            )
            for each in consents_of(customer)
        ],
        joined=[(readable(PREFIX, each.pk), each.name) for each in joins_of(customer)],
    )


def _standing(stands: Standing | None) -> str:
    if stands is None:
        return "prospect"
    if stands.activity in ("lapsing", "lost"):
        return stands.activity
    if stands.is_regular:
        return "regular"
    return "regained" if stands.activity == "regained" else stands.stage


def _line(customer: Customer, stands: Standing | None, numbers: Numbers, lang: str) -> str:
    """By what way they come, since when, and in which language."""
    habits = habits_of([customer.pk])[customer.pk]
    since = (
        say(N_("with us since {month}"), lang, month=numbers.month(stands.first_on))
        if stands
        else ""
    )
    channel = habits.channel.choice
    prefers = say(N_("mostly by {channel}"), lang, channel=channel) if channel else ""
    return " \N{MIDDLE DOT} ".join(part for part in (since, prefers, customer.language) if part)


def _says(stands: Standing | None, today: date, lang: str) -> str:
    if stands is None:
        return say(N_("Has not bought anything yet."), lang)
    silent = (today - stands.last_on).days
    if stands.usual_gap_days is None:
        return say_n("Bought once, {n} day ago.", "Bought once, {n} days ago.", silent, lang)
    return say(
        N_("Came on {n} days, usually every {usual} days. The last time was {silent} days ago."),
        lang,
        n=stands.n_days,
        usual=max(1, round(stands.usual_gap_days)),
        silent=silent,
    )


def _worth(stands: Standing | None, numbers: Numbers, lang: str) -> list[Fact]:
    if stands is None:
        return []
    facts = [
        Fact(
            say(N_("Spent in the year up to the last purchase"), lang),
            numbers.money(stands.year_net_minor),
            say(N_("of the fifth that spends most"), lang) if stands.is_high_value else "",
        ),
        Fact(say(N_("Spent in all"), lang), numbers.money(stands.net_minor)),
    ]
    horizon = stands.taking.horizon_days
    if stands.p_buys is not None and stands.p_buys_then is not None:
        facts.append(
            Fact(
                say_n("Buys within {n} day", "Buys within {n} days", horizon, lang),
                numbers.odds(stands.p_buys),
                say(
                    N_("{odds} after the last purchase"),
                    lang,
                    odds=numbers.odds(stands.p_buys_then),
                ),
            )
        )
    if stands.expected_net_minor is not None:
        facts.append(
            Fact(
                say(N_("Expected in that time, we think"), lang),
                numbers.money(stands.expected_net_minor, significant=2),
            )
        )
    return facts


def _promise(
    promise: Promise, lang: str, now: datetime, numbers: Numbers, zone: ZoneInfo
) -> PromiseRow:
    due = promise.due_at.astimezone(zone).date()
    state = {"kept": "met", "kept_late": "broken", "broken": "broken", "withdrawn": "paused"}.get(
        promise.state, "ok"
    )
    if state == "ok" and promise.due_at < now:
        state = "broken"
    elif state == "ok" and promise.warn_at <= now:
        state = "soon"
    words = {
        "kept": N_("kept"),
        "kept_late": N_("kept, but late"),
        "withdrawn": N_("withdrawn"),
    }
    clock = say(words[promise.state], lang) if promise.state in words else numbers.day(due)
    return PromiseRow(say(PROMISE_WORDS[promise.kind], lang), state, clock)


def _interests(customer_id: UUID) -> list[tuple[str, bool]]:
    found = interests_of([customer_id]).get(customer_id, [])
    return [(each.topic.replace("_", " ").replace("/", ", "), each.is_wanted) for each in found]
