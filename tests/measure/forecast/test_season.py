import numpy as np
import pytest

from regulars.measure.forecast.season import Surprise, part_of_year, season


def surprises(logs, start=0):
    return [Surprise(start + 30 * i, start + 30 * i + 30, log) for i, log in enumerate(logs)]


def test_no_season_is_told_from_less_time_than_asked_for():
    seen = surprises([0.1] * 12)
    assert season([], needs_days=1) is None
    assert season(seen, needs_days=361) is None
    assert season(seen, needs_days=360) is not None


def test_a_year_like_any_other_has_no_season():
    factors = season(surprises([0.2] * 24), needs_days=365)
    assert factors == pytest.approx(np.ones(12))


def test_a_planted_season_is_found_and_the_more_so_the_longer_it_was_seen():
    planted = 0.4 * np.sin(2 * np.pi * np.arange(12) / 12)
    months = np.arange(0, 12 * 30.4375 * 9, 30.4375).astype(int) + 1
    seen = [
        Surprise(int(day), int(day) + 28, planted[int(part_of_year(np.array(day + 14)))])
        for day in months
    ]
    after_two = np.log(season(seen[:24], needs_days=365))
    after_nine = np.log(season(seen, needs_days=365))
    assert after_two == pytest.approx(planted * 2 / 3)
    assert after_nine == pytest.approx(planted * 9 / 10)


def test_parts_of_the_year_return_with_the_year():
    days = np.array([0, 30, 31, 365, 366, 731])
    assert part_of_year(days).tolist() == [0, 0, 1, 11, 0, 0]
