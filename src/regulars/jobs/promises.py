"""Deadlines of promises, kept by the worker."""

from collections.abc import Callable
from datetime import datetime

from regulars.book.services.breaches import record_breaches, record_warnings


def run_deadlines(now: datetime) -> tuple[int, int]:
    """Record every breach and every warning up to a moment, batch by batch; gives how many.

    Breaches first: after a standstill, what has been broken is not warned of any more.
    """
    return _until_none(record_breaches, now), _until_none(record_warnings, now)


def _until_none(record: Callable[[datetime], int], now: datetime) -> int:
    n_recorded = 0
    while n := record(now):
        n_recorded += n
    return n_recorded
