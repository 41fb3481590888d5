from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from regulars.company.models import Tries
from regulars.company.services.tries import (
    Limit,
    TooManyTries,
    count_try,
    forget_tries,
    take_back_try,
)

THREE = Limit("account", 3, timedelta(minutes=15))
OTHER = Limit("address", 3, timedelta(minutes=15))


def n_allowed(limit, whose, n):
    allowed = 0
    for _ in range(n):
        try:
            count_try(limit, whose)
            allowed += 1
        except TooManyTries:
            pass
    return allowed


@pytest.mark.django_db
def test_so_many_are_allowed_and_the_next_is_told_how_long_to_wait():
    assert n_allowed(THREE, "dee@example.org", 3) == 3
    with pytest.raises(TooManyTries) as refused:
        count_try(THREE, "dee@example.org")
    assert refused.value.facts == {"minutes": 15}


@pytest.mark.django_db
def test_another_limit_and_another_person_are_counted_apart():
    n_allowed(THREE, "dee@example.org", 3)
    assert n_allowed(OTHER, "dee@example.org", 1) == 1
    assert n_allowed(THREE, "cy@example.org", 1) == 1
    assert n_allowed(THREE, " DEE@example.org", 1) == 0


@pytest.mark.django_db
def test_when_the_window_has_ended_it_begins_anew():
    n_allowed(THREE, "dee@example.org", 3)
    Tries.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert n_allowed(THREE, "dee@example.org", 4) == 3


@pytest.mark.django_db
def test_tries_that_went_well_are_forgotten_or_taken_back():
    n_allowed(THREE, "dee@example.org", 3)
    take_back_try(THREE, "dee@example.org")
    assert n_allowed(THREE, "dee@example.org", 2) == 1
    forget_tries(THREE, "dee@example.org")
    assert n_allowed(THREE, "dee@example.org", 4) == 3


@pytest.mark.django_db
def test_the_table_tells_nobody_who_tried_and_does_not_grow_for_ever():
    count_try(THREE, "dee@example.org")
    row = Tries.objects.values().get()
    assert b"dee" not in bytes(row["digest"])
    Tries.objects.update(ends_at=timezone.now() - timedelta(days=2))
    count_try(THREE, "cy@example.org")
    assert Tries.objects.count() == 1


def test_of_many_at_once_no_more_than_allowed_get_through(committed):
    def one(_):
        try:
            return n_allowed(THREE, "dee@example.org", 2)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 3
