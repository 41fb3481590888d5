import numpy as np
import pytest

from regulars.measure.activity import ACTIVE, LAPSING, LOST, Thresholds, activity
from regulars.measure.models import fit


def test_customers_fall_by_the_share_of_their_own_odds_that_is_left():
    codes = activity([0.5, 0.49, 0.2, 0.19, 0.0], [1.0, 1.0, 1.0, 1.0, 0.0])
    assert codes.tolist() == [ACTIVE, LAPSING, LAPSING, LOST, LOST]


def test_the_frequent_lapse_in_weeks_and_the_rare_in_months():
    rng = np.random.default_rng(1)
    n = 4000
    rate, left = rng.gamma(0.8, 1 / 20, n), rng.beta(0.9, 3.0, n)
    T = rng.integers(100, 600, n)
    x = np.zeros(n)
    t_x = np.zeros(n)
    for i in range(n):
        day = 0.0
        while rng.random() > left[i]:
            day += rng.exponential(1 / rate[i])
            if day > T[i]:
                break
            x[i] += 1
            t_x[i] = np.ceil(day)
    model = fit("mbg_nbd", x=x, t_x=t_x, T=T)
    silent = np.arange(0, 400)

    def days_until_lapsing(x, t_x):
        x, t_x = np.full(silent.size, x), np.full(silent.size, t_x)
        odds = model.p_buys(90, x=x, t_x=t_x, T=t_x + silent)
        then = model.p_buys(90, x=x, t_x=t_x, T=t_x)
        return int(np.argmax(activity(odds, then) != ACTIVE))

    often, seldom = days_until_lapsing(40, 200), days_until_lapsing(4, 200)
    assert 0 < often < 30 < seldom


@pytest.mark.parametrize(("lapsing", "lost"), [(0.5, 0.6), (1.2, 0.1), (0.5, 0.0)])
def test_thresholds_out_of_order_are_refused(lapsing, lost):
    with pytest.raises(ValueError, match="wanted 0 < lost <= lapsing <= 1"):
        Thresholds(lapsing, lost)
