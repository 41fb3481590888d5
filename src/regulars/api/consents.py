"""Consents: each act of agreeing or taking back, for good."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field, StrictBool

from regulars.api.batches import BatchOut, KeptOut, answer_batch, answer_one, batch_of
from regulars.api.keys import BearerKey
from regulars.api.once import DryRun, IdempotencyKey
from regulars.api.pages import PageOut, Paging, answer_page, answer_record
from regulars.api.parties import CustomerId, Whose, who_of
from regulars.api.shapes import ExternalId, Moment, Out, Prefixed, Shape, Source
from regulars.book.models import Consent
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.queries.key_access import CONSENT, made_at, record_by_key
from regulars.book.sent.consents import ConsentSent, keep_consents
from regulars.company.scopes import Scope

router = Router()
PREFIX, ACT_PREFIX = "cns", "act"
ConsentId = Annotated[UUID, Prefixed(PREFIX)]
ActId = Annotated[UUID, Prefixed(ACT_PREFIX)]
READ, WRITE = BearerKey(Scope.READ_CONSENTS), BearerKey(Scope.WRITE_CONSENTS)
ACTION = "consent.told"


class ConsentIn(Shape):
    """One act: what a customer agreed to, or took back, on which channels and for what."""

    source: Source
    external_id: ExternalId
    customer: Whose
    is_given: StrictBool
    channels: Annotated[list[MessageChannel], Field(min_length=1, max_length=10)]
    purposes: Annotated[
        list[MessagePurpose],
        Field(
            min_length=1,
            max_length=10,
            description="Nobody is asked for service: it belongs to what was ordered",
        ),
    ]
    how: ConsentHow
    occurred_at: Moment

    def sent(self) -> ConsentSent:
        """As the book takes it."""
        return ConsentSent(
            source=self.source,
            external_id=self.external_id,
            customer=who_of(self.customer),
            is_given=self.is_given,
            channels=tuple(self.channels),
            purposes=tuple(self.purposes),
            how=self.how,
            occurred_at=self.occurred_at,
        )


ConsentBatch = batch_of(ConsentIn, "ConsentBatch")


class ConsentOut(Out):
    """One channel and purpose of an act. What holds is the latest by `occurred_at`."""

    id: ConsentId
    created_at: Moment
    act: ActId
    customer: CustomerId
    channel: MessageChannel
    purpose: MessagePurpose
    is_given: bool
    how: ConsentHow
    wording: str | None = Field(description="Code and version of the words agreed to")
    occurred_at: Moment


class ConsentPaging(Paging):
    """Which consents."""

    customer: CustomerId | None = None
    channel: MessageChannel | None = None
    purpose: MessagePurpose | None = None


@router.post(
    "/consents", operation_id="keepConsent", auth=WRITE, response={201: KeptOut, 200: KeptOut}
)
def keep_consent(
    request: HttpRequest,
    consent: ConsentIn,
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell what a customer agreed to or took back; the id is of the act."""
    return answer_one(
        request,
        lambda: keep_consents([consent.sent()]),
        prefix=ACT_PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.post("/consents/batch", operation_id="keepConsents", auth=WRITE, response=BatchOut)
def keep_consent_batch(
    request: HttpRequest,
    batch: ConsentBatch,  # type: ignore[valid-type]
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of up to 10,000 acts at once."""
    return answer_batch(
        request,
        batch.items,  # type: ignore[attr-defined]
        lambda consents: keep_consents([consent.sent() for consent in consents]),
        prefix=ACT_PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.get("/consents", operation_id="listConsents", auth=READ, response=PageOut[ConsentOut])
def list_consents(request: HttpRequest, paging: Query[ConsentPaging]) -> HttpResponse:
    """Consents in the order in which they came into the book."""
    wanted = paging.wanted(
        request, customer=paging.customer, channel=paging.channel, purpose=paging.purpose
    )
    return answer_page(request, CONSENT, wanted, shown)


@router.get("/consents/{consent_id}", operation_id="readConsent", auth=READ, response=ConsentOut)
def read_consent(request: HttpRequest, consent_id: ConsentId) -> HttpResponse:
    """One consent."""
    return answer_record(shown(record_by_key(request.auth, CONSENT, consent_id)))  # type: ignore[attr-defined]


def shown(consent: Consent) -> ConsentOut:
    """A consent as programs see it."""
    wording = consent.wording
    return ConsentOut(
        id=consent.pk,
        created_at=made_at(consent.pk),
        act=consent.act_id,
        customer=consent.customer.whole_id,
        channel=MessageChannel(consent.channel),
        purpose=MessagePurpose(consent.purpose),
        is_given=consent.is_given,
        how=ConsentHow(consent.how),
        wording=f"{wording.code} {wording.version}" if wording else None,
        occurred_at=consent.occurred_at,
    )
