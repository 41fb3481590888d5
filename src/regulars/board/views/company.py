"""Settings: what the company is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from regulars.board.forms import CompanyForm
from regulars.board.views.page import for_whoever, page
from regulars.board.views.signing import status_of
from regulars.company.models import Staff
from regulars.company.queries.company import the_company
from regulars.company.rights import Action
from regulars.company.services.company import (
    FirstLanguageNotOffered,
    UnknownCurrency,
    UnknownTimeZone,
    change_company,
)
from regulars.company.services.naming import NotAName


@require_http_methods(["GET", "POST"])
@for_whoever(may=Action.MANAGE_SETTINGS)
def company(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Name, time zone, currency and languages."""
    now = the_company()
    form = CompanyForm(
        request.POST or None,
        initial={field: getattr(now, field) for field in CompanyForm.base_fields},
    )
    if form.is_valid():
        try:
            change_company(**form.cleaned_data, by=staff)
            return redirect("board:settings")
        except NotAName as refusal:
            form.refuse(refusal, "name")
        except UnknownTimeZone as refusal:
            form.refuse(refusal, "time_zone")
        except UnknownCurrency as refusal:
            form.refuse(refusal, "currency")
        except FirstLanguageNotOffered as refusal:
            form.refuse(refusal, "first_language")
    return render(
        request, "board/company.html", page(form=form, here="company"), status=status_of(form)
    )
