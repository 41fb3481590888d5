import dataclasses

import numpy as np
import pytest
from scipy.special import expit

from regulars.measure.forecast.looks import Look
from regulars.measure.forecast.pool import PRIOR_SD, PRIOR_WINDOWS, growth, pool
from regulars.measure.forecast.purchases import Counted
from regulars.measure.season import Swing

WINDOW = 60  # two steps of 30 days
NOW = Counted(20, 80)


def look_on(on, rows, seasonal=None, spread=(0.0, 0.0)):
    as_array = None if seasonal is None else np.array(seasonal)
    return Look(on, NOW, np.array(rows), as_array, np.array(spread))


def flat(value):
    """A look in which the three rules say the same of both steps."""
    return [[value, value]] * 3


def test_errors_grow_in_proportion_until_the_window_is_renewed_and_with_the_root_from_then():
    found = growth(np.array([30, 90, 180, 360, 720]), 180)
    assert found.tolist() == pytest.approx([1 / 6, 0.5, 1, np.sqrt(2), 2])


def test_without_an_outcome_nothing_can_be_told():
    assert pool(look_on(300, flat(0.0)), [], {}, window_days=WINDOW) is None
    assert pool(look_on(300, flat(0.0)), [look_on(290, flat(0.0))], {}, window_days=WINDOW) is None


def test_middle_and_scale_worked_by_hand():
    # Two looks said 0. The older met +.1 at one step (half a window) and +.4 at two (a window),
    # the newer +.4 at one step: errors of .2, .4 and .8 a window.
    past = [look_on(240, flat(0.0)), look_on(270, flat(0.0))]
    seen = {270: 0.1, 300: 0.4, 330: 9.0}
    found = pool(look_on(300, flat(1.0)), past, seen, window_days=WINDOW)
    mean, square = (0.2 + 0.4 + 0.4 / 0.5) / 3, (0.2**2 + 0.4**2 + 0.8**2) / 3
    assert found.freedom == PRIOR_WINDOWS + 1  # two origins 30 days apart are one window of 60
    assert found.centre == pytest.approx(1.0 + mean / 2 * np.array([0.5, 1.0]))
    scale = np.sqrt((PRIOR_SD**2 + square) / 2)
    assert found.scale == pytest.approx(scale * np.array([0.5, 1.0]))
    assert found.weights == pytest.approx(
        {"model": 1 / 3, "model_at_recent_pace": 1 / 3, "last_value": 1 / 3}
    )


def test_the_band_is_students_around_the_median():
    past = [look_on(240, flat(0.0)), look_on(270, flat(0.0))]
    found = pool(look_on(300, flat(1.0)), past, {270: 0.0, 300: 0.0}, window_days=WINDOW)
    low, high = found.band(0.9)
    assert found.median == pytest.approx(expit([1.0, 1.0]))
    # The 95 % point of Student's t with 2 degrees of freedom is 2.919986.
    assert low == pytest.approx(expit(1.0 - 2.919986 * found.scale))
    assert high == pytest.approx(expit(1.0 + 2.919986 * found.scale))


def test_the_rule_that_erred_less_counts_more():
    said = [[0.1, 0.1], [0.3, 0.3], [0.9, 0.9]]
    past = [look_on(on, said) for on in (180, 210, 240)]
    seen = dict.fromkeys((210, 240, 270, 300), 0.0)
    weights = pool(look_on(300, flat(0.0)), past, seen, window_days=WINDOW).weights
    assert weights["model"] > weights["model_at_recent_pace"] > weights["last_value"] > 0
    assert sum(weights.values()) == pytest.approx(1.0)


def test_a_drift_is_mended_only_where_asked():
    past = [look_on(240, flat(0.0)), look_on(270, flat(0.0))]
    seen = {270: 0.2, 300: 0.4}
    args = look_on(300, flat(0.0)), past, seen
    mended = pool(*args, window_days=WINDOW)
    left = pool(*args, window_days=WINDOW, rules=("last_value",), mends_drift=False)
    assert (mended.centre > 0).all()
    assert left.centre.tolist() == [0.0, 0.0]
    assert left.weights == {"last_value": 1.0}


def test_what_came_after_the_origin_changes_nothing():
    past = [look_on(240, flat(0.0)), look_on(270, flat(0.0))]
    known = {270: 0.1, 300: 0.2}
    found = [
        pool(look_on(300, flat(0.0)), past, known | {330: later}, window_days=WINDOW)
        for later in (-5.0, 5.0)
    ]
    assert np.array_equal(found[0].centre, found[1].centre)
    assert np.array_equal(found[0].scale, found[1].scale)


def test_chance_and_misses_add_as_squares():
    past = [look_on(240, flat(0.0)), look_on(270, flat(0.0))]
    noisy = look_on(300, flat(0.0), spread=(2.0, 0.01))
    found = pool(noisy, past, {270: 0.0, 300: 0.0}, window_days=WINDOW)
    # Nothing was missed in the one window there was: half of the prior's square is left.
    missed = PRIOR_SD * np.sqrt(0.5) * np.array([0.5, 1.0])
    assert found.missed == pytest.approx(missed)
    assert found.scale == pytest.approx(np.hypot([2.0, 0.01], missed))


def test_errors_no_larger_than_chance_are_not_held_against_the_rules():
    chance = (0.3, 0.3)
    past = [look_on(on, flat(0.0), spread=chance) for on in (240, 270)]
    seen = {270: 0.3, 300: -0.3}
    found = pool(look_on(300, flat(0.0), spread=chance), past, seen, window_days=WINDOW)
    assert found.missed == pytest.approx(PRIOR_SD * np.sqrt(0.5) * np.array([0.5, 1.0]))


def test_misses_beyond_chance_worked_by_hand():
    # One step half a window ahead, twice: errors of .4 and .2 where chance makes .1.
    past = [look_on(on, flat(0.0), spread=(0.1, 0.1)) for on in (240, 270)]
    seen = {270: 0.4, 300: 0.2, 330: 9.0}
    found = pool(look_on(300, flat(0.0)), past, seen, window_days=WINDOW)
    one, two = (0.5 / (0.01 + 0.01 / 4)) ** 2, (1 / (0.01 + 0.01)) ** 2
    # The older look met .4 at one step and .2 at two, the newer .2 at one.
    beyond = one * (0.15 + 0.03) + two * 0.03
    square = beyond / (2 * one / 4 + two)
    assert found.missed[1] ** 2 == pytest.approx((PRIOR_SD**2 + square) / 2)


def swung(on, foretold, came):
    return dataclasses.replace(look_on(on, flat(0.0), flat(0.5)), swing=Swing(on, foretold, came))


@pytest.mark.parametrize(("came", "is_on"), [(1.0, True), (0.0, False)])
def test_the_season_is_on_where_what_it_foretold_came(came, is_on):
    foretold = [0.3, -0.2, 0.1, -0.3, 0.2, -0.1, 0.25]
    noise = [0.02, 0.01, -0.02, 0.01, -0.01, 0.02, -0.01]
    past = [
        swung(30 * i, swing, came * swing + chance)
        for i, (swing, chance) in enumerate(zip(foretold, noise, strict=True))
    ]
    present = look_on(210, flat(0.0), flat(0.5))
    seen = {30 * i: 0.0 for i in range(1, 8)}
    found = pool(present, past, seen, window_days=WINDOW, mends_drift=False)
    assert found.has_season is is_on
    assert found.centre == pytest.approx([0.5, 0.5] if is_on else [0.0, 0.0])
    # Five past days are too few, and without a season known today there is none to use.
    assert not pool(present, past[2:], seen, window_days=WINDOW).has_season
    alone = dataclasses.replace(present, seasonal=None)
    assert not pool(alone, past, seen, window_days=WINDOW).has_season
