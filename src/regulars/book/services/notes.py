"""What people write about contacts and promises."""

from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.book.models import Contact, Note, Promise
from regulars.book.services.fitting import check_text
from regulars.book.services.telling import hold, refuse_erased
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class NothingWritten(Refusal):
    """A note without words."""

    def __init__(self) -> None:
        super().__init__(
            "nothing_written",
            N_("The note is empty."),
            N_("Write a word, or leave the note out."),
        )


@transaction.atomic
def write_note(about: Contact | Promise, *, text: str, by: UUID | None) -> Note:
    """Add a note; the same words of the same person about the same thing are one note."""
    if not text.strip():
        raise NothingWritten
    check_text("text", text)
    refuse_erased(hold(about.customer))
    subject = "contact" if isinstance(about, Contact) else "promise"
    said: dict[str, Any] = {subject: about, "staff_id": by, "text": text.strip()}
    if (again := Note.objects.filter(**said).first()) is not None:
        return again
    if by is not None:
        audit.record(f"{subject}.note_written", by=by, subject_id=about.pk)
    return Note.objects.create(**said)


@transaction.atomic
def erase_note(note: Note, *, by: UUID | None) -> None:
    """Erase what was written; the contact or promise stays."""
    subject, subject_id = (
        ("contact", note.contact_id) if note.contact_id else ("promise", note.promise_id)
    )
    n_erased, _ = Note.objects.filter(pk=note.pk).delete()
    if n_erased:
        audit.record(f"{subject}.note_erased", by=by, subject_id=subject_id)
