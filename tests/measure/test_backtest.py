import numpy as np
import pytest

from regulars.measure.backtest import Origin, origin_cells, sampled
from regulars.measure.rfm import customer_days
from regulars.measure.spend import credibility
from tests.measure.histories import bought_days, lines_of, random_rows


def test_net_spend_at_an_origin_agrees_with_a_slow_count(engine):
    """Refunds count, on days without a purchase too; customers not yet come do not."""
    rows, on, horizon = random_rows(8), 600, 90
    days = engine.keep(customer_days(lines_of(rows, engine)), "days_of_test")
    (found,) = origin_cells(days, origins=[on], horizon=horizon, engine=engine, with_money=True)
    bought = {who: seen for who, seen in bought_days(rows).items() if seen[0] <= on}
    per_day = {}
    for who, day, net, _ in rows:
        if who in bought:
            per_day[who, day] = per_day.get((who, day), 0) + net
    slow = {}
    for who, seen in bought.items():
        mine = [d for d in seen if d <= on]
        came = sum(on < d <= on + horizon for d in seen)
        cell = (len(mine) - 1, mine[-1] - mine[0], on - mine[0], came)
        before = sum(net for (w, d), net in per_day.items() if w == who and d <= on)
        after = sum(n for (w, d), n in per_day.items() if w == who and on < d <= on + horizon)
        net_sum, after_sum = slow.get(cell, (0, 0))
        slow[cell] = (net_sum + before, after_sum + after)
    columns = zip(found.x, found.t_x, found.T, found.bought, strict=True)
    cells = [tuple(map(int, cell)) for cell in columns]
    assert dict(zip(cells, zip(found.money.net, found.money.after, strict=True), strict=True)) == (
        slow
    )
    known = {w: [n for (who, d), n in per_day.items() if who == w and d <= on] for w in bought}
    spend = credibility(
        [sum(d <= on for d in seen) for seen in bought.values()],
        [sum(nets) for nets in known.values()],
        [sum(net**2 for net in nets) for nets in known.values()],
    )
    assert found.money.spend.mean == pytest.approx(spend.mean)
    assert found.money.spend.k == pytest.approx(spend.k)


def test_without_being_asked_for_money_there_is_none(engine):
    days = customer_days(lines_of(random_rows(8), engine))
    (found,) = origin_cells(days, origins=[600], horizon=90, engine=engine)
    assert found.money is None


def test_an_origin_before_the_first_purchase_knows_nobody(engine):
    days = customer_days(lines_of([("a", 50, 10, True)], engine))
    (found,) = origin_cells(days, origins=[20], horizon=90, engine=engine, with_money=True)
    assert found.weight.size == 0
    assert found.money is None


def many():
    rng = np.random.default_rng(2)
    x = np.arange(200) % 20
    return Origin(9000, 90, x, 2 * x, 3 * x, x % 3, rng.integers(1, 2000, 200))


def test_a_sample_is_of_the_size_asked_for_and_has_the_mean_of_all():
    whole = many()
    some = sampled(whole, at_most=20_000)
    assert some.weight.sum() == 20_000
    assert np.average(some.x, weights=some.weight) == pytest.approx(
        np.average(whole.x, weights=whole.weight), rel=0.02
    )
    again = sampled(whole, at_most=20_000)
    assert np.array_equal(again.weight, some.weight)


def test_few_customers_are_all_kept():
    whole = many()
    assert sampled(whole, at_most=int(whole.weight.sum())) is whole
