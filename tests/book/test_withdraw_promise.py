import pytest

from regulars.book.models.promise import PromiseState
from regulars.book.services.breaches import record_breaches
from regulars.book.services.fitting import BadValue
from regulars.book.services.promises import PromiseClosed, keep_promise, withdraw_promise
from tests.support.cast import customer, events_of, everything, told
from tests.support.promised import AFTER, BEFORE, DUE, MADE, promised

pytestmark = pytest.mark.django_db


def withdraw(promise, withdrawn_at=BEFORE, why="not_wanted", **more):
    return withdraw_promise(promise, why=why, withdrawn_at=withdrawn_at, **(told() | more))


def test_withdrawn_in_time_it_can_no_longer_be_broken():
    ana = customer()
    promise = withdraw(promised(ana))
    assert promise.state is PromiseState.WITHDRAWN
    assert record_breaches(AFTER) == 0
    assert events_of(ana) == [("promise.made", MADE), ("promise.withdrawn", BEFORE)]
    assert ana.events.get(kind="promise.withdrawn").codes["why"] == "not_wanted"


def test_withdrawing_after_the_moment_hides_no_breach():
    ana = customer()
    promise = withdraw(promised(ana), AFTER)
    assert (promise.state, promise.broken_at) == (PromiseState.WITHDRAWN, DUE)
    assert events_of(ana)[1:] == [("promise.broken", DUE), ("promise.withdrawn", AFTER)]


def test_told_twice_it_is_withdrawn_once():
    ana = customer()
    promise = promised(ana)
    assert withdraw(promise, source_key="w-1") == withdraw(promise, AFTER, source_key="w-1")
    assert len(events_of(ana)) == 2


def test_refusals_change_nothing():
    gone, other = withdraw(promised(customer())), promised(customer("Bo"))
    before = everything()
    with pytest.raises(PromiseClosed):
        withdraw(gone)
    with pytest.raises(PromiseClosed):
        keep_promise(gone, kept_at=BEFORE, **told())
    with pytest.raises(BadValue):
        withdraw(other, why="She does not want it any more.")
    assert everything() == before
