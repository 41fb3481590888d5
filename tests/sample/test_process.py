"""The planted process, held against what theory says of each customer's own rate and dropout."""

from datetime import date

import numpy as np
import pytest

from regulars.sample.people import names
from regulars.sample.planted import PLAIN, STORY
from regulars.sample.purchases import simulate
from regulars.sample.season import calendar

N = 40_000
AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module", params=[STORY, PLAIN], ids=["story", "plain"])
def lived(request):
    shop = calendar(request.param, as_of=AS_OF, days=700, horizon_days=90)
    return request.param, shop, simulate(request.param, shop, N, rng=np.random.default_rng(5))


def exposure(shop, made):
    """Days of the shop's own time from each first purchase to the end of the history."""
    first = made.at[np.unique(made.customer, return_index=True)[1]]
    return shop.shop_time(np.array([float(shop.days)])) - shop.shop_time(first)


def test_rates_and_dropouts_are_drawn_from_the_planted_distributions(lived):
    planted, _, made = lived
    for drawn, mean, sd in (
        (made.rate, planted.r / planted.alpha, planted.r**0.5 / planted.alpha),
        (made.dropout, planted.a / (total := planted.a + planted.b),
         (planted.a * planted.b / (total**2 * (total + 1))) ** 0.5),
    ):  # fmt: skip
        assert drawn.mean() == pytest.approx(mean, abs=4 * sd / N**0.5)
        assert drawn.std() == pytest.approx(sd, rel=0.05)


def test_as_many_are_alive_at_the_end_as_their_rates_and_dropouts_imply(lived):
    _, shop, made = lived
    chance = (1 - made.dropout) * np.exp(-made.rate * made.dropout * exposure(shop, made))
    error = np.sqrt((chance * (1 - chance)).sum())
    assert made.is_alive.sum() == pytest.approx(chance.sum(), abs=4 * error)


def test_as_many_purchases_are_repeated_as_rates_and_dropouts_imply(lived):
    _, shop, made = lived
    shown = np.bincount(made.customer[made.at < shop.days], minlength=N) - 1
    lost = made.rate * made.dropout * exposure(shop, made)
    expected = (1 - made.dropout) / made.dropout * -np.expm1(-lost)
    error = (shown - expected).std() * N**0.5
    assert shown.sum() == pytest.approx(expected.sum(), abs=4 * error)


def test_everyone_first_buys_within_the_history_and_nothing_follows_the_horizon(lived):
    _, _, made = lived
    first = made.at[np.unique(made.customer, return_index=True)[1]]
    assert first.size == N
    assert first.min() >= 0
    assert first.max() < 700
    assert made.at.max() < 790


def test_purchases_of_a_customer_are_in_order_of_time(lived):
    _, _, made = lived
    same = np.diff(made.customer) == 0
    assert (np.diff(made.at)[same] >= 0).all()
    assert (np.diff(made.customer) >= 0).all()


def test_a_plain_shop_keeps_calendar_time():
    shop = calendar(PLAIN, as_of=AS_OF, days=10, horizon_days=2)
    assert shop.clock.tolist() == list(range(13))
    assert shop.arrived == pytest.approx(np.arange(11) / 10)
    assert (shop.first_on, shop.as_of) == (date(2026, 11, 11), AS_OF)


def test_a_shop_with_seasons_is_as_busy_as_a_plain_one_over_a_year_and_busiest_in_december():
    shop = calendar(STORY, as_of=date(2026, 12, 31), days=4 * 365 + 1, horizon_days=0)
    busy = np.diff(shop.clock)
    assert busy.mean() == pytest.approx(1, abs=0.005)
    on = np.datetime64(shop.first_on) + np.arange(busy.size)
    month = on.astype("datetime64[M]").astype(int) % 12
    by_month = [busy[month == i].mean() for i in range(12)]
    assert int(np.argmax(by_month)) == 11
    assert int(np.argmin(by_month)) == 6


def test_new_customers_come_as_much_faster_at_the_end_as_planted():
    shop = calendar(STORY, as_of=AS_OF, days=1096, horizon_days=0)
    coming = np.diff(shop.arrived) / np.diff(shop.clock)
    assert coming[-1] / coming[0] == pytest.approx(STORY.growth)


def test_names_repeat_only_when_an_origin_has_no_more():
    called = names(4000, rng=np.random.default_rng(1)).to_pylist()
    assert len(set(called)) == 4000
    assert len(names(60_000, rng=np.random.default_rng(1))) == 60_000
