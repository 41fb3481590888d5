"""Records of one customer are joined, and split again.

A join moves nothing: it says that one record stands for another. So orders, events, consents,
promises, contacts, interests, days and places in organisations go with a record on a join and come
back with it on a split; so does what came in meanwhile by something that record is known by.

Who stands for whom changes only under one lock for all, and under that of who is kept.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from regulars.book.models import Customer, Erasure
from regulars.book.queries.wholes import records_of, wholes_of
from regulars.book.services.telling import telling
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class AlreadyOneCustomer(Refusal):
    """Both are records of the same customer; a join would be a ring."""

    def __init__(self) -> None:
        super().__init__(
            "already_one_customer",
            N_("These two are one customer already."),
            N_("Open that customer; what was joined is listed there."),
        )


class NotTheSameKind(Refusal):
    """A person and an organisation are never the same."""

    def __init__(self) -> None:
        super().__init__(
            "not_the_same_kind",
            N_("A person and an organisation cannot be one customer."),
            N_("Note the person's place in the organisation instead."),
        )


class WasErased(Refusal):
    """Nobody comes back from an erasure, by a join neither."""

    def __init__(self) -> None:
        super().__init__(
            "was_erased",
            N_("One of the two was erased."),
            N_("Leave it as it is: what belonged to an erased customer is nobody’s any more."),
        )


class NotJoined(Refusal):
    """The record stands for itself."""

    def __init__(self) -> None:
        super().__init__(
            "not_joined",
            N_("This customer is not joined into another."),
            N_("Name the record that was joined; the customer’s page lists them."),
        )


@transaction.atomic
def join_customers(
    kept: Customer,
    gone: Customer,
    *,
    at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Customer:
    """Two are the same customer: the first stands for both. Gives the one who is kept."""
    told = telling(at, source=source, source_key=source_key, by=by)
    wholes = hold_wholes([kept, gone])
    whole_ids = wholes_of([kept.pk, gone.pk])
    if told.was_done_to("customer.joined", gone.pk):
        return next(whole for whole in wholes if whole.pk == whole_ids[gone.pk])
    if len(wholes) == 1:
        raise AlreadyOneCustomer
    first, second = sorted(wholes, key=lambda whole: whole.pk != whole_ids[kept.pk])
    if first.kind != second.kind:
        raise NotTheSameKind
    if Erasure.objects.filter(pk__in=whole_ids.values()).exists():
        raise WasErased
    Customer.objects.filter(pk=second.pk).update(joined_into=first, kept=first)
    Customer.objects.filter(kept=second).update(kept=first)
    told.write(
        "customer.joined",
        second,
        subject="customer",
        subject_id=gone.pk,
        codes={"into": str(first.pk)},
    )
    return first


@transaction.atomic
def split_customers(
    gone: Customer,
    *,
    at: datetime | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Customer:
    """Undo the join of a record: it stands for itself again, with what was joined into it."""
    told = telling(at, source=source, source_key=source_key, by=by)
    (whole,) = hold_wholes([gone])
    record = Customer.objects.get(pk=gone.pk)
    if told.was_done_to("customer.split", record.pk):
        return record
    if record.joined_into_id is None:
        raise NotJoined
    Customer.objects.filter(pk=record.pk).update(joined_into=None, kept=None)
    Customer.objects.filter(pk__in=_joined_below(record, whole)).update(kept=record)
    told.write(
        "customer.split",
        record,
        subject="customer",
        subject_id=record.pk,
        codes={"from": str(whole.pk)},
    )
    record.refresh_from_db()
    return record


def hold_wholes(customers: Sequence[Customer]) -> list[Customer]:
    """Lock those who stand for these, each once: nobody joins or splits them meanwhile.

    Joins and splits, and erasures, come one after the other: of two that wait for each other's
    records, each could hold one that stands for itself no more.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('joins of customers', 0))")
    standing = set(wholes_of(customer.pk for customer in customers).values())
    return list(
        Customer.objects.filter(pk__in=standing).order_by("pk").select_for_update(no_key=True)
    )


def hold_whole(customer: Customer) -> Customer:
    """Lock who stands for this record, for a change that concerns all records of one customer.

    Joins of others go on meanwhile; one of this customer that was faster is seen.
    """
    while True:
        whole_id = wholes_of([customer.pk])[customer.pk]
        whole = Customer.objects.select_for_update(no_key=True).get(pk=whole_id)
        if wholes_of([customer.pk])[customer.pk] == whole_id:
            return whole


def _joined_below(record: Customer, whole: Customer) -> list[UUID]:
    """Every record that came to the whole by being joined into this one, or into such a one."""
    into = dict(records_of(whole).values_list("pk", "joined_into_id"))
    below = [record.pk]
    for above in below:
        below += [pk for pk, joined_into in into.items() if joined_into == above]
    return below[1:]
