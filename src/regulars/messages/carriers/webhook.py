"""The carrier of webhooks: one try, and what follows from the answer."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from regulars.messages.carriers.carrier import Dispatch, Patience, Permanent, Temporary
from regulars.messages.models.endpoint import Endpoint, EndpointState
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState
from regulars.messages.webhooks import health
from regulars.messages.webhooks.delivering import Outcome, deliver, note_attempt, valid_secrets
from regulars.messages.webhooks.payload import body_of
from regulars.messages.webhooks.posting import Poster
from regulars.messages.webhooks.reach import WebhookReach


class WebhookCarrier:
    """Webhooks to all endpoints."""

    channel = OutgoingChannel.WEBHOOK
    patience = Patience(
        first=timedelta(seconds=5),
        longest=timedelta(hours=2),
        give_up_after=health.PATIENT_FOR,
        given_up=OutgoingState.PAUSED,
    )

    def __init__(self, reach: WebhookReach) -> None:
        self._poster = Poster(reach)

    def open(self) -> None:
        """Connections are opened when there is something to send."""

    def close(self) -> None:
        """Let go of all connections."""
        self._poster.close()

    def send(self, dispatch: Dispatch) -> str:
        """Tell an endpoint; gives the id that the webhook has."""
        found = Endpoint.objects.filter(pk__in=[dispatch.endpoint_id])
        if (endpoint := found.first()) is None:
            raise Permanent("endpoint_removed")
        if endpoint.state != EndpointState.ENABLED:
            health.lay_aside(dispatch.id)
            raise Temporary(health.STOPPED)
        now = timezone.now()
        if endpoint.held_until is not None and endpoint.held_until > now:
            raise Temporary("endpoint_held", wait=endpoint.held_until - now)
        webhook_id = str(dispatch.payload["id"])
        body = body_of(dispatch.payload, dispatch.sequence)
        valid = valid_secrets(endpoint.pk)
        # Given back to the pool meanwhile: the other side may take long.
        connection.close()
        outcome = deliver(self._poster, endpoint.url, webhook_id, body, valid)
        note_attempt(endpoint, outcome, webhook_id, dispatch.kind, dispatch.attempt)
        if outcome.reason:
            raise self._failed(endpoint, dispatch, webhook_id, outcome)
        health.note_delivered(endpoint)
        return webhook_id

    def _failed(
        self, endpoint: Endpoint, dispatch: Dispatch, webhook_id: str, outcome: Outcome
    ) -> Temporary:
        if outcome.is_gone:
            health.disable_gone(endpoint.pk)
            health.lay_aside(dispatch.id)
            return Temporary(outcome.reason)
        held_until = health.note_failure(
            endpoint.pk, asked_wait=outcome.asked_wait, is_whole=outcome.is_whole
        )
        now = timezone.now()
        waits = [held_until - now, timedelta()]
        if outcome.is_perhaps_ours:
            waits.append(health.jittered(self.patience.wait(dispatch.attempt)))
            waits.append(outcome.asked_wait or timedelta())
        wait = max(waits)
        tried_for = now - dispatch.admitted_at
        if tried_for < health.LAST_TRY_AFTER:
            wait = min(wait, health.LAST_TRY_AFTER - tried_for)
        else:
            wait = max(wait, health.PATIENT_FOR - health.LAST_TRY_AFTER)
            health.note_given_up(endpoint.pk, dispatch.id, webhook_id)
        return Temporary(outcome.reason, wait=wait)
