"""What customers are known by."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field, StringConstraints

from regulars.api.batches import BatchOut, KeptOut, answer_batch, answer_one, batch_of
from regulars.api.keys import BearerKey
from regulars.api.once import Answer, DryRun, IdempotencyKey, answer_once
from regulars.api.pages import answer_record
from regulars.api.parties import CustomerId, Whose, who_of
from regulars.api.shapes import Moment, Out, Prefixed, Shape, Source
from regulars.book.kept import Outcome
from regulars.book.models import Identity
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.key_access import IDENTITY, made_at, record_by_key
from regulars.book.sent.identities import IdentitySent, keep_identities, take_identity_away
from regulars.company.scopes import Scope
from regulars.kit.ids import readable

router = Router()
PREFIX = "idn"
IdentityId = Annotated[UUID, Prefixed(PREFIX)]
READ, WRITE = BearerKey(Scope.READ_CUSTOMERS), BearerKey(Scope.WRITE_CUSTOMERS)
ACTION = "customer.identity_told"


class IdentityIn(Shape):
    """One thing more by which a customer is recognised."""

    source: Source
    kind: IdentityKind
    value: Annotated[
        str,
        StringConstraints(strict=True, min_length=1, max_length=90, pattern="^[!-~]+$"),
        Field(description="An e-mail, a phone number, a card, or the number the source knows"),
    ]
    customer: Whose

    def sent(self) -> IdentitySent:
        """As the book takes it."""
        return IdentitySent(
            source=self.source, kind=self.kind, value=self.value, customer=who_of(self.customer)
        )


IdentityBatch = batch_of(IdentityIn, "IdentityBatch")


class IdentityOut(Out):
    """One thing a customer is known by, in its one written form."""

    id: IdentityId
    created_at: Moment
    customer: CustomerId
    kind: IdentityKind
    source: str | None
    value: str


@router.post(
    "/identities", operation_id="keepIdentity", auth=WRITE, response={201: KeptOut, 200: KeptOut}
)
def keep_identity(
    request: HttpRequest,
    identity: IdentityIn,
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Add what a customer is known by."""
    return answer_one(
        request,
        lambda: keep_identities([identity.sent()]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.post("/identities/batch", operation_id="keepIdentities", auth=WRITE, response=BatchOut)
def keep_identity_batch(
    request: HttpRequest,
    batch: IdentityBatch,  # type: ignore[valid-type]
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Add up to 10,000 at once."""
    return answer_batch(
        request,
        batch.items,  # type: ignore[attr-defined]
        lambda identities: keep_identities([identity.sent() for identity in identities]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.get(
    "/identities/{identity_id}", operation_id="readIdentity", auth=READ, response=IdentityOut
)
def read_identity(request: HttpRequest, identity_id: IdentityId) -> HttpResponse:
    """One of them."""
    return answer_record(shown(record_by_key(request.auth, IDENTITY, identity_id)))  # type: ignore[attr-defined]


@router.delete(
    "/identities/{identity_id}", operation_id="removeIdentity", auth=WRITE, response=KeptOut
)
def remove_identity(
    request: HttpRequest,
    identity_id: IdentityId,
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Take one away: the customer is not recognised by it any more."""

    def act() -> Answer:
        to_write = replace(IDENTITY, scope=Scope.WRITE_CUSTOMERS)
        take_identity_away(record_by_key(request.auth, to_write, identity_id))  # type: ignore[attr-defined]
        body = KeptOut(id=readable(PREFIX, identity_id), outcome=Outcome.CHANGED, dry_run=dry_run)
        return Answer(200, body, "customer.identity_removed", {}, subject_id=identity_id)

    return answer_once(request, act, name=idempotency_key, dry_run=dry_run)


def shown(identity: Identity) -> IdentityOut:
    """One thing a customer is known by, as programs see it."""
    return IdentityOut(
        id=identity.pk,
        created_at=made_at(identity.pk),
        customer=identity.customer.whole_id,
        kind=IdentityKind(identity.kind),
        source=identity.source or None,
        value=identity.value,
    )
