"""Whose standing is another than it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery

from regulars.readings.models import Standing, Taking


@dataclass(frozen=True, slots=True)
class Moved:
    """A customer who stands elsewhere now."""

    customer_id: UUID
    was: str
    now: str


def who_moved(before: Taking, after: Taking) -> Iterator[Moved]:
    """Everybody whose activity differs between two rounds, in one statement.

    Who was in neither, or of whom nobody can tell in one of them, is left out.
    """
    was = Standing.objects.filter(taking=before, customer=OuterRef("customer"))
    found = (
        Standing.objects.filter(taking=after)
        .exclude(activity="")
        .annotate(was=Subquery(was.values("activity")[:1]))
        .filter(~Q(was=F("activity")), was__isnull=False)
        .exclude(was="")
    )
    told = found.order_by("customer").values_list("customer", "was", "activity")
    for customer_id, earlier, now in told.iterator(chunk_size=2_000):
        yield Moved(customer_id, earlier, now)
