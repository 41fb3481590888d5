"""Endpoints: made, changed, given a new secret, paused, resumed and removed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from regulars.book.happenings import WORDS
from regulars.company.models import ApiKey, Staff
from regulars.company.services import audit
from regulars.company.services.naming import shown_name
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.messages.models.endpoint import Endpoint, EndpointSecret, PayloadStyle
from regulars.messages.models.outgoing import OutgoingState
from regulars.messages.webhooks import health
from regulars.messages.webhooks.addresses import target_of
from regulars.messages.webhooks.signing import new_secret, seal

MOST_SECRETS = 5
# Those that messages write themselves; the book's own have their words.
OWN_KINDS = (
    *(f"message.{verb}" for verb in ("sent", "failed", "dropped", "merged", "deferred")),
    *(f"channel.{verb}" for verb in ("closed", "opened")),
    *(f"webhook.{verb}" for verb in ("paused", "disabled", "message_held")),
)
KINDS = frozenset({*WORDS, *OWN_KINDS})


class UrlTaken(Refusal):
    """Another endpoint has this address."""

    def __init__(self) -> None:
        super().__init__(
            "webhook_url_taken",
            N_("There is a webhook to this address already."),
            N_("Change that one, or give another address."),
        )


class NoSuchKind(Refusal):
    """Events of such a kind do not happen."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            "webhook_kind_unknown",
            N_("There are no events of the kind {kind!r}."),
            N_("Choose from: {kinds}."),
            kind=kind,
            kinds=", ".join(sorted(KINDS)),
        )


class TooManySecrets(Refusal):
    """Too many old secrets still hold."""

    def __init__(self) -> None:
        super().__init__(
            "too_many_secrets",
            N_("{n} secrets of this webhook are valid at once already."),
            N_("Wait until an old one has expired, or let them end now: keep them for 0 hours."),
            n=MOST_SECRETS,
        )


@transaction.atomic
def add_endpoint(
    *,
    name: str,
    url: str,
    kinds: Sequence[str] = (),
    payload: PayloadStyle = PayloadStyle.THIN,
    by: Staff | ApiKey,
) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which is told this once; it is told what happens from now."""
    told = _checked({"name": name, "url": url, "kinds": kinds, "payload": payload})
    if Endpoint.objects.filter(url=url).exists():
        raise UrlTaken
    endpoint = Endpoint.objects.create(**told)
    secret = _add_secret(endpoint)
    endpoint.refresh_from_db()
    audit.record_by(by, "webhook.made", subject_id=endpoint.pk, url=url, kinds=" ".join(kinds))
    return endpoint, secret


@transaction.atomic
def change_endpoint(endpoint: Endpoint, *, by: Staff | ApiKey, **told: object) -> None:
    """Say anew what it is called, where it is, or what it is told; what waits goes there too."""
    held = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    fields = _checked(told)
    if Endpoint.objects.filter(url=fields.get("url")).exclude(pk=held.pk).exists():
        raise UrlTaken
    before = {field: _written(getattr(held, field)) for field in fields}
    for field, value in fields.items():
        setattr(held, field, value)
    held.save(update_fields=list(fields))
    after = {field: _written(value) for field, value in fields.items()}
    audit.record_changes("webhook", by=by, before=before, after=after, subject_id=held.pk)


@transaction.atomic
def rotate_secret(
    endpoint: Endpoint, *, keep_for: timedelta, by: Staff | ApiKey
) -> tuple[str, datetime | None]:
    """A new secret, told this once, and until when those before it stay valid, if they do."""
    held = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    now = timezone.now()
    held.secrets.filter(expires_at__lte=now).delete()
    if keep_for > timedelta():
        if held.secrets.count() >= MOST_SECRETS:
            raise TooManySecrets
        held.secrets.filter(expires_at=None).update(expires_at=now + keep_for)
    else:
        held.secrets.all().delete()
    hours = int(keep_for.total_seconds() // 3600)
    audit.record_by(by, "webhook.rotated", subject_id=held.pk, old_valid_hours=hours)
    until = held.secrets.order_by("-expires_at").values_list("expires_at", flat=True).first()
    return _add_secret(held), until


@transaction.atomic
def pause_endpoint(endpoint: Endpoint, *, by: Staff | ApiKey) -> None:
    """Keep what happens, and send nothing until it is resumed; twice changes nothing."""
    held = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    health.pause(held)
    audit.record_by(by, "webhook.paused", subject_id=held.pk)


@transaction.atomic
def resume_endpoint(endpoint: Endpoint, *, by: Staff | ApiKey) -> int:
    """Send all that waits in its order, at once, and go on; gives how many messages that are."""
    held = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    n = health.resume(held)
    audit.record_by(by, "webhook.resumed", subject_id=held.pk, n=n)
    return n


@transaction.atomic
def remove_endpoint(endpoint: Endpoint, *, by: Staff | ApiKey) -> int:
    """Forget an endpoint; gives how many messages will not be sent to it any more."""
    held = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    waiting = health.open_at(held.pk).exclude(state=OutgoingState.LEASED)
    n = waiting.update(
        state=OutgoingState.DROPPED, fate="endpoint_removed", ended_at=timezone.now()
    )
    audit.record_by(by, "webhook.removed", subject_id=held.pk, url=held.url, n=n)
    held.delete()
    return n


def _checked(told: Mapping[str, object]) -> dict[str, object]:
    fields = dict(told)
    if "url" in fields:
        target_of(str(fields["url"]), settings.WEBHOOK_REACH)
    if "name" in fields:
        fields["name"] = shown_name(str(fields["name"]))
    if "kinds" in fields:
        kinds: Sequence[str] = fields["kinds"]  # type: ignore[assignment]
        for kind in kinds:
            if kind not in KINDS:
                raise NoSuchKind(kind)
        fields["kinds"] = sorted(set(kinds))
    if "payload" in fields:
        fields["payload"] = str(fields["payload"])
    return fields


def _written(value: object) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


def _add_secret(endpoint: Endpoint) -> str:
    secret = new_secret()
    EndpointSecret.objects.create(endpoint=endpoint, sealed=seal(secret))
    return secret
