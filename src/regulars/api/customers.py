"""Customers."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from regulars.api.batches import BatchOut, KeptOut, answer_batch, answer_one, batch_of
from regulars.api.identities import IdentityOut
from regulars.api.identities import shown as shown_identity
from regulars.api.keys import BearerKey
from regulars.api.once import DryRun, IdempotencyKey
from regulars.api.pages import PageOut, Paging, answer_page, answer_record
from regulars.api.parties import CustomerId, Party
from regulars.api.shapes import Email, ExternalId, Language, Moment, Out, Phone, Source
from regulars.book.models import Customer
from regulars.book.models.customer import CustomerKind, Relationship
from regulars.book.queries.key_access import CUSTOMER, known_by, made_at, record_by_key
from regulars.book.sent.customers import keep_customers
from regulars.book.sent.people import Who
from regulars.company.scopes import Scope

router = Router()
PREFIX = "cus"
READ, WRITE = BearerKey(Scope.READ_CUSTOMERS), BearerKey(Scope.WRITE_CUSTOMERS)
ACTION = "customer.told"


class CustomerIn(Party):
    """A customer as a source knows them now. Whoever is known by any of it already is that one."""

    source: Source
    language: Language | None = None
    kind: CustomerKind | None = None
    relationship: Relationship | None = None

    def sent(self) -> tuple[str, Who]:
        """As the book takes it."""
        return self.source, Who(**self.model_dump(exclude={"source"}))


CustomerBatch = batch_of(CustomerIn, "CustomerBatch")


class CustomerOut(Out):
    """A customer; of records that were joined, the one that is kept."""

    id: CustomerId
    created_at: Moment
    kind: CustomerKind
    relationship: Relationship
    name: str | None
    language: str | None
    identities: list[IdentityOut]


class CustomerPaging(Paging):
    """Which customers. By what one is known by, there is one at most."""

    email: Email | None = None
    phone: Phone | None = None
    source: Source | None = None
    external_id: ExternalId | None = None


@router.post(
    "/customers", operation_id="keepCustomer", auth=WRITE, response={201: KeptOut, 200: KeptOut}
)
def keep_customer(
    request: HttpRequest,
    customer: CustomerIn,
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of a customer, or of what is new of them."""
    return answer_one(
        request,
        lambda: keep_customers([customer.sent()]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.post("/customers/batch", operation_id="keepCustomers", auth=WRITE, response=BatchOut)
def keep_customer_batch(
    request: HttpRequest,
    batch: CustomerBatch,  # type: ignore[valid-type]
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of up to 10,000 customers at once."""
    return answer_batch(
        request,
        batch.items,  # type: ignore[attr-defined]
        lambda customers: keep_customers([customer.sent() for customer in customers]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.get("/customers", operation_id="listCustomers", auth=READ, response=PageOut[CustomerOut])
def list_customers(request: HttpRequest, paging: Query[CustomerPaging]) -> HttpResponse:
    """Customers in the order in which they came into the book."""
    wanted = paging.wanted(request)
    known = known_by(
        email=paging.email,
        phone=paging.phone,
        source=paging.source,
        external_id=paging.external_id,
    )
    return answer_page(request, CUSTOMER, wanted, shown, only=known)


@router.get(
    "/customers/{customer_id}", operation_id="readCustomer", auth=READ, response=CustomerOut
)
def read_customer(request: HttpRequest, customer_id: CustomerId) -> HttpResponse:
    """One customer. The id of a record that was joined finds the one that is kept."""
    return answer_record(shown(record_by_key(request.auth, CUSTOMER, customer_id)))  # type: ignore[attr-defined]


def shown(customer: Customer) -> CustomerOut:
    """A customer as programs see them."""
    return CustomerOut(
        id=customer.pk,
        created_at=made_at(customer.pk),
        kind=CustomerKind(customer.kind),
        relationship=Relationship(customer.relationship),
        name=customer.name or None,
        language=customer.language or None,
        identities=[shown_identity(identity) for identity in customer.identities.all()],
    )
