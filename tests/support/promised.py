"""A promise of the tests, and what is asked of one again and again."""

from regulars.book.models.promise import PromiseKind
from regulars.book.services.promises import make_promise
from tests.support.cast import at, told

MADE, DUE = at("2026-03-02 09:00"), at("2026-03-05 17:00")
BEFORE, AFTER = at("2026-03-04 12:00"), at("2026-03-06 08:00")
LATER = at("2026-03-09 17:00")


def promised(who, kind=PromiseKind.DELIVERY, *, made_at=MADE, due_at=DUE, **more):
    return make_promise(who, kind=kind, made_at=made_at, due_at=due_at, **(told() | more))
