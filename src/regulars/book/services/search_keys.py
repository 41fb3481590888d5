"""Keys by which customers are found, brought up to what is known of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection, transaction

from regulars.book.models import Customer, Identity, ImportantDay, SearchEntry
from regulars.book.models.customer import CustomerKind, IdentityKind
from regulars.book.models.day import DayKind
from regulars.book.search_terms import keys_of
from regulars.book.spelling import name_parts, plain, words_of
from regulars.measure.blocking import blocks
from regulars.measure.linkage import Record

# Takes ids of records; holds them, so that an erasure comes afterwards, and gives those it held.
# Whom an erasure has locked is left out: waiting for it could be waiting for each other. Nobody
# else locks a record so that this passes it over; all others go on.
HOLD = "SELECT id FROM book_customer WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE SKIP LOCKED"

type KnownBy = dict[UUID, list[tuple[str, str]]]  # kind and value, the oldest first


@transaction.atomic
def renew_search_keys(customer_ids: Collection[UUID]) -> None:
    """Make the keys of these records anew; of whom nothing is known, there are none.

    At most six statements, however many they are. Repeating it changes nothing; whatever changes
    a record writes an event, upon which it is repeated.
    """
    customer_ids = held_records(customer_ids)
    customers = list(Customer.objects.filter(pk__in=customer_ids).order_by("pk"))
    known_by = _identities(customer_ids)
    records = _records(customers, known_by, _births(customer_ids))
    entries = [
        SearchEntry(
            customer_id=customer.pk,
            search_keys=keys_of(customer.name, known_by[customer.pk]),
            blocks=sorted(blocks(records[customer.pk])),
        )
        for customer in customers
    ]
    found = [entry for entry in entries if entry.search_keys]
    SearchEntry.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["search_keys", "blocks"],
    )
    unknown = customer_ids - {entry.customer_id for entry in found}
    if unknown:
        SearchEntry.objects.filter(pk__in=unknown).delete()


def held_records(customer_ids: Collection[UUID]) -> set[UUID]:
    """Those of these records that nobody erases before this transaction ends; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(customer_ids)])
        return {pk for (pk,) in cursor.fetchall()}


def records_to_compare(customer_ids: Collection[UUID]) -> dict[UUID, Record]:
    """What is known of each, as it is compared with others; three statements."""
    customers = Customer.objects.filter(pk__in=customer_ids)
    return _records(customers, _identities(customer_ids), _births(customer_ids))


def _identities(customer_ids: Collection[UUID]) -> KnownBy:
    known_by: KnownBy = defaultdict(list)
    held = Identity.objects.filter(customer__in=customer_ids).order_by("pk")
    for customer_id, kind, value in held.values_list("customer_id", "kind", "value"):
        known_by[customer_id].append((kind, value))
    return known_by


def _births(customer_ids: Collection[UUID]) -> dict[UUID, str]:
    """Days of birth whose year is known."""
    days = ImportantDay.objects.filter(customer__in=customer_ids, kind=DayKind.BIRTHDAY)
    told = days.exclude(year=None).values_list("customer_id", "year", "month", "day")
    return {customer: f"{year:04}-{month:02}-{day:02}" for customer, year, month, day in told}


def _records(
    customers: Iterable[Customer], known_by: KnownBy, births: dict[UUID, str]
) -> dict[UUID, Record]:
    return {
        customer.pk: _record(customer, known_by[customer.pk], births.get(customer.pk, ""))
        for customer in customers
    }


def _record(customer: Customer, known_by: Iterable[tuple[str, str]], born_on: str) -> Record:
    first, last = name_parts(customer.name)
    if customer.kind == CustomerKind.ORGANISATION:
        first, _, last = " ".join(words_of(customer.name)).partition(" ")
    values: dict[str, list[str]] = defaultdict(list)
    for kind, value in known_by:
        values[kind].append(value)
    return Record(
        first_name=first,
        last_name=last,
        emails=tuple(plain(email) for email in values[IdentityKind.EMAIL]),
        phones=tuple(values[IdentityKind.PHONE]),
        born_on=born_on,
    )
