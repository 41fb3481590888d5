import numpy as np
import pytest

from regulars.measure.intervals import proportion
from regulars.measure.ratios import Totals, ratio_of_means, share_of_total, totals


def totals_of(part, whole):
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    sums = (x.sum() for x in (part, whole, part**2, whole**2, part * whole))
    return Totals(part.size, *map(float, sums))


def test_totals_are_taken_by_group(engine):
    rows = {
        "kind": np.array(["a", "a", "b"], dtype=object),
        "on": np.array([1, 2, 0]),
        "all": np.array([4, 2, 5]),
    }
    found = totals(engine.table(rows, "rows"), part="on", whole="all", by="kind", engine=engine)
    assert found == {"a": totals_of([1, 2], [4, 2]), "b": totals_of([0], [5])}


def test_customers_of_one_purchase_each_are_plain_yes_or_no_answers():
    part = np.repeat([1, 0], [30, 71])
    found, plain = share_of_total(totals_of(part, np.ones(101))), proportion(30, 101)
    assert found.value == plain.value
    # A little wider: the variance is estimated from these customers, not known.
    assert plain.low - 0.002 < found.low < plain.low
    assert plain.high < found.high < plain.high + 0.002


def test_the_interval_of_a_share_of_spend_agrees_with_the_bootstrap():
    rng = np.random.default_rng(2)
    whole = rng.lognormal(3, 1.0, 2000)
    part = whole * rng.beta(0.5, 2.0, 2000)
    found = share_of_total(totals_of(part, whole))
    drawn = []
    for _ in range(400):
        pick = rng.integers(0, 2000, 2000)
        drawn.append(part[pick].sum() / whole[pick].sum())
    assert found.value == pytest.approx(part.sum() / whole.sum())
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * np.std(drawn), rel=0.12)


def test_never_on_discount_is_nought_with_room_above_by_the_effective_number_of_customers():
    found = share_of_total(totals_of(np.zeros(20), np.ones(20)))
    assert (found.value, found.low, found.high) == (0.0, 0.0, proportion(0, 20).high)
    # One customer with nearly all the spend is as good as one customer alone.
    big = share_of_total(totals_of(np.zeros(20), [1.0] * 19 + [1e6]))
    assert big.high == pytest.approx(proportion(0, 1).high, abs=1e-4)


def test_the_interval_of_a_ratio_of_means_agrees_with_the_bootstrap():
    rng = np.random.default_rng(4)
    one, other = rng.lognormal(4, 0.8, 900), rng.lognormal(2, 1.0, 1500)
    found = ratio_of_means(totals_of(one, one), totals_of(other, other))
    drawn = [rng.choice(one, 900).mean() / rng.choice(other, 1500).mean() for _ in range(600)]
    assert found.value == pytest.approx(one.mean() / other.mean())
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx((low, high), rel=0.03)


def test_what_cannot_be_told_is_said_and_not_nought():
    assert share_of_total(None).why_not == "nobody_counted"
    assert share_of_total(totals_of([0], [0])).why_not == "no_revenue"
    alone = share_of_total(totals_of([1], [2]))
    assert (alone.value, alone.low) == (0.5, None)
    good = totals_of([3, 4], [3, 4])
    assert ratio_of_means(good, totals_of([5], [5])).why_not == "nobody_counted"
    assert ratio_of_means(good, totals_of([1, -1], [0, 0])).why_not == "no_revenue"
