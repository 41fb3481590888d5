"""Settings: what a regular is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from regulars.board.forms import RegularRuleForm
from regulars.board.views.page import for_whoever, page
from regulars.board.views.signing import status_of
from regulars.company.models import Staff
from regulars.company.rights import Action
from regulars.measure.regulars import Definition
from regulars.readings.queries.takings import last_taking, regular_rule
from regulars.readings.services.regular_rules import NotARule, set_regular_rule


@require_http_methods(["GET", "POST"])
@for_whoever(may=Action.MANAGE_SETTINGS)
def regulars(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Days, window and base; from the next round on."""
    now = regular_rule()
    form = RegularRuleForm(
        request.POST or None,
        initial={name: getattr(now, name) for name in RegularRuleForm.base_fields},
    )
    if form.is_valid():
        told = form.cleaned_data
        try:
            definition = Definition(told["days"], told["window_days"], told["base_days"])
            set_regular_rule(definition=definition, horizon_days=told["horizon_days"], by=staff.pk)
            return redirect("board:regulars")
        except NotARule as refusal:
            form.refuse(refusal)
        except ValueError:
            form.refuse(NotARule.of_windows())
    told = page(form=form, here="regulars", taking=last_taking(), rule=now)
    return render(request, "board/regulars.html", told, status=status_of(form))
