"""Goals are set, and end."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from regulars.book.zone import today
from regulars.company.models import Staff
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.readings.models import Goal, GoalMetric


class GoalIsOpen(Refusal):
    """There is a goal of this metric already."""

    def __init__(self) -> None:
        super().__init__(
            "goal_is_open",
            N_("There is a goal for this already."),
            N_("End that one first; it stays, with how it went."),
        )


class NotAGoal(Refusal):
    """Nothing can be reached by this."""

    def __init__(self, why: str) -> None:
        super().__init__("not_a_goal", why, N_("Choose a share above 0% and a day to come."))


@transaction.atomic
def set_goal(
    metric: GoalMetric, *, target_share: float, due_on: date, owner: Staff, by: Staff
) -> Goal:
    """From the next round on its course and its odds are reckoned."""
    if not 0 < target_share <= 1:
        raise NotAGoal(N_("A share lies above 0% and is at most 100%."))
    if due_on <= today():
        raise NotAGoal(N_("The day of the goal is past."))
    if Goal.objects.select_for_update().filter(metric=metric, ended_at=None).exists():
        raise GoalIsOpen
    goal = Goal.objects.create(
        metric=metric, target_share=target_share, due_on=due_on, owner=owner, set_by=by.pk
    )
    audit.record("goal.set", by=by.pk, subject_id=goal.pk, metric=str(metric))
    return goal


@transaction.atomic
def end_goal(goal_id: UUID, *, by: Staff) -> None:
    """It is no goal any more; ending it again changes nothing."""
    ended = Goal.objects.filter(pk=goal_id, ended_at=None).update(ended_at=timezone.now())
    if ended:
        audit.record("goal.ended", by=by.pk, subject_id=goal_id)
