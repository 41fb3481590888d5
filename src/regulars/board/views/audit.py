"""The audit log: who read and changed what."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from regulars.board.forms import AuditForm
from regulars.board.views.page import for_whoever, page
from regulars.board.views.signing import status_of
from regulars.book.queries.access import PREFIX as CUSTOMER
from regulars.company.models import Staff
from regulars.company.queries.audit import AuditFilter, AuditLine, audit_page
from regulars.company.queries.company import the_company
from regulars.company.rights import Action
from regulars.kit.ids import from_readable, readable

PREFIX = "aud"


@never_cache
@require_safe
@for_whoever(may=Action.READ_AUDIT)
def audit(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The newest first, a page at a time; the filter is in the address."""
    form = AuditForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    zone = ZoneInfo(the_company().time_zone)
    found = audit_page(
        staff,
        wanted=AuditFilter(
            action=asked.get("action", ""),
            staff_id=asked.get("who") or None,
            since=_start_of(asked.get("since"), zone),
            until=_start_of(asked.get("until"), zone, days=1),
            before=from_readable(PREFIX, request.GET.get("before", "")),
        ),
    )
    older = ""
    if found.before is not None:
        kept = {name: value for name in form.fields if (value := request.GET.get(name))}
        older = "?" + urlencode(kept | {"before": readable(PREFIX, found.before)})
    told = page(
        form=form,
        lines=[_shown(line) for line in found.lines],
        older=older,
        is_first="before" not in request.GET,
        here="audit",
    )
    return render(request, "board/audit.html", told, status=status_of(form))


@dataclass(frozen=True)
class Shown:
    """A line of the log as the page has it."""

    at: datetime
    who: str
    action: str
    subject: str
    facts: list[tuple[str, str]]


def _shown(line: AuditLine) -> Shown:
    """Customers by the id in their address; a change as what was and what is."""
    facts = {name: "-" if value in {None, ""} else str(value) for name, value in line.facts.items()}
    if {"field", "old", "new"} <= set(facts):
        facts = {facts["field"]: f"{facts['old']} → {facts['new']}"}
    subject = str(line.subject_id or "")
    if line.subject_id and line.action.startswith("customer."):
        subject = readable(CUSTOMER, line.subject_id)
    return Shown(line.at, line.who, line.action, subject, list(facts.items()))


def _start_of(day: date | None, zone: ZoneInfo, *, days: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=days), time.min, zone) if day else None
