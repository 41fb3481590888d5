import random

import pytest
from scipy.special import bdtrc

from regulars.measure.habit import Hours, Preference, preferred, preferred_hours

EVEN = [10] * 24


def acts(**at):
    """Acts by hour: acts(h9=3, h14=1)."""
    return [at.get(f"h{hour}", 0) for hour in range(24)]


@pytest.mark.parametrize(
    ("counts", "told"),
    [  # both sides of a fair coin: 2 / 2^5 = .0625, 2 / 2^6 = .031, 2 (1 + 9) / 2^9 = .039, .109
        ({}, Preference(None, 0, 0)),
        ({"web": 5}, Preference(None, 5, 5)),
        ({"web": 6}, Preference("web", 6, 6)),
        ({"web": 8, "shop": 1}, Preference("web", 9, 8)),
        ({"web": 8, "shop": 2}, Preference(None, 10, 8)),
        ({"web": 4, "shop": 4, "phone": 1}, Preference(None, 9, 4)),
        ({"web": 9, "shop": 1, "phone": 1}, Preference("web", 11, 9)),
    ],
)
def test_a_channel_is_preferred_where_chance_would_hardly_have_it(counts, told):
    assert preferred(counts) == told


def test_of_those_who_like_two_alike_few_are_told_to_prefer_one():
    dice, n = random.Random(3), 4000
    told = 0
    for _ in range(n):
        web = sum(dice.random() < 0.5 for _ in range(20))
        told += preferred({"web": web, "shop": 20 - web}).choice is not None
    assert told / n <= 0.05


def test_hours_that_stand_out_are_told_with_what_was_to_be_expected():
    found = preferred_hours(acts(h18=3, h19=2, h9=1), EVEN)
    # 5 of 6 in three of 24 hours: 6 x .125^5 x .875 + .125^6 = .000164, in 24 places .0039
    assert found == Hours(18, 6, 5, 0.125)
    assert bdtrc(4, 6, 0.125) == pytest.approx(0.000164, abs=1e-6)


def test_hours_may_lie_over_midnight():
    assert preferred_hours(acts(h23=3, h0=3), EVEN).from_hour == 23


@pytest.mark.parametrize(
    ("theirs", "everybody", "n"),
    [
        (acts(), EVEN, 0),
        (acts(h18=1), EVEN, 1),
        (acts(h18=2), EVEN, 2),
        (acts(h18=20), acts(h18=900, h19=50, h9=50), 20),  # the shop is open then
        (acts(h18=5), acts(), 5),  # nothing is known of others
    ],
)
def test_too_few_acts_or_the_hours_of_all_others_tell_nothing(theirs, everybody, n):
    found = preferred_hours(theirs, everybody)
    assert (found.from_hour, found.n) == (None, n)


def test_of_those_who_come_as_all_others_few_are_told_to_have_hours_of_their_own():
    dice, n = random.Random(5), 1500
    everybody = [max(0, 30 - 4 * abs(hour - 14)) for hour in range(24)]
    told = 0
    for _ in range(n):
        hours = dice.choices(range(24), weights=everybody, k=12)
        found = preferred_hours([hours.count(hour) for hour in range(24)], everybody)
        told += found.from_hour is not None
    assert told / n <= 0.05
