"""Promises: what was promised to a customer until when, and how it went."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from regulars.api.batches import BatchOut, KeptOut, answer_batch, answer_one, batch_of
from regulars.api.keys import BearerKey
from regulars.api.once import DryRun, IdempotencyKey
from regulars.api.orders import OrderId
from regulars.api.pages import PageOut, Paging, answer_page, answer_record
from regulars.api.parties import CustomerId, Whose, who_of
from regulars.api.shapes import ExternalId, Moment, Out, Prefixed, Shape, Source
from regulars.book.models import Promise
from regulars.book.models.promise import PromiseKind, PromiseState
from regulars.book.queries.key_access import PROMISE, made_at, record_by_key
from regulars.book.sent.promises import PromiseSent, keep_promises
from regulars.company.scopes import Scope

router = Router()
PREFIX = "prm"
PromiseId = Annotated[UUID, Prefixed(PREFIX)]
READ, WRITE = BearerKey(Scope.READ_PROMISES), BearerKey(Scope.WRITE_PROMISES)
ACTION = "promise.told"


class PromiseIn(Shape):
    """One promise as its source knows it now.

    Another `due_at` moves it; `kept_at` and `withdrawn_at` close it for good.
    """

    source: Source
    external_id: ExternalId
    customer: Whose
    kind: PromiseKind
    made_at: Moment
    due_at: Moment
    order: OrderId | None = None
    kept_at: Moment | None = None
    withdrawn_at: Moment | None = None

    def sent(self) -> PromiseSent:
        """As the book takes it."""
        return PromiseSent(
            source=self.source,
            external_id=self.external_id,
            customer=who_of(self.customer),
            kind=self.kind,
            made_at=self.made_at,
            due_at=self.due_at,
            order_id=self.order,
            kept_at=self.kept_at,
            withdrawn_at=self.withdrawn_at,
        )


PromiseBatch = batch_of(PromiseIn, "PromiseBatch")


class PromiseOut(Out):
    """One promise as it stands."""

    id: PromiseId
    created_at: Moment
    customer: CustomerId
    order: OrderId | None
    kind: PromiseKind
    state: PromiseState
    made_at: Moment
    first_due_at: Moment
    due_at: Moment
    warned_at: Moment | None
    broken_at: Moment | None
    kept_at: Moment | None
    withdrawn_at: Moment | None
    n_moves: int
    n_breaches: int


class PromisePaging(Paging):
    """Which promises."""

    customer: CustomerId | None = None
    order: OrderId | None = None
    kind: PromiseKind | None = None


@router.post(
    "/promises", operation_id="keepPromise", auth=WRITE, response={201: KeptOut, 200: KeptOut}
)
def keep_promise(
    request: HttpRequest,
    promise: PromiseIn,
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of a promise, or of how it went."""
    return answer_one(
        request,
        lambda: keep_promises([promise.sent()]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.post("/promises/batch", operation_id="keepPromises", auth=WRITE, response=BatchOut)
def keep_promise_batch(
    request: HttpRequest,
    batch: PromiseBatch,  # type: ignore[valid-type]
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell of up to 10,000 promises at once."""
    return answer_batch(
        request,
        batch.items,  # type: ignore[attr-defined]
        lambda promises: keep_promises([promise.sent() for promise in promises]),
        prefix=PREFIX,
        action=ACTION,
        name=idempotency_key,
        dry_run=dry_run,
    )


@router.get("/promises", operation_id="listPromises", auth=READ, response=PageOut[PromiseOut])
def list_promises(request: HttpRequest, paging: Query[PromisePaging]) -> HttpResponse:
    """Promises in the order in which they came into the book."""
    wanted = paging.wanted(request, customer=paging.customer, order=paging.order, kind=paging.kind)
    return answer_page(request, PROMISE, wanted, shown)


@router.get("/promises/{promise_id}", operation_id="readPromise", auth=READ, response=PromiseOut)
def read_promise(request: HttpRequest, promise_id: PromiseId) -> HttpResponse:
    """One promise."""
    return answer_record(shown(record_by_key(request.auth, PROMISE, promise_id)))  # type: ignore[attr-defined]


def shown(promise: Promise) -> PromiseOut:
    """A promise as programs see it."""
    return PromiseOut(
        id=promise.pk,
        created_at=made_at(promise.pk),
        customer=promise.customer.whole_id,
        order=promise.order_id,
        kind=PromiseKind(promise.kind),
        state=promise.state,
        made_at=promise.made_at,
        first_due_at=promise.first_due_at,
        due_at=promise.due_at,
        warned_at=promise.warned_at,
        broken_at=promise.broken_at,
        kept_at=promise.kept_at,
        withdrawn_at=promise.withdrawn_at,
        n_moves=promise.n_moves,
        n_breaches=promise.n_breaches,
    )
