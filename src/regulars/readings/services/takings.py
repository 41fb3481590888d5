"""A round of measuring begins, goes on, and is stored as a whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.readings.models import PagePart, Standing, Taking, TakingState

_LOCK = 7_202_611  # of the one process that measures
_AT_ONCE = 20_000  # rows taken away in one transaction
_INTERRUPTED = N_("It was interrupted.")


class MeasuringAlready(Refusal):
    """Another process measures at this moment."""

    def __init__(self) -> None:
        super().__init__(
            "measuring_already",
            N_("The customers are being measured at this moment."),
            N_("Wait until it is done; the page shows how far it is."),
        )


@contextmanager
def taking_under_way(**about: object) -> Iterator[Taking]:
    """Begin a round; what a killed one left is cleared away first. One at a time, by a lock.

    Where the work inside fails, the round says why and nothing of it is ever shown.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        ((is_alone,),) = cursor.fetchall()
    if not is_alone:
        raise MeasuringAlready
    try:
        running = Taking.objects.filter(state=TakingState.RUNNING.value)
        running.update(state=TakingState.FAILED.value, why_not=_INTERRUPTED)
        _clear_away()
        taking = Taking.objects.create(**about)
        try:
            yield taking
        except BaseException as error:
            why = error.message if isinstance(error, Refusal) else _INTERRUPTED
            Taking.objects.filter(pk=taking.pk).update(
                state=TakingState.FAILED.value, why_not=why[:400]
            )
            _clear_away()
            raise
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def note_step(taking: Taking, step: str, done: float | None) -> None:
    """Say how far it is."""
    changed = {"step": step[:120]} | ({} if done is None else {"done_share": done})
    Taking.objects.filter(pk=taking.pk).update(**changed)


@transaction.atomic
def finish(taking: Taking) -> None:
    """From now on the pages show this one."""
    taking.state, taking.stored_at, taking.done_share = (
        TakingState.STORED.value,
        timezone.now(),
        1.0,
    )
    taking.save()


def drop_what_is_past() -> None:
    """Standings and page parts of earlier rounds go; their readings stay, for good."""
    _clear_away()


def _clear_away() -> None:
    stored = Taking.objects.filter(state=TakingState.STORED.value).order_by("-stored_at")
    kept = stored.values_list("pk", flat=True)[:1]
    PagePart.objects.exclude(taking__in=list(kept)).delete()
    past = Standing.objects.exclude(taking__in=list(kept))
    while ids := list(past.values_list("pk", flat=True)[:_AT_ONCE]):
        Standing.objects.filter(pk__in=ids).delete()
