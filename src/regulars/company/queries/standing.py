"""Whether the house can work: asked by people and by watching machines."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

# The worker of jobs says every ten seconds that it is there.
SILENT_FOR = timedelta(seconds=60)


@dataclass(frozen=True)
class HouseStanding:
    """What works."""

    has_database: bool
    has_worker: bool

    @property
    def is_sound(self) -> bool:
        """Whether everything works."""
        return self.has_database and self.has_worker


def house_standing() -> HouseStanding:
    """Ask the database, and it when a worker was last heard of."""
    try:
        has_worker = ProcrastinateWorker.objects.filter(
            last_heartbeat__gt=timezone.now() - SILENT_FOR
        ).exists()
    except DatabaseError:
        return HouseStanding(has_database=False, has_worker=False)
    return HouseStanding(has_database=True, has_worker=has_worker)
