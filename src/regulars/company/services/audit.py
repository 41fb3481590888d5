"""Writing the audit log: in the transaction of what it speaks of."""

from uuid import UUID

from regulars.company.models import ApiKey, AuditEntry, Staff


def record(
    action: str,
    *,
    by: UUID | None,
    by_key: UUID | None = None,
    subject_id: UUID | None = None,
    **facts: str | int | None,
) -> AuditEntry:
    """Note a reading or change; `action` is `subject.verb`.

    `by` is a member of staff and `by_key` a program's key; None for both is the house itself.
    """
    return AuditEntry.objects.create(
        staff_id=by,
        key_id=by_key,
        action=action,
        subject=action.partition(".")[0],
        subject_id=subject_id,
        facts=facts,
    )


def record_by(
    by: Staff | ApiKey,
    action: str,
    *,
    subject_id: UUID | None = None,
    **facts: str | int | None,
) -> AuditEntry:
    """The same for whoever acted, a person or a program."""
    staff, key = (None, by.pk) if isinstance(by, ApiKey) else (by.pk, None)
    return record(action, by=staff, by_key=key, subject_id=subject_id, **facts)


def record_changes(
    subject: str,
    *,
    by: Staff | ApiKey,
    before: dict[str, str],
    after: dict[str, str],
    subject_id: UUID | None = None,
) -> None:
    """Note each field that is another than it was, with both of its values."""
    for field, new in after.items():
        if new != before[field]:
            record_by(
                by,
                f"{subject}.changed",
                subject_id=subject_id,
                field=field,
                old=before[field],
                new=new,
            )
