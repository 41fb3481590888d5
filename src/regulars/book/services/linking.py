"""Everybody is compared: weights are learned, and who is probably the same is suggested.

Records are gathered on the disk and compared part by part: memory holds few of them at a time, and
no transaction is longer than some hundred suggestions. What was cut off is done again from the
beginning; what it had suggested is no change then.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import batched
from pathlib import Path
from tempfile import gettempdir
from uuid import UUID

import pyarrow as pa

from regulars.book.models import Customer
from regulars.book.models.customer import CustomerKind
from regulars.book.services.search_keys import records_to_compare
from regulars.book.services.suggesting import (
    OFFERED_FROM,
    forget_weights,
    keep_weights,
    suggest_joins,
    weigh_again,
    weights_in_use,
)
from regulars.kit.folders import passing
from regulars.measure.linkage_fit import fit, probable_pairs
from regulars.measure.linkage_records import Records, gathered, tabulated

_AT_ONCE = 10_000
_FOLDER = "regulars-links-"
_log = logging.getLogger(__name__)


def learn_and_suggest() -> int:
    """Learn anew from all records and suggest joins; gives how many are new.

    People and organisations are told apart: each kind is compared within itself, with the weights
    that people taught.
    """
    n_suggested = 0
    for kind in (CustomerKind.PERSON, CustomerKind.ORGANISATION):
        with _everybody(kind) as records:
            if kind is CustomerKind.PERSON:
                _learn(records)
                weigh_again()
            n_suggested += _suggest(kind, records)
    return n_suggested


def _learn(records: Records) -> None:
    weights = fit(records)
    if weights is None:
        forget_weights()
    else:
        keep_weights(weights, n_records=records.n)
    _log.info("learned of %d records", records.n)


def _suggest(kind: CustomerKind, records: Records) -> int:
    n_suggested = 0
    parts = probable_pairs(records, weights_in_use(), at_least=OFFERED_FROM)
    for nth, pairs in enumerate(parts, start=1):
        n_suggested += suggest_joins(_ids(pairs))
        _log.info("%s: part %d of %d, %d suggested", kind, nth, records.n_parts, n_suggested)
    return n_suggested


@contextmanager
def _everybody(kind: CustomerKind) -> Iterator[Records]:
    """All records of a kind; what a killed run left of them on the disk goes first."""
    with (
        passing(Path(gettempdir()), _FOLDER) as folder,
        gathered(_tables(kind), folder) as records,
    ):
        _log.info("%s: %d records gathered", kind, records.n)
        yield records


def _tables(kind: CustomerKind) -> Iterator[pa.Table]:
    held = Customer.objects.filter(kind=kind.value).order_by("pk").values_list("pk", flat=True)
    for some in batched(held.iterator(_AT_ONCE), _AT_ONCE):
        records = records_to_compare(some)
        yield tabulated((str(customer), record) for customer, record in records.items())


def _ids(pairs: pa.Table) -> Iterator[tuple[UUID, UUID]]:
    columns = (pairs["key_l"], pairs["key_r"])
    for first, second in zip(*(column.to_pylist() for column in columns), strict=True):
        yield UUID(first), UUID(second)
