"""Goals: will we reach it in time?"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from regulars.board.forms import GoalForm
from regulars.board.measures import MEASURES
from regulars.board.templatetags.texts import reader_language
from regulars.board.views.page import for_whoever, page
from regulars.board.views.signing import status_of
from regulars.company.models import Staff
from regulars.company.queries.people import staff as everybody
from regulars.company.rights import Action
from regulars.kit.errors import Refusal
from regulars.kit.ids import readable
from regulars.kit.numbers import Numbers
from regulars.kit.texts import N_, say
from regulars.readings.models import Goal, GoalMetric, Reading
from regulars.readings.queries.goals import ended_goals, open_goals
from regulars.readings.queries.takings import last_taking, readings_of
from regulars.readings.services.goals import end_goal, set_goal


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal and how it goes."""

    id: UUID
    name: str
    target: str
    due_on: date
    owner: str
    now: str
    likely: str
    reading: str  # the address of the reading behind it
    odds: str
    ended_on: date | None


@require_http_methods(["GET", "POST"])
@for_whoever(may=Action.SEE_FIGURES)
def goals(request: HttpRequest, staff: Staff) -> HttpResponse:
    """What we want to reach, where we stand, and the odds; who may, sets one."""
    may_set = staff.may(Action.MANAGE_SETTINGS)
    form = GoalForm(request.POST if may_set and request.method == "POST" else None)
    if form.is_valid():
        told = form.cleaned_data
        owner = next(one for one in everybody() if str(one.pk) == told["owner"])
        try:
            set_goal(
                GoalMetric(told["metric"]),
                target_share=float(told["target_percent"]) / 100,
                due_on=told["due_on"],
                owner=owner,
                by=staff,
            )
            return redirect("board:goals")
        except Refusal as refusal:
            form.refuse(refusal)
    taking = last_taking()
    stored = readings_of(taking) if taking else {}
    told = page(
        here="goals",
        form=form if may_set else None,
        rows=[_row(goal, stored) for goal in open_goals()],
        ended=[_row(goal, stored) for goal in ended_goals()],
    )
    return render(request, "board/goals.html", told, status=status_of(form))


@require_POST
@for_whoever(may=Action.MANAGE_SETTINGS)
def end(request: HttpRequest, staff: Staff, goal_id: UUID) -> HttpResponse:  # noqa: ARG001
    """It is no goal any more."""
    end_goal(goal_id, by=staff)
    return redirect("board:goals")


def _row(goal: Goal, stored: dict[str, Reading]) -> GoalRow:
    lang = reader_language()
    numbers = Numbers(lang)
    now, odds = stored.get(goal.metric), None
    if goal.metric == GoalMetric.REGULARS_SHARE:
        odds = stored.get("goal_odds")
    likely = ""
    if now and now.low is not None and now.high is not None:
        likely = numbers.percent_range(now.low, now.high)
    known = odds.value if odds else None
    return GoalRow(
        id=goal.pk,
        name=say(MEASURES[goal.metric].name, lang),
        target=numbers.percent(goal.target_share),
        due_on=goal.due_on,
        owner=goal.owner.name,
        now=numbers.percent(now.value) if now and now.value is not None else "",
        likely=likely,
        reading=f"/readings/{readable('red', now.pk)}" if now else "",
        odds=say(N_("Cannot tell yet"), lang) if known is None else numbers.odds(known),
        ended_on=goal.ended_at.date() if goal.ended_at else None,
    )
