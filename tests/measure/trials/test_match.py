import numpy as np
import pytest

from regulars.measure.models.inputs import BadInput
from regulars.measure.trials import match


@pytest.fixture(scope="module")
def unheld():
    """Better customers got it more often; it is worth 3 to each of them."""
    rng = np.random.default_rng(8)
    spend, silence, visits = rng.normal(5, 1, 6000), rng.gamma(2, 1, 6000), rng.poisson(3, 6000)
    leaning = -1.6 + 0.8 * (spend - 5) - 0.3 * (silence - 2) + 0.2 * (visits - 3)
    treated = rng.random(6000) < 1 / (1 + np.exp(-leaning))
    y = spend**2 - 2 * silence + visits + 3 * treated + rng.normal(0, 4, 6000)
    return y, treated, {"log_spend": spend, "recency": silence, "frequency": visits}


def test_a_planted_effect_is_recovered_where_the_plain_difference_is_far_off(unheld):
    y, treated, _ = unheld
    found = match(*unheld)
    assert y[treated].mean() - y[~treated].mean() > 9
    assert found.effect.low < 3 < found.effect.high
    assert found.effect.high - found.effect.low < 1.2
    assert found.is_clear


def test_balance_is_shown_before_and_after(unheld):
    _, treated, columns = unheld
    found = match(*unheld)
    assert [one.covariate for one in found.balance] == list(columns)
    spend = found.balance[0]
    x = columns["log_spend"]
    sd = np.sqrt((x[treated].var(ddof=1) + x[~treated].var(ddof=1)) / 2)
    assert spend.treated_mean == pytest.approx(x[treated].mean())
    assert spend.gap == pytest.approx((x[treated].mean() - x[~treated].mean()) / sd)
    assert spend.matched_control_mean == pytest.approx(x[found.control_rows].mean())
    assert spend.gap > 0.5
    assert abs(spend.matched_gap) < 0.02
    assert found.is_balanced


def test_pairs_are_of_one_treated_and_one_other_within_the_caliper_in_every_covariate(unheld):
    _, treated, columns = unheld
    found = match(*unheld, caliper=0.1)
    assert treated[found.treated_rows].all()
    assert not treated[found.control_rows].any()
    assert np.unique(found.treated_rows).size == found.n_matched == found.treated_rows.size
    assert found.n_matched < found.n_treated == treated.sum()
    for x in columns.values():
        sd = np.sqrt((x[treated].var(ddof=1) + x[~treated].var(ddof=1)) / 2)
        gaps = np.abs(x[found.treated_rows] - x[found.control_rows]) / sd
        assert gaps.max() <= 0.1 + 1e-8


def test_the_nearest_of_the_others_is_taken():
    x = np.array([1.0, 5.0, 9.0, 0.9, 5.2, 8.0, 20.0, 2.0])
    treated = np.arange(8) < 3
    found = match(np.zeros(8), treated, {"x": x})
    assert dict(zip(found.treated_rows, found.control_rows, strict=True)) == {0: 3, 1: 4, 2: 5}


def test_effect_and_error_are_abadie_and_imbenss():
    """The papers' formulas written out one customer at a time."""
    rng = np.random.default_rng(12)
    treated = np.arange(90) < 40
    x = np.column_stack((rng.normal(treated * 0.5, 1), rng.normal(0, 2, 90)))
    y = x.sum(axis=1) + treated + rng.normal(0, 1, 90)
    sd = np.sqrt((x[treated].var(axis=0, ddof=1) + x[~treated].var(axis=0, ddof=1)) / 2)
    others = [j for j in range(90) if not treated[j]]

    def nearest(i, among):
        return min(among, key=lambda j: max(abs(x[i] - x[j]) / sd))

    partner = {i: nearest(i, others) for i in range(40)}
    partner = {i: j for i, j in partner.items() if max(abs(x[i] - x[j]) / sd) <= 0.5}
    served = list(partner.values())
    design = np.column_stack((np.ones(90), x))
    left = y - design @ np.linalg.lstsq(design[served], y[served])[0]
    gaps = np.array([left[i] - left[j] for i, j in partner.items()])
    square = ((gaps - gaps.mean()) ** 2).sum()
    for j in set(served):
        times = served.count(j)
        same_side = nearest(j, [other for other in others if other != j])
        square += times * (times - 1) * (left[j] - left[same_side]) ** 2 / 2
    found = match(y, treated, {"one": x[:, 0], "two": x[:, 1]}, caliper=0.5)
    assert max(served.count(j) for j in served) > 1
    assert found.n_matched == len(partner) < 40
    assert found.effect.value == pytest.approx(gaps.mean())
    assert found.standard_error == pytest.approx(np.sqrt(square) / len(gaps))
    assert found.effect.high - found.effect.value == pytest.approx(1.959964 * found.standard_error)


def test_neighbours_exactly_alike_are_drawn_by_lot_and_serve_about_equally():
    treated = np.arange(1100) < 100
    found = match(np.zeros(1100), treated, {"orders": np.ones(1100)})
    assert found.n_controls_used > 80
    again = match(np.zeros(1100), treated, {"orders": np.ones(1100)})
    other = match(np.zeros(1100), treated, {"orders": np.ones(1100)}, seed=2)
    assert again.control_rows.tolist() == found.control_rows.tolist()
    assert other.control_rows.tolist() != found.control_rows.tolist()


def test_customers_like_nobody_are_left_out_and_too_few_pairs_tell_nothing():
    x = np.array([1.0, 2.0, 500.0, 1.0, 2.0, 3.0])
    found = match(np.zeros(6), [1, 1, 1, 0, 0, 0], {"x": x})
    assert (found.n_treated, found.n_matched) == (3, 2)
    assert (found.effect.value, found.effect.why_not) == (None, "too_few_pairs")
    assert found.standard_error is None


def test_nobody_alike_is_not_balanced():
    found = match(np.zeros(6), [1, 1, 1, 0, 0, 0], {"x": [1.0, 2, 3, 101, 102, 103]})
    assert (found.n_matched, found.is_balanced) == (0, False)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"is_treated": [1, 0, 0]}, "is_treated leaves fewer than two customers on one side"),
        ({"caliper": 0}, "caliper is 0; wanted a number above 0"),
        ({"covariates": {"x": [1, 2]}}, "x has 2 values and outcome has 3; wanted as many"),
    ],
)
def test_what_cannot_be_matched_is_named(how, message):
    given = {"outcome": [1, 2, 3], "is_treated": [1, 0, 1], "covariates": {"x": [1, 2, 3]}}
    with pytest.raises(BadInput) as refused:
        match(**(given | how))
    assert str(refused.value).startswith(message)
