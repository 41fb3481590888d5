"""The company says what a regular is."""

from uuid import UUID

from django.db import transaction

from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.measure.regulars import Definition
from regulars.readings.models import RegularRule
from regulars.readings.models.regular_rule import LONGEST_DAYS


class NotARule(Refusal):
    """No customer could be a regular by this rule, or it cannot be counted."""

    def __init__(self, why: str, **facts: object) -> None:
        super().__init__(
            "not_a_rule", why, N_("Write for example 3 days in 180, among those of 365."), **facts
        )

    @classmethod
    def of_windows(cls) -> "NotARule":
        """The days do not fit into the window, or the window not into the base."""
        return cls(N_("The days must fit into the window, and the window into the other one."))


@transaction.atomic
def set_regular_rule(*, definition: Definition, horizon_days: int, by: UUID) -> RegularRule:
    """From the next round on a regular is this. The same rule again is no new version."""
    if definition.base_days > LONGEST_DAYS:
        raise NotARule(N_("No window may be longer than {most} days."), most=LONGEST_DAYS)
    if not 1 <= horizon_days <= LONGEST_DAYS:
        raise NotARule(N_("The odds look 1 to {most} days ahead."), most=LONGEST_DAYS)
    last = RegularRule.objects.order_by("-pk").first()
    if last and (last.definition, last.horizon_days) == (definition, horizon_days):
        return last
    made = RegularRule.objects.create(
        days=definition.days,
        window_days=definition.window_days,
        base_days=definition.base_days,
        horizon_days=horizon_days,
        set_by=by,
    )
    audit.record("regular_rule.set", by=by, subject_id=None, rule=str(made), horizon=horizon_days)
    return made
