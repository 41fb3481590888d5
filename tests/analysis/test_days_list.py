"""What the day's list holds, and what is done of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.analysis.turns import TurnKind, days_list
from regulars.book.models.promise import PromiseKind
from regulars.book.services.promises import keep_promise, make_promise
from regulars.company.queries.access import NotAllowed
from regulars.readings.services.turns import NoSuchTurn, mark_done, put_back
from tests.support.cast import at, customer, told, works_here

pytestmark = pytest.mark.django_db
NOW = at("2026-03-02 12:00")
TODAY = NOW.date()


def promised(who, due_at, kind=PromiseKind.DELIVERY):
    told_at = told()
    return make_promise(who, kind=kind, made_at=at("2026-02-01 09:00"), due_at=due_at, **told_at)


def kinds(cy):
    return [turn.kind for turn in days_list(cy, now=NOW).turns]


def test_what_can_still_be_kept_comes_before_what_was_broken():
    cy = works_here("Cy")
    promised(customer("Ana"), at("2026-03-01 12:00"))
    soon = promised(customer("Bo"), at("2026-03-02 13:00"))
    promised(customer("Far"), at("2026-03-20 12:00"))
    promised(customer("Old"), at("2026-02-10 12:00"))
    found = days_list(cy, now=NOW)
    assert [(turn.kind, turn.name) for turn in found.turns] == [
        (TurnKind.BREAKING, "Bo"),
        (TurnKind.BROKEN, "Ana"),
    ]
    keep_promise(soon, kept_at=at("2026-03-02 11:00"), **told())
    assert kinds(cy) == [TurnKind.BROKEN]


def test_more_than_three_of_a_kind_are_one_thing_to_do():
    cy = works_here("Cy")
    for n in range(4):
        promised(customer(f"Ana {n}"), at("2026-03-02 13:00"))
    (turn,) = days_list(cy, now=NOW).turns
    assert (turn.kind, turn.n, turn.what, turn.customer_id) == ("breaking", 4, "delivery", None)


def test_what_is_done_is_off_the_list_for_everybody_until_it_is_put_back():
    cy, dee = works_here("Cy"), works_here("Dee")
    promised(customer("Ana"), at("2026-03-01 12:00"))
    (turn,) = days_list(cy, now=NOW).turns
    mark_done(turn.key, on=TODAY, by=cy)
    mark_done(turn.key, on=TODAY, by=dee)
    found = days_list(dee, now=NOW)
    assert (found.turns, found.n_done) == ([], 1)
    assert kinds_tomorrow(dee) == [TurnKind.BROKEN]
    put_back(turn.key, on=TODAY, by=dee)
    assert kinds(cy) == [TurnKind.BROKEN]


def kinds_tomorrow(who):
    return [turn.kind for turn in days_list(who, now=NOW + timedelta(days=1)).turns]


def test_a_key_that_names_nothing_is_refused():
    with pytest.raises(NoSuchTurn):
        mark_done("what; drop table", on=TODAY, by=works_here("Cy"))


def test_who_sees_no_customers_sees_no_list():
    with pytest.raises(NotAllowed):
        days_list(works_here("Eli"), now=NOW)


def test_an_empty_house_has_an_empty_list():
    assert days_list(works_here("Cy"), now=timezone.now()).turns == []
