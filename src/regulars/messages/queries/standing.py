"""What the budget has to know of a customer before it says anything."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from regulars.book.models import Customer, Erasure, Event, Identity
from regulars.book.models.consent import MessageChannel, MessagePurpose
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.consents import consents_of
from regulars.book.queries.restrictions import is_restricted
from regulars.book.queries.wholes import hanging_on, records_of
from regulars.company.queries.company import the_company
from regulars.messages.budget import arbiter
from regulars.messages.budget.arbiter import Standing, Wish
from regulars.messages.budget.rules import Cap, Rules
from regulars.messages.models import Approach, ClosedChannel, ContactPreference, Outgoing
from regulars.messages.models.closed_channel import ClosedReason
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState

_ANYWHERE = ZoneInfo("UTC")
_TO_CUSTOMERS = (OutgoingChannel.EMAIL.value, OutgoingChannel.SMS.value)
# Let through, and yet it never arrived.
_NEVER_WENT = (OutgoingState.FAILED, OutgoingState.DROPPED, OutgoingState.MERGED)


def bars_of(customer: Customer) -> Standing:
    """What may keep every message from a customer for good; four statements.

    The rest of what stands is as if nothing had ever been sent.
    """
    closed = list(closed_of(customer).values_list("channel", "address", "reason"))
    return Standing(
        zone=_ANYWHERE,
        agreed=frozenset(
            (MessageChannel(said.channel), MessagePurpose(said.purpose))
            for said in consents_of(customer)
            if said.is_given
        ),
        dead_addresses=frozenset(
            (MessageChannel(channel), address)
            for channel, address, reason in closed
            if reason != ClosedReason.COMPLAINT
        ),
        complaining_addresses=frozenset(
            (MessageChannel(channel), address)
            for channel, address, reason in closed
            if reason == ClosedReason.COMPLAINT
        ),
        is_restricted=is_restricted(customer),
        is_erased=Erasure.objects.filter(pk__in=records_of(customer).values("pk")).exists(),
    )


def standing_of(customer: Customer, rules: Rules, *, at: datetime) -> Standing:
    """Everything the budget has to know of a customer, over all joined records."""
    preferences = list(ContactPreference.objects.filter(hanging_on(customer)).order_by("-told_at"))
    limits = [each.most_a_week for each in preferences if each.most_a_week is not None]
    return replace(
        bars_of(customer),
        zone=_zone(customer, preferences),
        approaches=tuple(_approaches(customer, rules, at)),
        own_limit=Cap(most=limits[0], days=7) if limits else None,
        has_open_complaint=has_open_complaint(customer),
    )


def has_open_complaint(customer: Customer) -> bool:
    """Whether a complaint of a customer waits for its end, by the timeline; one statement.

    A complaint is open if the last that was said of it is `complaint.opened`.
    """
    said = Event.objects.filter(
        hanging_on(customer), kind__in=("complaint.opened", "complaint.closed")
    )
    latest = said.order_by("subject_id", "-occurred_at", "-position").distinct("subject_id")
    return "complaint.opened" in set(latest.values_list("kind", flat=True))


def zone_of(customer: Customer) -> ZoneInfo:
    """A customer's own clock: as they told, else as their phone number tells, else ours."""
    told = ContactPreference.objects.filter(hanging_on(customer)).order_by("-told_at")
    return _zone(customer, told)


def wish_of(message: Outgoing, address: str) -> Wish:
    """A message of the outbox as something that wants to go."""
    return Wish(
        id=message.pk,
        channel=MessageChannel(message.channel),
        purpose=MessagePurpose(message.purpose),
        kind=message.kind,
        due_at=message.not_before,
        priority=message.priority,
        expires_at=message.expires_at,
        address=address.lower(),  # as closed addresses are written
        was_admitted=message.admitted_at is not None,
    )


def closed_of(customer: Customer) -> QuerySet[ClosedChannel]:
    """What is closed of a customer, and of whoever else is known by one of the addresses."""
    theirs = Identity.objects.filter(hanging_on(customer)).values("value")
    return ClosedChannel.objects.filter(
        hanging_on(customer) | Q(address__in=theirs), opened_at=None
    )


def _approaches(customer: Customer, rules: Rules, at: datetime) -> Iterable[arbiter.Approach]:
    """What counts: let through by the outbox unless it never arrived, or done by another way."""
    days = [cap.days for cap in rules.caps] + [rule.days + 1 for rule in rules.cooldowns]
    since = at - timedelta(days=max([*days, 7]))
    went = Outgoing.objects.filter(
        hanging_on(customer), admitted_at__gt=since, channel__in=_TO_CUSTOMERS
    ).exclude(state__in=_NEVER_WENT)
    else_ = Approach.objects.filter(hanging_on(customer), approached_at__gt=since)
    for purpose, kind, when in [
        *went.values_list("purpose", "kind", "admitted_at"),
        *else_.values_list("purpose", "kind", "approached_at"),
    ]:
        if when is not None:
            yield arbiter.Approach(MessagePurpose(purpose), kind, when)


def _zone(customer: Customer, preferences: Iterable[ContactPreference]) -> ZoneInfo:
    told = next((each.time_zone for each in preferences if each.time_zone), None)
    if told is not None:
        return ZoneInfo(told)
    phones = Identity.objects.filter(hanging_on(customer), kind=IdentityKind.PHONE)
    for phone in phones.order_by("pk").values_list("value", flat=True):
        if (zone := _zone_of_phone(phone)) is not None:
            return ZoneInfo(zone)
    return ZoneInfo(the_company().time_zone)


@lru_cache(maxsize=10_000)
def _zone_of_phone(number: str) -> str | None:
    """The zone of the place a number belongs to; None where that may be several, or none."""
    from phonenumbers import NumberParseException, parse
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

    try:
        zones = set(time_zones_for_number(parse(number)))
    except NumberParseException:
        return None
    return zones.pop() if len(zones) == 1 and UNKNOWN_TIMEZONE not in zones else None
