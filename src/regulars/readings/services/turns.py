"""What is done of the day's list; and done by mistake."""

import re
from datetime import date

from django.db import transaction

from regulars.company.models import Staff
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.readings.models import TurnDone

_KEY = re.compile(r"[a-z_]{1,20}:[0-9a-f-]{1,50}")


class NoSuchTurn(Refusal):
    """Nothing on the day's list has this key."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_turn", N_("This is not on the day’s list."), N_("Choose from the list.")
        )


@transaction.atomic
def mark_done(key: str, *, on: date, by: Staff) -> None:
    """It is off the list for everybody; somebody was faster is no fault."""
    if not _KEY.fullmatch(key):
        raise NoSuchTurn
    _, is_new = TurnDone.objects.get_or_create(key=key, done_on=on, defaults={"done_by": by})
    if is_new:
        audit.record("turn.done", by=by.pk, subject_id=None, key=key)


@transaction.atomic
def put_back(key: str, *, on: date, by: Staff) -> None:
    """It is on the list again."""
    n_gone, _ = TurnDone.objects.filter(key=key, done_on=on).delete()
    if n_gone:
        audit.record("turn.put_back", by=by.pk, subject_id=None, key=key)
