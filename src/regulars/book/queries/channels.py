"""By what way and at which hour customers come, from what they do."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import ExtractHour, ExtractMinute
from django.utils import timezone

from regulars.book.models import Contact, EventCount, Order
from regulars.book.models.contact import Direction
from regulars.book.queries.wholes import records_of_all, whole_of, wholes_of
from regulars.company.queries.company import the_company
from regulars.measure.habit import HOURS, Hours, Preference, preferred, preferred_hours

LOOKED_BACK = timedelta(days=730)
_THEIR_ACTS = ("order.placed", "visit", "call", "chat", "email.received")
_MIDNIGHT_MINUTES = 15  # what has a day and no time stands at its first moment


@dataclass(frozen=True)
class Habits:
    """The channel and the hours of one customer, each with n, or that it cannot be told yet."""

    channel: Preference
    hours: Hours


def habits_of(customer_ids: Iterable[UUID]) -> Mapping[UUID, Habits]:
    """What customers prefer, from orders and contacts they began in the last two years.

    Orders that were cancelled count: they came that way. Acts without a channel count for the hours
    alone, and acts in the first quarter of an hour after midnight for the channel alone. Five
    statements.
    """
    wholes = wholes_of(customer_ids)
    zone = ZoneInfo(the_company().time_zone)
    since = timezone.now() - LOOKED_BACK
    held = records_of_all(wholes.values())
    ordered = Order.objects.filter(held, placed_at__gte=since)
    began = Contact.objects.filter(held, started_at__gte=since, direction=Direction.IN)
    of_contact = Case(
        When(channel="", then=F("kind")), default=F("channel"), output_field=CharField()
    )
    channels: dict[UUID, Counter[str]] = defaultdict(Counter)
    hours: dict[UUID, list[int]] = defaultdict(lambda: [0] * HOURS)
    counted = (
        _counted(ordered, F("channel"), "placed_at", zone),
        _counted(began, of_contact, "started_at", zone),
    )
    for whole, channel, hour, is_midnight, n in (row for rows in counted for row in rows):
        channels[whole][channel] += n
        hours[whole][hour] += 0 if is_midnight else n
    everybody = _by_hour(zone)
    found = {
        whole: Habits(
            preferred({channel: n for channel, n in channels[whole].items() if channel}),
            preferred_hours(hours[whole], everybody),
        )
        for whole in set(wholes.values())
    }
    return {customer_id: found[whole] for customer_id, whole in wholes.items()}


def _counted(
    acts: QuerySet[Order] | QuerySet[Contact], channel: F | Case, at: str, zone: ZoneInfo
) -> Iterable[tuple[UUID, str, int, bool, int]]:
    """(whole, channel, hour, whether just after midnight, n)"""
    hour, minute = ExtractHour(at, tzinfo=zone), ExtractMinute(at, tzinfo=zone)
    told = acts.order_by().annotate(whole=whole_of(), by=channel, hour=hour, minute=minute)
    midnight = Q(hour=0, minute__lt=_MIDNIGHT_MINUTES)
    is_midnight = Case(When(midnight, then=True), default=False)
    rows = told.annotate(is_midnight=is_midnight).values_list("whole", "by", "hour", "is_midnight")
    return rows.annotate(n=Count("pk"))


def _by_hour(zone: ZoneInfo) -> Sequence[int]:
    """Everybody's acts by hour of the day, from the counts that a reader of the timeline keeps."""
    told = EventCount.objects.filter(kind__in=_THEIR_ACTS).order_by()
    hour, minute = ExtractHour("began_at", tzinfo=zone), ExtractMinute("began_at", tzinfo=zone)
    timed = told.annotate(hour=hour, minute=minute).exclude(hour=0, minute__lt=_MIDNIGHT_MINUTES)
    sums = dict(timed.values_list("hour").annotate(n=Sum("n")))
    return [sums.get(hour, 0) for hour in range(HOURS)]
