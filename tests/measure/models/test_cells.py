"""Counting customers alike once."""

import numpy as np
import pytest

from regulars.measure.models.cells import Groups, Levels, coarsen, collapse
from regulars.measure.models.inputs import history


@pytest.mark.parametrize("unit", [1.0, 7.0])
def test_cells_hold_every_customer_once(unit):
    random = np.random.default_rng(0)
    x = random.integers(0, 3, 5000)
    T = random.integers(5, 20, 5000) / unit
    t_x = np.where(x > 0, np.ceil(T * unit / 3) / unit, 0)
    cells = collapse(history(x, t_x, T, None))
    distinct, counts = np.unique(np.stack((x, t_x, T)), axis=1, return_counts=True)
    order = np.lexsort((cells.T, cells.t_x, cells.x))
    assert np.array_equal(np.stack((cells.x, cells.t_x, cells.T))[:, order], distinct)
    assert np.array_equal(cells.n[order], counts)


def test_rows_of_different_numbers_are_cells_already_and_those_of_equal_numbers_are_not():
    columns = [0, 2, 2], [0, 9, 9], [10, 12, 12]
    counted = history(*columns, [1, 2, 3])
    assert collapse(counted) is counted
    twice = collapse(history(*columns, [2, 2, 2]))
    assert [twice.x.tolist(), twice.T.tolist(), twice.n.tolist()] == [[0, 2], [10, 12], [2, 4]]


def test_times_too_fine_for_one_key_stay_as_they_are():
    """Of x, t_x and T 21 bits each, one bit more than a key has."""
    x = np.arange(1, (1 << 20) + 2)
    rows = history(x, x / 3, x / 2, None)
    assert collapse(rows) is rows


def test_the_full_cdnow_cohort_has_as_many_cells_as_counted(cdnow_full_in_days):
    days = cdnow_full_in_days.history
    weeks = days | {name: np.rint(days[name] / 7) for name in ("t_x", "T")}
    for columns, cells in ((days, 8_685), (weeks, 2_306)):
        counted = np.unique(np.stack(list(columns.values())), axis=1)
        assert counted.shape[1] == cells
    assert len(collapse(history(**days, weights=None))) == 8_685


def test_columns_too_wide_to_pack_together_are_grouped_all_the_same():
    """Four columns of 100,000 values each would need 10^20 keys."""
    random = np.random.default_rng(1)
    columns = [random.random(100_000) for _ in range(4)]
    columns = [np.append(column, column[:7]) for column in columns]
    groups = Groups.of(*columns)
    assert len(groups.first) == 100_000
    for column in columns:
        assert np.array_equal(column[groups.first][groups.codes], column)


def test_levels_give_back_their_column():
    for column in (np.array([3.0, 0, 3, 12]), np.array([0.5, 2.25, 0.5]), np.array([1e12, 3.0])):
        levels = Levels.of(column)
        assert np.array_equal(levels.values[levels.codes], column)
    assert Levels.of(np.array([2.0, 0, 2])).totals(np.array([1.0, 5, 10])).tolist() == [5, 0, 11]


def test_a_coarse_grid_keeps_customers_and_the_order_of_times():
    rows = history([0, 1, 5], [0, 0.01, 99], [100, 3, 100], [2, 3, 4])
    cells = coarsen(rows, 10)
    assert cells.n_customers == 9
    assert (cells.t_x <= cells.T).all()
    assert ((cells.t_x > 0) == (cells.x > 0)).all()


@pytest.mark.parametrize("many", [0, 10_000_000])
def test_a_coarse_grid_keeps_the_mean_times_of_each_count(many):
    random = np.random.default_rng(2)
    x = random.integers(0, 4, 3000) + np.where(np.arange(3000) == 0, many, 0)
    T = random.uniform(10, 700, 3000)
    t_x = np.where(x > 0, T * random.random(3000) ** 0.2, 0)
    rows = history(x, t_x, T, random.integers(1, 5, 3000))
    for n_steps in (7, 104, 1000):
        cells = coarsen(rows, n_steps)
        assert len(cells) <= len(rows)
        assert cells.n_customers == rows.n_customers
        for x_is in (0, 1, 2, 3):
            coarse, fine = cells.x == x_is, rows.x == x_is
            assert cells.n[coarse].sum() == rows.n[fine].sum()
            assert cells.n[coarse] @ cells.T[coarse] == pytest.approx(rows.n[fine] @ rows.T[fine])
