import numpy as np
import pytest

from regulars.measure.backtest import origin_cells, past_origins
from regulars.measure.expected import PRIOR_ERROR, looked_back, ranged, relative_error
from regulars.measure.rfm import customer_days
from tests.measure.histories import bought_days, lines_of, random_rows


def test_past_origins_leave_two_horizons_before_the_first_and_none_overlap():
    assert past_origins(first_on=0, as_of=700, horizon=90, at_most=4) == [610, 520, 430, 340]
    assert past_origins(first_on=0, as_of=300, horizon=90, at_most=4) == [210]
    assert past_origins(first_on=0, as_of=269, horizon=90, at_most=4) == []


def test_what_was_known_at_an_origin_agrees_with_a_slow_count(engine):
    rows, horizon = random_rows(6), 60
    days = engine.keep(customer_days(lines_of(rows, engine)), "days_of_test")
    for found in origin_cells(days, origins=[500, 700], horizon=horizon, engine=engine):
        slow = sorted(
            (
                sum(d <= found.on for d in mine) - 1,
                max(d for d in mine if d <= found.on) - mine[0],
                found.on - mine[0],
                sum(found.on < d <= found.on + horizon for d in mine),
            )
            for mine in bought_days(rows).values()
            if mine[0] <= found.on
        )
        columns = zip(found.x, found.t_x, found.T, found.bought, found.weight, strict=True)
        each = sorted(tuple(map(int, kind)) for *kind, n in columns for _ in range(int(n)))
        assert each == slow


class Always:
    """Expects one purchase of everybody."""

    def p_alive(self, *, x, t_x, T):
        return np.ones(len(x))

    def expected(self, h, *, x, t_x, T):
        return np.ones(len(x))

    def p_buys(self, h, *, x, t_x, T):
        return np.full(len(x), 0.5)


def test_looking_back_sums_over_customers_by_weight(engine):
    rows = [("a", 0, 1, True), ("b", 0, 1, True), ("b", 15, 1, True), ("c", 12, 1, True)]
    days = customer_days(lines_of(rows, engine))
    (origin,) = origin_cells(days, origins=[10], horizon=10, engine=engine)
    found = looked_back(Always(), origin)
    assert (found.n, found.purchases_expected, found.purchases_actual) == (2, 2.0, 1.0)
    assert (found.buyers_expected, found.buyers_actual) == (1.0, 1.0)


def test_without_a_past_the_error_is_what_we_assume_and_own_errors_take_over():
    assert relative_error([]) == (pytest.approx(PRIOR_ERROR), 4)
    spread, trials = relative_error([(100.0, 200.0)] * 40)
    assert trials == 44
    assert spread == pytest.approx(np.log(2), rel=0.06)


def test_a_range_holds_the_total_and_grows_with_chance_and_with_past_errors():
    tight = ranged(1000.0, variance=100.0, error=(0.05, 8), n=10)
    noisy = ranged(1000.0, variance=90_000.0, error=(0.05, 8), n=10)
    doubtful = ranged(1000.0, variance=100.0, error=(0.4, 8), n=10)
    assert 0 < tight.low < 1000 < tight.high
    assert noisy.high > tight.high
    assert doubtful.high > tight.high
    assert tight.low * tight.high == pytest.approx(1000.0**2)


def test_nothing_expected_is_nothing():
    assert ranged(0.0, variance=0.0, error=(0.1, 4), n=3).value == 0.0
