"""When it is time to measure again."""

from datetime import datetime, timedelta

from django.utils import timezone

from regulars.book.models import FileImport, Order
from regulars.company.queries.company import the_company
from regulars.readings.models import TakingState
from regulars.readings.queries.takings import last_try

NIGHT_HOUR = 2  # local: the day before is over, and so are the tills' last uploads
AGAIN_AFTER = timedelta(minutes=15)  # where a round failed, or was cut off


def is_due(now: datetime) -> bool:
    """Whether to measure now: each night, after orders were imported, and where it never was done.

    A round that failed is tried again after a quarter of an hour.
    """
    tried = last_try()
    if tried is None:
        return Order.objects.exists()
    if tried.state != TakingState.STORED.value:
        return now - tried.began_at > AGAIN_AFTER and Order.objects.exists()
    zone = the_company().zone
    local = timezone.localtime(now, zone)
    is_new_day = timezone.localtime(tried.began_at, zone).date() < local.date()
    if is_new_day and local.hour >= NIGHT_HOUR:
        return True
    imports = FileImport.objects.filter(kind__in=("orders", "returns"))
    if imports.filter(ended_at=None).exists():
        return False
    return imports.filter(ended_at__gt=tried.began_at).exists()
