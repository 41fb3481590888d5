import numpy as np
import pytest

from bench.forecast import PLANTED, planted
from regulars.measure.forecast.looks import fitted
from regulars.measure.season import (
    LEAST_DAYS,
    LEAST_TRIALS,
    TRIAL_DAYS,
    Rhythm,
    Season,
    Swing,
    backtest,
    season,
    swing,
    trial_days,
)

NONE = Season((0.0,) * 6)
SUMMER = Season((0.0, 0.4, 0.0, 0.1, 0.0, 0.0))


class ReturnsDaily:
    """Expects everybody to return once in ten days, for ever."""

    def expected_since_start(self, age):
        return np.asarray(age) / 10


def swings(foretold, came):
    pairs = zip(foretold, came, strict=True)
    return [Swing(TRIAL_DAYS * i, *pair) for i, pair in enumerate(pairs)]


def test_what_came_of_the_swings_worked_by_hand():
    found = backtest(swings([0.1, -0.1] * 3, [0.2, 0.0, 0.1, -0.1, 0.0, -0.2]))
    # .02, 0, .01, .01, 0, .02 over six squares of .1; left over: .1, .1, 0, 0, -.1, -.1.
    assert found.came_share == pytest.approx(1.0)
    assert found.came_error == pytest.approx(np.sqrt(0.04 / 5 / 0.06))
    assert found.n == 6


@pytest.mark.parametrize(
    ("shift", "is_on"),
    # The 95 % point of Student's t with 5 degrees of freedom is 2.015: 1 over .4963 is on it.
    [(0.1358, True), (0.1361, False)],
)
def test_a_season_is_on_beyond_what_chance_gives_once_in_twenty(shift, is_on):
    came = np.array([0.1, -0.1] * 3) + shift * np.array([1, 1, 0, 0, -1, -1])
    found = backtest(swings([0.1, -0.1] * 3, came))
    assert found.came_share == pytest.approx(1.0)
    assert found.is_on is is_on


@pytest.mark.parametrize(("part", "is_on"), [(0.49, False), (0.51, True), (-1.0, False)])
def test_a_season_is_off_where_it_foretold_more_than_twice_what_came(part, is_on):
    """However surely: then it would have been nearer to foretell nothing."""
    foretold = np.array([0.3, -0.2, 0.1, -0.3, 0.2, -0.1])
    assert backtest(swings(foretold, part * foretold)).is_on is is_on


def test_a_season_needs_half_a_year_of_trials_and_something_to_foretell():
    foretold = [0.3, -0.2, 0.1, -0.3, 0.2, -0.1]
    few = backtest(swings(foretold[1:], foretold[1:]))
    assert (few.is_on, few.n, few.came_share) == (False, LEAST_TRIALS - 1, None)
    flat = backtest(swings([0.0] * 6, foretold))
    assert (flat.is_on, flat.came_share) == (False, None)
    assert backtest([]).n == 0


def test_only_the_latest_two_years_of_trials_count():
    old = swings([0.1, -0.1] * 12, [-0.1, 0.1] * 12)
    new = swings([0.1, -0.1] * 12, [0.1, -0.1] * 12)
    assert backtest([*old, *new]) == backtest(new)


def test_days_of_trial_lie_before_today_and_after_a_year_and_a_quarter():
    assert list(trial_days(first_on=0, as_of=LEAST_DAYS + TRIAL_DAYS - 1)) == []
    assert list(trial_days(first_on=0, as_of=LEAST_DAYS + TRIAL_DAYS)) == [LEAST_DAYS]
    assert list(trial_days(first_on=100, as_of=650)) == [560, 590, 620]
    assert list(trial_days(first_on=100, as_of=120)) == []
    long = trial_days(first_on=0, as_of=5000)
    assert (len(long), long[-1]) == (24, 4970)


def test_a_swing_sets_returns_against_those_expected_without_a_season():
    """Ten came on day 0 and ten on day 115; from day 101 to day 130 there were 59 returns."""
    seen = Rhythm(
        cohort=np.array([0, 0, 112, 112, 0]),
        day=np.array([0, 110, 115, 120, 131]),
        n=np.array([10, 40, 10, 19, 99]),
        n_first=np.array([10, 0, 10, 0, 0]),
        log_gaps=np.zeros(5),
    )
    found = swing(seen, ReturnsDaily(), SUMMER, on=100)
    # 30 days of the first ten, 15 of the others, a tenth of a return a day.
    assert found.came == pytest.approx(np.log(59.5 / 45.5))
    assert found.foretold == pytest.approx(np.log(SUMMER.exposure(100, 30) / 30))
    assert found.on == 100
    assert swing(seen, ReturnsDaily(), NONE, on=100).foretold == pytest.approx(0.0)


@pytest.mark.parametrize(("kind", "is_on"), [("seasonal", True), ("steady", False)])
def test_a_planted_season_is_counted_on_and_a_steady_shop_gets_none(kind, is_on):
    bought = planted(PLANTED[kind], seed=1)
    rhythm, tried = bought.rhythm, []
    for on in trial_days(first_on=0, as_of=1000):
        model = fitted(bought, on=on)
        known = season(rhythm, model, on=on)
        tried.append(swing(rhythm, model, known, on=on))
    found = backtest(tried)
    assert found.n == 18
    assert found.is_on is is_on
    if is_on:
        assert found.came_share == pytest.approx(1.0, abs=0.25)
