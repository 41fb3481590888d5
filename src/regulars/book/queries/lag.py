"""How far behind the readers of the timeline are, and who holds them up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Min
from django.utils import timezone

from regulars.book.models import Event, Reader
from regulars.book.queries.unread import after_place


@dataclass(frozen=True)
class Lag:
    """What one subscriber has not read yet, and what keeps it."""

    reader: str
    n_unread: int
    waits: timedelta
    n_failures: int  # one after another, at the place where it stands
    failed_at: datetime | None
    last_error: str


def lags() -> list[Lag]:
    """Each subscriber's lag; two statements a subscriber, of which there are few."""
    found = []
    for reader in Reader.objects.order_by("name"):
        unread = Event.objects.filter(after_place(reader)).aggregate(
            n=Count("position"), since=Min("recorded_at")
        )
        since: datetime | None = unread["since"]
        waits = timezone.now() - since if since else timedelta(0)
        found.append(
            Lag(
                reader=reader.name,
                n_unread=unread["n"],
                waits=waits,
                n_failures=reader.n_failures,
                failed_at=reader.failed_at,
                last_error=reader.last_error,
            )
        )
    return found


def oldest_writer() -> timedelta:
    """How long the oldest transaction that writes has been open: no reader passes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(now() - xact_start), interval '0') FROM pg_stat_activity"
            " WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
        )
        waited: timedelta = cursor.fetchone()[0]
    return waited
