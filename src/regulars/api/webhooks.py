"""Webhooks: other programs that are told what happens, and how that went."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field, StringConstraints

from regulars.api.config import IfMatch, etag_of, refuse_unseen
from regulars.api.keys import BearerKey
from regulars.api.once import Answer, DryRun, IdempotencyKey, answer_once
from regulars.api.pages import PageOut, Paging, answer_page, answer_record
from regulars.api.shapes import WHOLE, EventKind, Moment, Name, Out, Prefixed, Shape
from regulars.book.queries.key_access import made_at, record_by_key
from regulars.company.scopes import Scope
from regulars.messages.models import DeliveryAttempt, Endpoint
from regulars.messages.models.endpoint import EndpointState, PayloadStyle
from regulars.messages.webhooks.access import (
    ATTEMPT,
    ENDPOINT,
    endpoint_to_change,
    n_waiting,
    ping_by_key,
    refuse_unless_may_tell,
)
from regulars.messages.webhooks.endpoints import (
    add_endpoint,
    change_endpoint,
    pause_endpoint,
    remove_endpoint,
    resume_endpoint,
    rotate_secret,
)
from regulars.messages.webhooks.replaying import replay

router = Router()
READ, WRITE = BearerKey(Scope.READ_CONFIG), BearerKey(Scope.WRITE_CONFIG)
WebhookId = Annotated[UUID, Prefixed("whk")]
DeliveryId = Annotated[UUID, Prefixed("try")]
WebhookName = Annotated[Name, StringConstraints(max_length=120)]
Url = Annotated[
    str,
    StringConstraints(strict=True, max_length=500, pattern="^https?://[!-~]+$"),
    Field(description="Public, and with https:// in production", examples=["https://shop.example"]),
]
Kinds = Annotated[
    list[EventKind], Field(max_length=100, description="Kinds of events; none: of all kinds")
]


class WebhookIn(Shape):
    """A program that is to be told what happens."""

    name: WebhookName
    url: Url
    kinds: Kinds = Field(default_factory=list)
    payload: PayloadStyle = PayloadStyle.THIN


class WebhookChange(Shape):
    """What is to be otherwise; what is left out stays."""

    name: WebhookName | None = None
    url: Url | None = None
    kinds: Kinds | None = None
    payload: PayloadStyle | None = None


class WebhookOut(Out):
    """A webhook as it stands."""

    id: WebhookId
    created_at: Moment
    name: str
    url: str
    kinds: list[str]
    payload: PayloadStyle
    state: EndpointState
    why: str | None = Field(description="Why it is not enabled")
    stopped_at: Moment | None = Field(description="Since when it is not")
    held_until: Moment | None = Field(description="It could not be reached: no try before that")
    n_waiting: int = Field(description="Messages that still have to go there")


class WebhookMadeOut(WebhookOut):
    """A new webhook, with its secret."""

    secret: str = Field(description="Shown this once: keep it to check signatures with")


class WebhookSecretOut(Out):
    """A new secret."""

    secret: str = Field(description="Shown this once")
    old_valid_until: Moment | None = Field(description="Until then both sign; null: no old ones")


class WebhookRotation(Shape):
    """How the old secret ends."""

    old_valid_hours: Annotated[int, Field(ge=0, le=168), WHOLE] = 24


class WebhookReplay(Shape):
    """What was written down from one moment to before another."""

    start: Moment
    end: Moment


class WebhookCountOut(Out):
    """How many messages that is."""

    n: int


class DeliveryOut(Out):
    """One try to deliver."""

    id: DeliveryId
    tried_at: Moment
    webhook_id: str = Field(description="As in the header: the id of the event")
    kind: str
    attempt: int
    is_delivered: bool
    status: int | None = Field(description="Of HTTP; null where no answer came")
    reason: str | None = Field(description="Why it was not delivered")
    answer: str | None = Field(description="The beginning of what was answered, with … for numbers")
    duration_ms: int


class DeliveryPaging(Paging):
    """Which tries."""

    webhook_id: str | None = Field(None, pattern="^(evt|ping)_[0-9]{1,19}$")


@router.post("/webhooks", operation_id="addWebhook", auth=WRITE, response={201: WebhookMadeOut})
def add_webhook(request: HttpRequest, webhook: WebhookIn, dry_run: DryRun) -> HttpResponse:
    """Tell another program what happens from now on. The key needs events:read too."""
    key = _key(request)

    def act() -> Answer:
        refuse_unless_may_tell(key)
        endpoint, secret = add_endpoint(**webhook.model_dump(), by=key)
        body = WebhookMadeOut(**shown(endpoint).model_dump(), secret=secret)
        return Answer(201, body, "webhook.told", {}, endpoint.pk)

    return answer_once(request, act, name=None, dry_run=dry_run)


@router.get("/webhooks", operation_id="listWebhooks", auth=READ, response=PageOut[WebhookOut])
def list_webhooks(request: HttpRequest, paging: Query[Paging]) -> HttpResponse:
    """All webhooks, the oldest first."""
    return answer_page(request, ENDPOINT, paging.wanted(request), shown)


@router.get("/webhooks/{webhook_id}", operation_id="readWebhook", auth=READ, response=WebhookOut)
def read_webhook(request: HttpRequest, webhook_id: WebhookId) -> HttpResponse:
    """One webhook, with its ETag."""
    endpoint = record_by_key(_key(request), ENDPOINT, webhook_id)
    return _with_etag(answer_record(shown(endpoint)))


@router.patch(
    "/webhooks/{webhook_id}", operation_id="changeWebhook", auth=WRITE, response=WebhookOut
)
def change_webhook(
    request: HttpRequest,
    webhook_id: WebhookId,
    change: WebhookChange,
    dry_run: DryRun,
    if_match: IfMatch,
) -> HttpResponse:
    """Say anew what it is called, where it is, or what it is told; what waits goes there too."""
    key = _key(request)

    def act() -> Answer:
        endpoint = endpoint_to_change(key, webhook_id)
        refuse_unseen(if_match, _etag(shown(endpoint)))
        change_endpoint(endpoint, by=key, **change.model_dump(exclude_none=True))
        endpoint.refresh_from_db()
        return Answer(200, shown(endpoint), "webhook.told", {}, webhook_id)

    return _with_etag(answer_once(request, act, name=None, dry_run=dry_run))


@router.delete(
    "/webhooks/{webhook_id}", operation_id="removeWebhook", auth=WRITE, response=WebhookCountOut
)
def remove_webhook(
    request: HttpRequest, webhook_id: WebhookId, dry_run: DryRun, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Tell it nothing more, and forget it with what still waits; says how many messages."""

    def act(endpoint: Endpoint) -> BaseModel:
        return WebhookCountOut(n=remove_endpoint(endpoint, by=_key(request)))

    return _done(request, webhook_id, act, idempotency_key, dry_run=dry_run)


@router.post(
    "/webhooks/{webhook_id}/rotate",
    operation_id="rotateWebhookSecret",
    auth=WRITE,
    response=WebhookSecretOut,
)
def rotate_webhook_secret(
    request: HttpRequest, webhook_id: WebhookId, rotation: WebhookRotation, dry_run: DryRun
) -> HttpResponse:
    """A new secret; the old one signs beside it for a while, so that nothing is missed."""

    def act(endpoint: Endpoint) -> BaseModel:
        keep_for = timedelta(hours=rotation.old_valid_hours)
        secret, until = rotate_secret(endpoint, keep_for=keep_for, by=_key(request))
        return WebhookSecretOut(secret=secret, old_valid_until=until)

    return _done(request, webhook_id, act, None, dry_run=dry_run)


@router.post(
    "/webhooks/{webhook_id}/pause", operation_id="pauseWebhook", auth=WRITE, response=WebhookOut
)
def pause_webhook(
    request: HttpRequest, webhook_id: WebhookId, dry_run: DryRun, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Send nothing for now; what happens is kept for it."""

    def act(endpoint: Endpoint) -> BaseModel:
        pause_endpoint(endpoint, by=_key(request))
        endpoint.refresh_from_db()
        return shown(endpoint)

    return _done(request, webhook_id, act, idempotency_key, dry_run=dry_run)


@router.post(
    "/webhooks/{webhook_id}/resume", operation_id="resumeWebhook", auth=WRITE, response=WebhookOut
)
def resume_webhook(
    request: HttpRequest, webhook_id: WebhookId, dry_run: DryRun, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Send all that waits, in its order, and go on; also where it waits for the next try."""

    def act(endpoint: Endpoint) -> BaseModel:
        resume_endpoint(endpoint, by=_key(request))
        endpoint.refresh_from_db()
        return shown(endpoint)

    return _done(request, webhook_id, act, idempotency_key, dry_run=dry_run)


@router.post(
    "/webhooks/{webhook_id}/replay",
    operation_id="replayWebhook",
    auth=WRITE,
    response=WebhookCountOut,
)
def replay_webhook(
    request: HttpRequest,
    webhook_id: WebhookId,
    told: WebhookReplay,
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Tell again what was recorded between two moments, under the same ids; 10,000 at most."""

    def act(endpoint: Endpoint) -> BaseModel:
        n = replay(endpoint, start=told.start, end=told.end, by=_key(request))
        return WebhookCountOut(n=n)

    return _done(request, webhook_id, act, idempotency_key, dry_run=dry_run)


@router.post(
    "/webhooks/{webhook_id}/ping", operation_id="pingWebhook", auth=WRITE, response=DeliveryOut
)
def ping_webhook(request: HttpRequest, webhook_id: WebhookId) -> HttpResponse:
    """Send a test now, whatever state it is in, and say what came back."""
    return answer_record(delivery_shown(ping_by_key(_key(request), webhook_id)))


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    operation_id="listWebhookDeliveries",
    auth=READ,
    response=PageOut[DeliveryOut],
)
def list_deliveries(
    request: HttpRequest, webhook_id: WebhookId, paging: Query[DeliveryPaging]
) -> HttpResponse:
    """Each try of the last 30 days, the oldest first."""
    endpoint = record_by_key(_key(request), ENDPOINT, webhook_id)
    wanted = paging.wanted(request, endpoint=endpoint.pk, webhook_id=paging.webhook_id)
    return answer_page(request, ATTEMPT, wanted, delivery_shown)


def _done(
    request: HttpRequest,
    webhook_id: UUID,
    act: Any,
    name: str | None,
    *,
    dry_run: bool,
) -> HttpResponse:
    """Do one thing to a webhook that is held."""

    def done() -> Answer:
        body = act(endpoint_to_change(_key(request), webhook_id))
        return Answer(200, body, "webhook.told", {}, webhook_id)

    return answer_once(request, done, name=name, dry_run=dry_run)


def _key(request: HttpRequest) -> Any:
    return request.auth  # type: ignore[attr-defined]


def _etag(body: WebhookOut) -> str:
    """A mark of what can be changed; what waits changes all the time."""
    return etag_of(WebhookIn(**body.model_dump(include=set(WebhookIn.model_fields))))


def _with_etag(answer: HttpResponse) -> HttpResponse:
    answer.headers["ETag"] = _etag(WebhookOut.model_validate_json(answer.content))
    return answer


def shown(endpoint: Endpoint) -> WebhookOut:
    """A webhook as programs see it."""
    return WebhookOut(
        id=endpoint.pk,
        created_at=made_at(endpoint.pk),
        name=endpoint.name,
        url=endpoint.url,
        kinds=endpoint.kinds,
        payload=PayloadStyle(endpoint.payload),
        state=EndpointState(endpoint.state),
        why=endpoint.why or None,
        stopped_at=endpoint.stopped_at,
        held_until=endpoint.held_until,
        n_waiting=n_waiting(endpoint.pk),
    )


def delivery_shown(attempt: DeliveryAttempt) -> DeliveryOut:
    """A try as programs see it."""
    return DeliveryOut(
        id=attempt.pk,
        tried_at=made_at(attempt.pk),
        webhook_id=attempt.webhook_id,
        kind=attempt.kind,
        attempt=attempt.attempt,
        is_delivered=attempt.is_delivered,
        status=attempt.status,
        reason=attempt.reason or None,
        answer=attempt.answer or None,
        duration_ms=attempt.duration_ms,
    )
