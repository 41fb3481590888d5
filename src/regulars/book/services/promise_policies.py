"""How long before they are due promises are warned of."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from regulars.book.models import PromisePolicy
from regulars.book.models.promise import PromiseKind
from regulars.book.services.fitting import BadValue
from regulars.company.services import audit
from regulars.kit.texts import N_

DEFAULT = {
    PromiseKind.DELIVERY: timedelta(days=1),
    PromiseKind.CALL_BACK: timedelta(hours=1),
    PromiseKind.REPAIR: timedelta(days=1),
    PromiseKind.REFUND: timedelta(days=1),
    PromiseKind.OTHER: timedelta(days=1),
}
_LONGEST = timedelta(days=365)


def warn_before(kind: PromiseKind) -> timedelta:
    """How long before, for this kind: as the company set it, or the default."""
    policy = PromisePolicy.objects.filter(pk=kind).first()
    return policy.warn_before if policy is not None else DEFAULT[kind]


@transaction.atomic
def set_warning(kind: PromiseKind, *, before: timedelta, by: UUID | None) -> PromisePolicy:
    """Set how long before promises of a kind are warned of; those already given keep theirs."""
    if not timedelta(0) < before <= _LONGEST:
        raise BadValue("before", before, N_("Give a time above 0 and up to 365 days."))
    policy, _ = PromisePolicy.objects.update_or_create(kind=kind, defaults={"warn_before": before})
    seconds = int(before.total_seconds())
    audit.record("promise_policy.set", by=by, kind=kind, warn_before_seconds=seconds)
    return policy
