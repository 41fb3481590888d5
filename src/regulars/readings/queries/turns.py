"""What of the day's list is done."""

from datetime import date, timedelta

from regulars.readings.models import TurnDone


def done_since(on: date, *, days: int) -> set[str]:
    """The keys of what was done within so many days up to one; one statement."""
    held = TurnDone.objects.filter(done_on__gt=on - timedelta(days=days), done_on__lte=on)
    return set(held.values_list("key", flat=True))
