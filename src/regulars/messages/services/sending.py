"""The loop of a sender: claim, ask the gate, send, record. No transaction is open while sending."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from regulars.messages.carriers.carrier import Carrier, Dispatch, Permanent, Temporary, Unreachable
from regulars.messages.models import Outgoing, OutgoingContent
from regulars.messages.models.outgoing import OutgoingState
from regulars.messages.services.fates import apply_decision, end, wait
from regulars.messages.services.gate import decide
from regulars.messages.services.holding import hold_message
from regulars.messages.services.leasing import LEASE, Lease, claim, give_back, renew

BATCH = 50
TRIES_USED_UP = "tries_used_up"
_RENEW_AFTER = LEASE.total_seconds() / 4
_log = logging.getLogger(__name__)


def send_next(
    carrier: Carrier,
    *,
    at_most: int = BATCH,
    until: Callable[[], bool] = lambda: False,
) -> int:
    """Send what is ready, a batch at most; gives how many messages were taken in hand.

    When `until` says so, the message at hand is finished and the others are laid back. So they are
    where the provider is `Unreachable`; that is raised.
    """
    lease = claim(carrier.channel, at_most=at_most)
    if not lease.message_ids:
        return 0
    connection.close()
    renewed_at = time.monotonic()
    try:
        carrier.open()
        for message_id in lease.message_ids:
            if until():
                break
            if time.monotonic() - renewed_at > _RENEW_AFTER:
                renew(lease)
                renewed_at = time.monotonic()
            dispatch = _admit(message_id, lease)
            if dispatch is not None:
                _send(carrier, dispatch, lease)
    finally:
        give_back(lease)
    return len(lease.message_ids)


@transaction.atomic
def _admit(message_id: UUID, lease: Lease) -> Dispatch | None:
    """Ask the gate, and note that the message goes; None where it does not, or is not ours now."""
    message = _ours(message_id, lease)
    if message is None:
        return None
    now = timezone.now()
    content = OutgoingContent.objects.filter(pk=message.pk).first()
    if content is None:
        end(message, OutgoingState.DROPPED, fate="erased", at=now)
        return None
    if not apply_decision(message, decide(message, at=now), at=now):
        return None
    content.refresh_from_db()  # the gate may have merged another message into it
    message.admitted_at = message.admitted_at or now
    message.attempts += 1
    message.save(update_fields=["admitted_at", "attempts"])
    return Dispatch(
        id=message.pk,
        key=message.key,
        kind=message.kind,
        purpose=message.purpose,
        address=content.address,
        payload=content.payload,
        admitted_at=message.admitted_at,
        attempt=message.attempts,
        customer_id=message.customer_id,
        endpoint_id=message.endpoint_id,
        sequence=message.sequence,
    )


def _send(carrier: Carrier, dispatch: Dispatch, lease: Lease) -> None:
    # Given back to the pool meanwhile: sending may take long.
    connection.close()
    try:
        provider_id = carrier.send(dispatch)
    except Temporary as error:
        _record_temporary(carrier, dispatch, lease, error)
        if isinstance(error, Unreachable):
            raise
    except Permanent as error:
        _record(dispatch, lease, OutgoingState.FAILED, fate=error.reason, answer=error.answer)
    except Exception as error:  # noqa: BLE001 - whatever a carrier raises, the message is kept
        _log.exception("%s could not be sent for a reason of ours", dispatch.id)
        carrier.close()
        ours = Temporary("our_fault", type(error).__name__)
        _record_temporary(carrier, dispatch, lease, ours)
    else:
        _record(dispatch, lease, OutgoingState.SENT, provider_id=provider_id[:200])


@transaction.atomic
def _record(
    dispatch: Dispatch,
    lease: Lease,
    state: OutgoingState,
    *,
    fate: str = "",
    answer: str = "",
    provider_id: str = "",
) -> None:
    if (message := _ours(dispatch.id, lease)) is None:
        return
    _keep_answer(dispatch, answer)
    end(message, state, fate=fate, at=timezone.now(), provider_id=provider_id)


@transaction.atomic
def _record_temporary(carrier: Carrier, dispatch: Dispatch, lease: Lease, error: Temporary) -> None:
    if (message := _ours(dispatch.id, lease)) is None:
        return
    now = timezone.now()
    _keep_answer(dispatch, error.answer)
    patience = carrier.patience
    next_try_at = now + (error.wait or patience.wait(message.attempts))
    if isinstance(error, Unreachable) or not _is_given_up(message, carrier, next_try_at):
        wait(message, OutgoingState.WAITING, fate=error.reason, next_try_at=next_try_at)
    elif patience.given_up is OutgoingState.PAUSED:
        wait(message, OutgoingState.PAUSED, fate=TRIES_USED_UP, next_try_at=next_try_at)
    else:
        end(message, patience.given_up, fate=TRIES_USED_UP, at=now)


def _is_given_up(message: Outgoing, carrier: Carrier, next_try_at: datetime) -> bool:
    began_at = message.admitted_at or message.queued_at
    return next_try_at > began_at + carrier.patience.give_up_after


def _keep_answer(dispatch: Dispatch, answer: str) -> None:
    if answer:
        OutgoingContent.objects.filter(pk=dispatch.id).update(last_answer=answer[:2000])


def _ours(message_id: UUID, lease: Lease) -> Outgoing | None:
    """The message, held; None where the lease was lost to another sender, who records it then."""
    return hold_message(message_id, lease_id=lease.id)
