"""Everybody is compared: weights are learned, and who is probably the same is suggested."""

from collections.abc import Iterator
from itertools import batched
from uuid import UUID

import pyarrow as pa

from regulars.book.models import Customer
from regulars.book.models.customer import CustomerKind
from regulars.book.services.search_keys import records_to_compare
from regulars.book.services.suggesting import (
    OFFERED_FROM,
    keep_weights,
    suggest_joins,
    weights_in_use,
)
from regulars.measure.linkage_fit import COLUMNS, fit, probable_pairs, tabulated

_AT_ONCE = 10_000


def learn_and_suggest() -> int:
    """Learn anew from all records and suggest joins; gives how many are new.

    People and organisations are told apart: each kind is compared within itself, with the weights
    that people taught.
    """
    n_suggested = 0
    for kind in (CustomerKind.PERSON, CustomerKind.ORGANISATION):
        records = _everybody(kind)
        if kind is CustomerKind.PERSON and (weights := fit(records)) is not None:
            keep_weights(weights, n_records=records.num_rows)
        pairs = probable_pairs(records, weights_in_use(), at_least=OFFERED_FROM)
        n_suggested += suggest_joins(_ids(pairs))
    return n_suggested


def _everybody(kind: CustomerKind) -> pa.Table:
    ids = Customer.objects.filter(kind=kind.value).order_by("pk").values_list("pk", flat=True)
    some = batched(ids.iterator(_AT_ONCE), _AT_ONCE)
    return pa.concat_tables([COLUMNS.empty_table(), *map(_tabulated, some)])


def _tabulated(customer_ids: tuple[UUID, ...]) -> pa.Table:
    records = records_to_compare(customer_ids)
    return tabulated((str(customer), record) for customer, record in records.items())


def _ids(pairs: pa.Table) -> Iterator[tuple[UUID, UUID]]:
    columns = (pairs["unique_id_l"], pairs["unique_id_r"])
    for first, second in zip(*(column.to_pylist() for column in columns), strict=True):
        yield UUID(first), UUID(second)
