import numpy as np
import pytest

from regulars.measure.forecast.ahead import Assumptions, simulate
from regulars.measure.forecast.purchases import Purchases, count
from regulars.measure.models import fit
from regulars.measure.regulars import Definition

ON = 400
DAYS = 180
NOBODY_NEW = np.zeros(DAYS)
USUAL = np.ones(DAYS)
BUYS_ONCE = Definition(1, 30, 30)


@pytest.fixture(scope="module")
def purchases(planted_shop):
    return planted_shop.until(ON)


@pytest.fixture(scope="module")
def model(purchases):
    state = purchases.state(ON)
    return fit("mbg_nbd", x=state.x, t_x=state.t_x, T=state.T)


def ahead(purchases, model, assumed, *, definition=BUYS_ONCE, days=(30,), n_draws=60):
    targets = ON + np.array(days)
    return simulate(
        purchases,
        model,
        assumed,
        on=ON,
        targets=targets,
        definition=definition,
        n_draws=n_draws,
        seed=5,
    )


@pytest.mark.parametrize("text", ["3/180d/365d", "2/45d/45d", "1/10d/300d"])
def test_where_nobody_buys_any_more_the_share_is_only_counted(purchases, model, text):
    definition, days = Definition.parse(text), (1, 30, 31, 90, 180)
    nothing = Assumptions(NOBODY_NEW, np.full(DAYS, 1e-12))
    counts = ahead(purchases, model, nothing, definition=definition, days=days, n_draws=2)
    for step, day in enumerate(days):
        there = count(purchases, definition=definition, on=ON + day)
        assert counts.n_regulars[:, step].tolist() == [there.n_regulars] * 2
        assert counts.n_base[:, step].tolist() == [there.n_base] * 2


def test_as_many_known_customers_buy_as_the_model_has_in_closed_form(purchases, model):
    state = purchases.state(ON)
    expected = model.p_buys(30, x=state.x, t_x=state.t_x, T=state.T).sum()
    drawn = ahead(purchases, model, Assumptions(NOBODY_NEW, USUAL)).n_base[:, 0]
    assert drawn.mean() == pytest.approx(expected, abs=4 * drawn.std() / np.sqrt(len(drawn)))


def test_twice_the_pace_is_as_good_as_twice_the_time(purchases, model):
    state = purchases.state(ON)
    expected = model.p_buys(60, x=state.x, t_x=state.t_x, T=state.T).sum()
    drawn = ahead(purchases, model, Assumptions(NOBODY_NEW, 2 * USUAL)).n_base[:, 0]
    assert drawn.mean() == pytest.approx(expected, abs=4 * drawn.std() / np.sqrt(len(drawn)))


def test_those_who_arrive_buy_again_as_the_model_has_it(model):
    new_a_day = np.zeros(DAYS)
    new_a_day[0] = 5000.0
    nobody = Purchases.checked(np.zeros(1, int), np.zeros(1, int))
    twice = Definition(2, 100, 100)
    counts = ahead(
        nobody, model, Assumptions(new_a_day, USUAL), definition=twice, days=(90,), n_draws=10
    )
    share = (counts.n_regulars / counts.n_base).mean()
    # A repeat purchase on the very day of the first is no second purchase day.
    assert share == pytest.approx(1 - float(model.pmf(0, 89.0)), abs=0.02)


def test_when_fewer_lapse_no_draw_has_fewer_customers(purchases, model):
    plain, kept, all_kept = (
        ahead(purchases, model, Assumptions(USUAL, USUAL, fewer), days=(30, 90, 180))
        for fewer in (0.0, 0.3, 1.0)
    )
    assert (kept.n_base >= plain.n_base).all()
    assert (all_kept.n_base >= kept.n_base).all()
    assert all_kept.n_base[:, 2].mean() > plain.n_base[:, 2].mean()


def test_the_same_seed_gives_the_same_futures(purchases, model):
    once, again = (ahead(purchases, model, Assumptions(USUAL, USUAL)) for _ in range(2))
    assert np.array_equal(once.n_base, again.n_base)
    assert np.array_equal(once.n_regulars, again.n_regulars)
