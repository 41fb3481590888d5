"""Epochs of the timeline: raised when it goes on upon another cluster."""

from django.db import connection, transaction

from regulars.book.models import Event, Timeline


def ensure_epoch() -> int:
    """The present epoch; raised if the database lies on another cluster than before.

    Run by the role that owns the tables, before anybody writes.
    """
    here = _system_identifier()
    with transaction.atomic():
        timeline, _ = Timeline.objects.select_for_update().get_or_create(
            pk=1, defaults={"system_identifier": here}
        )
        if timeline.system_identifier == here:
            return timeline.epoch
    return raise_epoch()


@transaction.atomic
def raise_epoch() -> int:
    """Begin the next epoch: after a restore, or upon another cluster."""
    here = _system_identifier()
    timeline, _ = Timeline.objects.select_for_update().get_or_create(
        pk=1, defaults={"system_identifier": here}
    )
    timeline.epoch, timeline.system_identifier = timeline.epoch + 1, here
    timeline.save(update_fields=["epoch", "system_identifier"])
    with connection.cursor() as cursor:
        # No writer can be under way: this takes the lock that excludes them all.
        cursor.execute(
            f"ALTER TABLE {Event._meta.db_table} ALTER COLUMN epoch SET DEFAULT {timeline.epoch:d}"
        )
    return timeline.epoch


def _system_identifier() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        return int(cursor.fetchone()[0])
