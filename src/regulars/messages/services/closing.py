"""Addresses are closed by what comes back from them, and opened again by a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from regulars.book.models import Customer
from regulars.book.models.consent import ConsentHow, MessageChannel
from regulars.book.services.consents import Act, Scope, withdraw_consent
from regulars.book.services.events import record_event
from regulars.company.services import audit
from regulars.messages.models import ClosedChannel, SoftBounce
from regulars.messages.models.closed_channel import ClosedReason
from regulars.messages.queries.contact_rules import rules_in_force

SOURCE = "messages"
_LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Returned:
    """Something that came back: of which message of ours, from which address."""

    channel: MessageChannel
    address: str
    customer: Customer | None
    outgoing_id: UUID
    at: datetime
    status: str = ""


@transaction.atomic
def take_hard_bounce(returned: Returned) -> ClosedChannel:
    """There is no such address: nothing is sent to it any more. Told again it changes nothing."""
    _tell("message.bounced", returned, is_hard=True)
    return _close(returned, ClosedReason.HARD_BOUNCE)


@transaction.atomic
def take_soft_bounce(returned: Returned) -> ClosedChannel | None:
    """An address did not take a message now; several messages within 30 days close it."""
    _tell("message.bounced", returned, is_hard=False)
    SoftBounce.objects.get_or_create(
        outgoing_id=returned.outgoing_id,
        defaults={
            "channel": returned.channel,
            "address": returned.address,
            "customer": returned.customer,
            "status": returned.status[:20],
            "bounced_at": returned.at,
        },
    )
    recent = SoftBounce.objects.filter(
        channel=returned.channel,
        address=returned.address,
        bounced_at__gt=returned.at - _LOOKED_BACK,
    )
    _, rules = rules_in_force()
    if recent.count() < rules.soft_bounces:
        return None
    return _close(returned, ClosedReason.SOFT_BOUNCES)


@transaction.atomic
def take_complaint(returned: Returned) -> ClosedChannel:
    """Somebody called a message spam: only service goes there, and every consent is withdrawn."""
    _tell("message.complained", returned)
    if returned.customer is not None:
        withdraw_consent(
            returned.customer,
            Scope(channels=(returned.channel,)),
            Act(ConsentHow.COMPLAINT),
            at=returned.at,
            source=SOURCE,
            source_key=f"{returned.outgoing_id}:complained:consent",
            by=None,
        )
    return _close(returned, ClosedReason.COMPLAINT)


@transaction.atomic
def open_again(closed: ClosedChannel, *, by: UUID) -> ClosedChannel:
    """Let messages go to an address again; consents that were withdrawn stay withdrawn."""
    locked = ClosedChannel.objects.select_for_update(of=("self",)).get(pk=closed.pk)
    if locked.opened_at is not None:
        return locked
    locked.opened_at, locked.opened_by = timezone.now(), by
    locked.save(update_fields=["opened_at", "opened_by"])
    SoftBounce.objects.filter(channel=locked.channel, address=locked.address).delete()
    customer = str(locked.customer_id) if locked.customer_id else None
    audit.record("closed_channel.opened", by=by, subject_id=locked.pk, customer=customer)
    record_event(
        "channel.opened",
        customer=locked.customer,
        occurred_at=locked.opened_at,
        source=SOURCE,
        source_key=f"{locked.pk}:opened",
        channel=locked.channel,
        staff_id=by,
        subject="closed_channel",
        subject_id=locked.pk,
        codes={"reason": locked.reason},
    )
    return locked


def _close(returned: Returned, reason: ClosedReason) -> ClosedChannel:
    closed, is_new = ClosedChannel.objects.get_or_create(
        channel=returned.channel,
        address=returned.address,
        reason=reason,
        opened_at=None,
        defaults={
            "customer": returned.customer,
            "status": returned.status[:20],
            "closed_at": returned.at,
        },
    )
    if is_new:
        record_event(
            "channel.closed",
            customer=returned.customer,
            occurred_at=returned.at,
            source=SOURCE,
            source_key=f"{closed.pk}:closed",
            channel=returned.channel,
            subject="closed_channel",
            subject_id=closed.pk,
            codes={"reason": reason, "status": returned.status[:20]},
        )
    return closed


def _tell(kind: str, returned: Returned, **codes: object) -> None:
    record_event(
        kind,
        customer=returned.customer,
        occurred_at=returned.at,
        source=SOURCE,
        source_key=f"{returned.outgoing_id}:{kind.partition('.')[2]}:{codes.get('is_hard')}",
        channel=returned.channel,
        subject="message",
        subject_id=returned.outgoing_id,
        codes={"status": returned.status[:20], **codes},
    )
