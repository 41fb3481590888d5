"""Customers come into the book; who they are and what they are known by changes."""

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from regulars.book.known import Known
from regulars.book.models import Customer, Event, Identity
from regulars.book.models.customer import CustomerKind, Relationship
from regulars.book.services.changes import brought_up
from regulars.book.services.fitting import check_fit, check_text
from regulars.book.services.search_keys import renew_search_keys
from regulars.book.services.telling import SourceKeyTaken, Telling, hold, refuse_erased, telling
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class IdentityTaken(Refusal):
    """Somebody else in the book is known by this already."""

    def __init__(self, known: Known) -> None:
        super().__init__(
            "identity_taken",
            N_("Another customer is known by this {kind} already."),
            N_("Open that customer; join the two if they are the same."),
            kind=str(known.kind),
        )


class NotAnIdentity(Refusal):
    """What somebody should be known by cannot be that."""

    def __init__(self, known: Known) -> None:
        super().__init__(
            "not_an_identity",
            N_("Nobody can be known by this {kind}: {value!r}."),
            N_("Write an e-mail whole, a phone with + and its country, a number with its source."),
            kind=str(known.kind),
            value=known.value,
        )


@transaction.atomic
def take_down_customer(
    *,
    name: str,
    known_by: Sequence[Known] = (),
    kind: CustomerKind = CustomerKind.PERSON,
    relationship: Relationship = Relationship.CONSUMER,
    language: str = "",
    source: str,
    source_key: str,
    by: UUID | None,
) -> Customer:
    """Write a new customer into the book. The same source and key again gives the first one."""
    if (first := _told_before(source, source_key)) is not None:
        return first
    made = Customer(name=name.strip(), kind=kind, relationship=relationship, language=language)
    check_fit(made)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            for known in known_by:
                _identify(made, known)
            Event.objects.create(
                kind="customer.made",
                customer=made,
                occurred_at=timezone.now(),
                source=source,
                source_key=source_key,
                staff_id=by,
                codes={"kind": kind, "relationship": relationship},
            )
    except (IntegrityError, IdentityTaken):
        # Somebody else may have told the very same a moment before.
        if (first := _told_before(source, source_key)) is not None:
            return first
        raise
    renew_search_keys([made.pk])
    if by is not None:
        audit.record("customer.made", by=by, subject_id=made.pk)
    return made


@transaction.atomic
def change_customer(
    customer: Customer,
    *,
    name: str | None = None,
    relationship: Relationship | None = None,
    language: str | None = None,
    source: str,
    source_key: str,
    by: UUID | None,
) -> Customer:
    """Say anew what is given, of who a customer is; None leaves it as it stands.

    The timeline and the audit log name the fields alone: what they held can be erased.
    """
    told = telling(None, source=source, source_key=source_key, by=by)
    locked = hold(customer)
    if told.was_done_to("customer.changed", locked.pk):
        return locked
    refuse_erased(locked)
    wanted = {
        "name": name.strip() if name is not None else None,
        "relationship": str(relationship) if relationship is not None else None,
        "language": language,
    }
    changed = brought_up(locked, {field: new for field, new in wanted.items() if new is not None})
    if changed:
        check_fit(locked)
        locked.save(update_fields=changed)
        _write(told, "customer.changed", locked, fields=changed)
    return locked


@transaction.atomic
def add_identity(
    customer: Customer, known: Known, *, source: str, source_key: str, by: UUID | None
) -> None:
    """A customer can be recognised by one thing more. What is there already is no change."""
    told = telling(None, source=source, source_key=source_key, by=by)
    locked = hold(customer)
    if told.was_done_to("customer.identified", locked.pk) or _of(locked, known).exists():
        return
    refuse_erased(locked)
    _identify(locked, known)
    _write(told, "customer.identified", locked, identity=known.kind, of=known.source)


@transaction.atomic
def remove_identity(
    customer: Customer, known: Known, *, source: str, source_key: str, by: UUID | None
) -> None:
    """A customer is not recognised by this any more. What is not there is no change."""
    told = telling(None, source=source, source_key=source_key, by=by)
    locked = hold(customer)
    if told.was_done_to("customer.unidentified", locked.pk):
        return
    n_removed, _ = _of(locked, known).delete()
    if n_removed:
        _write(told, "customer.unidentified", locked, identity=known.kind, of=known.source)


def _told_before(source: str, source_key: str) -> Customer | None:
    event = Event.objects.filter(source=source, source_key=source_key).first()
    if event is None:
        return None
    if event.kind != "customer.made" or event.customer is None:
        raise SourceKeyTaken(source, source_key)
    return event.customer


def _of(customer: Customer, known: Known) -> QuerySet[Identity]:
    check_text("value", known.value)
    return customer.identities.filter(kind=known.kind, source=known.source, value=known.written())


def _identify(customer: Customer, known: Known) -> None:
    identity = Identity(
        customer=customer, kind=known.kind, source=known.source, value=known.written()
    )
    check_fit(identity)
    if not identity.value:
        raise NotAnIdentity(known)
    try:
        with transaction.atomic():
            identity.save(force_insert=True)
    except IntegrityError as error:
        if "identity_belongs_to_one_customer" in str(error):
            raise IdentityTaken(known) from None
        raise NotAnIdentity(known) from None


def _write(told: Telling, kind: str, customer: Customer, **codes: object) -> None:
    renew_search_keys([customer.pk])
    told.write(kind, customer, subject="customer", subject_id=customer.pk, codes=codes)
