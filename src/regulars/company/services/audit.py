"""Writing the audit log: in the transaction of what it speaks of."""

from uuid import UUID

from regulars.company.models import AuditEntry


def record(
    action: str,
    *,
    by: UUID | None,
    subject_id: UUID | None = None,
    **facts: str | int | None,
) -> AuditEntry:
    """Note a reading or change; `action` is `subject.verb`, and `by` is None for the house."""
    return AuditEntry.objects.create(
        staff_id=by,
        action=action,
        subject=action.partition(".")[0],
        subject_id=subject_id,
        facts=facts,
    )
