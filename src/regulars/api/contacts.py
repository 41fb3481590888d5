"""Visits, calls, chats and mails."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from regulars.api.batches import BatchOut, KeptOut, answer_batch, answer_one, batch_of
from regulars.api.keys import BearerKey
from regulars.api.once import DryRun, IdempotencyKey
from regulars.api.pages import PageOut, Paging, answer_page, answer_record
from regulars.api.parties import CustomerId, Whose, who_of
from regulars.api.shapes import WHOLE, Code, ExternalId, Moment, Out, Prefixed, Shape, Source, Text
from regulars.book.models import Contact
from regulars.book.models.contact import ContactKind, Direction
from regulars.book.queries.key_access import CONTACT, made_at, record_by_key
from regulars.book.sent.contacts import ContactSent, keep_contacts
from regulars.book.services.contacts import Met
from regulars.company.scopes import Scope

router = Router()
PREFIX = "con"
ContactId = Annotated[UUID, Prefixed(PREFIX)]
READ, WRITE = BearerKey(Scope.READ_CONTACTS), BearerKey(Scope.WRITE_CONTACTS)
ACTION = "contact.told"
Seconds = Annotated[int, Field(ge=0, le=10_000_000), WHOLE]


class ContactIn(Shape):
    """One contact as its source knows it now; what it does not tell is left as it stands."""

    source: Source
    external_id: ExternalId
    customer: Whose
    kind: ContactKind
    started_at: Moment
    direction: Direction = Direction.IN
    ended_at: Moment | None = None
    channel: Code | None = None
    branch: Code | None = None
    waiting_seconds: Seconds | None = Field(None, description="Until somebody answered")
    handling_seconds: Seconds | None = Field(None, description="Work afterwards included")
    outcome: Code | None = None
    note: Text | None = Field(None, description="What was said, taken where the contact is new")

    def sent(self) -> ContactSent:
        """As the book takes it."""
        return ContactSent(
            source=self.source,
            external_id=self.external_id,
            customer=who_of(self.customer),
            met=Met(
                kind=self.kind,
                started_at=self.started_at,
                direction=self.direction,
                channel=self.channel or "",
                branch=self.branch or "",
                ended_at=self.ended_at,
                waiting_seconds=self.waiting_seconds,
                handling_seconds=self.handling_seconds,
                outcome=self.outcome or "",
            ),
            note=self.note or "",
        )


ContactBatch = batch_of(ContactIn, "ContactBatch")


class ContactOut(Out):
    """One contact as it stands, with what was written about it."""

    id: ContactId
    created_at: Moment
    customer: CustomerId
    kind: ContactKind
    direction: Direction
    started_at: Moment
    ended_at: Moment | None
    channel: str | None
    branch: str | None
    waiting_seconds: int | None
    handling_seconds: int | None
    outcome: str | None
    notes: list[str]


class ContactPaging(Paging):
    """Which contacts."""

    customer: CustomerId | None = None
    kind: ContactKind | None = None


@router.post(
    "/contacts", operation_id="keepContact", auth=WRITE, response={201: KeptOut, 200: KeptOut}
)
def keep_contact(
    request: HttpRequest,
    contact: ContactIn,
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of a contact, or of how it ended."""
    return answer_one(
        request,
        lambda: keep_contacts([contact.sent()]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.post("/contacts/batch", operation_id="keepContacts", auth=WRITE, response=BatchOut)
def keep_contact_batch(
    request: HttpRequest,
    batch: ContactBatch,  # type: ignore[valid-type]
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of up to 10,000 contacts at once."""
    return answer_batch(
        request,
        batch.items,  # type: ignore[attr-defined]
        lambda contacts: keep_contacts([contact.sent() for contact in contacts]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.get("/contacts", operation_id="listContacts", auth=READ, response=PageOut[ContactOut])
def list_contacts(request: HttpRequest, paging: Query[ContactPaging]) -> HttpResponse:
    """Contacts in the order in which they came into the book."""
    wanted = paging.wanted(request, customer=paging.customer, kind=paging.kind)
    return answer_page(request, CONTACT, wanted, shown)


@router.get("/contacts/{contact_id}", operation_id="readContact", auth=READ, response=ContactOut)
def read_contact(request: HttpRequest, contact_id: ContactId) -> HttpResponse:
    """One contact."""
    return answer_record(shown(record_by_key(request.auth, CONTACT, contact_id)))  # type: ignore[attr-defined]


def shown(contact: Contact) -> ContactOut:
    """A contact as programs see it."""
    return ContactOut(
        id=contact.pk,
        created_at=made_at(contact.pk),
        customer=contact.customer.whole_id,
        kind=ContactKind(contact.kind),
        direction=Direction(contact.direction),
        started_at=contact.started_at,
        ended_at=contact.ended_at,
        channel=contact.channel or None,
        branch=contact.branch or None,
        waiting_seconds=contact.waiting_seconds,
        handling_seconds=contact.handling_seconds,
        outcome=contact.outcome or None,
        notes=[note.text for note in contact.notes.all()],
    )
