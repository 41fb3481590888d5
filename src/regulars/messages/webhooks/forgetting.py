"""What became of webhooks is forgotten after a month."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from regulars.messages.models import OutgoingContent
from regulars.messages.models.endpoint import DeliveryAttempt
from regulars.messages.models.outgoing import OutgoingChannel

KEPT_FOR = timedelta(days=30)
_BITS = 80  # of an id, after its milliseconds


@transaction.atomic
def forget_old_deliveries() -> int:
    """Forget tries of more than a month ago, and what went out then; gives how many tries.

    The messages themselves stay, with the sequence that a replay tells again.
    """
    before = timezone.now() - KEPT_FOR
    oldest_kept = UUID(int=int(before.timestamp() * 1000) << _BITS)
    n, _ = DeliveryAttempt.objects.filter(pk__lt=oldest_kept).delete()
    OutgoingContent.objects.filter(
        outgoing__channel=OutgoingChannel.WEBHOOK, outgoing__ended_at__lt=before
    ).delete()
    return n
