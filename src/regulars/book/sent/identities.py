"""What customers are known by, as programs send it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils import timezone

from regulars.book.importing.batches import Way
from regulars.book.kept import Outcome
from regulars.book.known import Known
from regulars.book.models import Customer, Event, Identity
from regulars.book.models.customer import IdentityKind
from regulars.book.phones import country_of_company, international
from regulars.book.queries.customers import customer_known_by
from regulars.book.sent.people import BadPhone, Who
from regulars.book.sent.results import Result, keep_each
from regulars.book.sent.ways import kept_by_way
from regulars.book.services.customers import add_identity, remove_identity
from regulars.kit.errors import Refusal
from regulars.kit.ids import new_id

SOURCE = "api"  # of what a program does without naming a source


@dataclass(frozen=True, kw_only=True)
class IdentitySent:
    """One thing more that a customer is known by."""

    source: str  # who tells it; whose number it is, where it is one of another system
    kind: IdentityKind
    value: str
    customer: Who | None

    @property
    def known(self) -> Known:
        """As the book knows it."""
        is_external = self.kind is IdentityKind.EXTERNAL
        return Known(self.kind, self.value, self.source if is_external else "")

    @property
    def external_id(self) -> str:
        """Kind and value: that is all an identity is."""
        return f"{self.kind}:{self.known.written()}"


@dataclass(frozen=True, kw_only=True)
class _Told:
    customer: Customer
    sent: IdentitySent


def keep_identities(sent: Sequence[IdentitySent]) -> list[Result]:
    """Add what customers are known by. What they are known by already is no change."""
    return keep_each(sent, _keep)


def _keep(_source: str, sent: Sequence[tuple[IdentitySent, UUID | None]]) -> list[Result]:
    country = country_of_company()
    held = Customer.objects.in_bulk({customer for _, customer in sent})
    told = [
        _readable(_Told(customer=held[customer], sent=each), country)
        for each, customer in sent
        if customer is not None
    ]
    return kept_by_way(told, WAY, _ids)


def _readable(told: _Told, country: str | None) -> _Told | Refusal:
    """A phone number in its one written form."""
    sent = told.sent
    if sent.kind is not IdentityKind.PHONE:
        return told
    written = international(sent.value, country)
    return replace(told, sent=replace(sent, value=written)) if written else BadPhone(sent.value)


def _there(told: Sequence[_Told]) -> dict[str, Identity]:
    """Identities by key; one statement."""
    source = told[0].sent.source
    values = {each.sent.known.written() for each in told}
    held = Identity.objects.filter(value__in=values, source__in=("", source))
    found = held.select_related("customer")
    return {f"{identity.kind}:{identity.value}": identity for identity in found}


def _known(told: Sequence[_Told]) -> Mapping[str, bool]:
    there = _there(told)
    return {
        key: there[key].customer.whole_id == each.customer.whole_id
        for each in told
        if (key := each.sent.external_id) in there
    }


def _ids(told: Sequence[_Told]) -> dict[str, UUID]:
    return {key: identity.pk for key, identity in _there(told).items()}


def _add(told: Sequence[_Told]) -> None:
    """Two statements; search catches up by the event, as it does after an import."""
    Identity.objects.bulk_create(
        Identity(
            customer=each.customer,
            kind=each.sent.kind,
            source=each.sent.known.source,
            value=each.sent.known.written(),
        )
        for each in told
    )
    now = timezone.now()
    Event.objects.bulk_create(
        Event(
            kind="customer.identified",
            customer=each.customer,
            occurred_at=now,
            source=each.sent.source,
            source_key=f"identity:{new_id()}",
            subject="customer",
            subject_id=each.customer.pk,
            codes={"identity": each.sent.kind, "of": each.sent.known.source},
        )
        for each in told
    )


def _one(told: _Told) -> Outcome:
    was_there = customer_known_by(told.sent.known) is not None
    add_identity(
        told.customer,
        told.sent.known,
        source=told.sent.source,
        source_key=f"identity:{new_id()}",
        by=None,
    )
    return Outcome.SAME if was_there else Outcome.NEW


WAY: Way[_Told] = Way(lambda told: told.sent.external_id, _known, _add, _one)


def take_identity_away(identity: Identity) -> None:
    """A customer is not recognised by this any more."""
    remove_identity(
        identity.customer,
        Known(IdentityKind(identity.kind), identity.value, identity.source),
        source=SOURCE,
        source_key=f"identity:{new_id()}",
        by=None,
    )
