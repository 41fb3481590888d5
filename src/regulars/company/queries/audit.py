"""The audit log, for those who may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from regulars.company.models import ApiKey, AuditEntry, Staff
from regulars.company.queries.access import staff_who
from regulars.company.rights import Action

PAGE = 50


@dataclass(frozen=True)
class AuditFilter:
    """Which entries: nothing said gives all."""

    action: str = ""  # "customer" or "customer.read"
    staff_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None  # entries older than this one


@dataclass(frozen=True)
class AuditLine:
    """One entry as it is read; `who` is empty where the house itself acted."""

    at: datetime
    who: str
    action: str
    subject_id: UUID | None
    facts: dict[str, str | int | None]


@dataclass(frozen=True)
class AuditPage:
    """Entries, the newest first; `before` leads on to older ones, where there are any."""

    lines: Sequence[AuditLine]
    before: UUID | None


def audit_page(user: Staff | AnonymousUser, *, wanted: AuditFilter) -> AuditPage:
    """One page of the log, in three statements however long the log is."""
    staff_who(user, may=Action.READ_AUDIT)
    # Ids sort by time. Nothing is counted: the log has millions of entries.
    found = list(_those(wanted).order_by("-id")[: PAGE + 1])
    entries = found[:PAGE]
    who = _names(entries)
    lines = [
        AuditLine(
            at=entry.at,
            who=next(
                (who[one] for one in (entry.staff_id, entry.key_id) if one and one in who), ""
            ),
            action=entry.action,
            subject_id=entry.subject_id,
            facts=entry.facts,
        )
        for entry in entries
    ]
    return AuditPage(lines=lines, before=entries[-1].pk if len(found) > PAGE else None)


def _those(wanted: AuditFilter) -> QuerySet[AuditEntry]:
    found = AuditEntry.objects.all()
    if wanted.action:
        subject, _, verb = wanted.action.partition(".")
        found = found.filter(subject=subject)
        found = found.filter(action=wanted.action) if verb else found
    asked = {
        "staff_id": wanted.staff_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
        "id__lt": wanted.before,
    }
    return found.filter(**{name: value for name, value in asked.items() if value is not None})


def _names(entries: Sequence[AuditEntry]) -> dict[UUID, str]:
    staff = Staff.objects.filter(pk__in={entry.staff_id for entry in entries if entry.staff_id})
    keys = ApiKey.objects.filter(pk__in={entry.key_id for entry in entries if entry.key_id})
    return dict(staff.values_list("pk", "name")) | dict(keys.values_list("pk", "prefix"))
