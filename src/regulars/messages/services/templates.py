"""Templates in the company's own words."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from regulars.book.models.consent import MessagePurpose
from regulars.book.services.fitting import BadValue, check_code, check_text
from regulars.company.services import audit
from regulars.kit.texts import LANGUAGES, N_
from regulars.messages.models import TemplateVersion
from regulars.messages.shipped import SHIPPED
from regulars.messages.template_text import ValueKind, check_names

_LONGEST_SUBJECT = 200


@transaction.atomic
def save_template(
    code: str,
    *,
    language: str,
    subject: str,
    text: str,
    purpose: MessagePurpose = MessagePurpose.SERVICE,
    variables: Mapping[str, ValueKind] | None = None,
    by: UUID | None,
) -> TemplateVersion:
    """Keep the words of a template as its next version; the same words again change nothing.

    A text that cannot be read, or names what no value is given for, is refused. Of a shipped
    template the variables and the purpose are ours.
    """
    check_code("code", code, most=60)
    if language not in LANGUAGES:
        raise BadValue("language", language, N_("Write in one of the languages of the house."))
    if shipped := SHIPPED.get(code):
        variables, purpose = shipped.variables, shipped.purpose
    known = {"company": ValueKind.TEXT, **(variables or {})}
    _check("subject", subject, known)
    _check("text", text, known)
    if "\n" in subject or "\r" in subject or len(subject) > _LONGEST_SUBJECT:
        raise BadValue("subject", subject, N_("Write one line of at most 200 letters."))
    if not text.strip():
        raise BadValue("text", text, N_("Write what the message says."))
    earlier = TemplateVersion.objects.filter(code=code, language=language).order_by("-version")
    told = {"purpose": purpose, "variables": dict(known), "subject": subject, "text": text}
    latest = earlier.first()
    if latest and all(getattr(latest, name) == value for name, value in told.items()):
        return latest
    highest = earlier.aggregate(highest=Max("version"))["highest"] or 0
    made = TemplateVersion.objects.create(
        code=code, language=language, version=highest + 1, staff_id=by, **told
    )
    audit.record("template.saved", by=by, subject_id=made.pk, code=code, version=made.version)
    return made


def _check(field: str, text: str, known: Mapping[str, ValueKind]) -> None:
    check_text(field, text)
    check_names(text, known)
