"""What the company wants to reach, and how it goes."""

from collections.abc import Sequence

from regulars.readings.models import Goal, GoalMetric


def open_goals() -> Sequence[Goal]:
    """What is still to be reached, the next due first; one statement."""
    return list(Goal.objects.filter(ended_at=None).select_related("owner").order_by("due_on"))


def ended_goals(*, at_most: int = 20) -> Sequence[Goal]:
    """Goals that ended, the latest first; one statement."""
    held = Goal.objects.exclude(ended_at=None).select_related("owner")
    return list(held.order_by("-ended_at")[:at_most])


def goal_of(metric: GoalMetric) -> Goal | None:
    """The open goal of a metric."""
    return Goal.objects.filter(metric=metric, ended_at=None).first()
