import numpy as np
import pytest

from regulars.measure.due import due
from regulars.measure.models import BadInput, NotIdentifiable, fit
from tests.measure.models.simulated import leaving_after_purchases

TRUTH = {"r": 0.9, "alpha": 12.0, "a": 0.8, "b": 2.5}


def shop(k=1, seed=1):
    return leaving_after_purchases(4000, truth=TRUTH, seed=seed, longest=300, k=k)


@pytest.fixture(scope="module")
def chance():
    return fit("mbg_nbd", **{key: shop()[key] for key in ("x", "t_x", "T")})


@pytest.fixture(scope="module")
def regular():
    return fit("mbg_cnbd_k", **shop(k=3), k=3)


def drawn(model, *, x, t_x, T, n=400_000):
    """Remaining waits of one customer who is still there, by drawing rate and gap."""
    rng = np.random.default_rng(5)
    k = getattr(model, "k", 1)
    r, alpha = model.params["r"], model.params["alpha"]
    gap = rng.gamma(k, size=n) / rng.gamma(r + k * x, 1 / (alpha + t_x), size=n)
    return gap[gap > T - t_x] - (T - t_x), gap


@pytest.mark.parametrize("name", ["chance", "regular"])
@pytest.mark.parametrize("past", [(0, 0, 30), (3, 60, 65), (12, 100, 120)])
def test_bands_are_those_of_drawing_rates_and_gaps(name, past, request):
    model = request.getfixturevalue(name)
    x, t_x, T = past
    said = due(model, x=[x], t_x=[t_x], T=[T])
    waits, gaps = drawn(model, x=x, t_x=t_x, T=T)
    for q, value in (
        (0.1, said.low_80),
        (0.25, said.low_50),
        (0.5, said.median),
        (0.75, said.high_50),
        (0.9, said.high_80),
    ):
        assert (waits <= value).mean() == pytest.approx(q, abs=0.01)
    assert (gaps <= said.late_after + T - t_x).mean() == pytest.approx(0.9, abs=0.01)


def test_without_regularity_the_median_has_a_closed_form(chance):
    said = due(chance, x=[4], t_x=[50], T=[60])
    r, alpha = chance.params["r"], chance.params["alpha"]
    assert said.median == pytest.approx([(alpha + 60) * (2 ** (1 / (r + 4)) - 1)])


def test_regular_customers_have_narrower_bands_and_silence_brings_them_nearer(chance, regular):
    past = {"x": [10], "t_x": [100], "T": [100]}
    wide, narrow = due(chance, **past), due(regular, **past)
    assert narrow.high_80 / narrow.median < wide.high_80 / wide.median
    later = due(regular, **past | {"T": [104]})
    assert later.median < narrow.median
    assert due(chance, **past | {"T": [104]}).median > wide.median


def test_a_customer_is_overdue_once_silent_for_longer_than_the_band_was(regular):
    said = due(regular, x=[10, 10], t_x=[100, 100], T=[100, 100])
    end = float(said.late_after[0])
    around = due(regular, x=[10, 10], t_x=[100, 100], T=[100 + end - 1, 100 + end + 1])
    assert around.is_overdue.tolist() == [False, True]
    assert around.late_after == pytest.approx([1, -1])


def test_the_band_holds_as_many_returns_as_it_says_of_a_shop_it_was_not_fitted_to(regular):
    """Everyone who is still there: their next purchase, drawn to its end."""
    rng = np.random.default_rng(9)
    n = 20_000
    rate = rng.gamma(TRUTH["r"], 1 / TRUTH["alpha"], n)
    gaps = rng.gamma(3, 1 / rate[:, None], (n, 6))
    at = np.cumsum(gaps, axis=1)
    today = 80.0
    x = (at <= today).sum(axis=1)
    there = x < 6
    t_x = np.where(x > 0, np.take_along_axis(at, np.maximum(x - 1, 0)[:, None], 1)[:, 0], 0)
    came = np.take_along_axis(at, np.minimum(x, 5)[:, None], 1)[:, 0] - today
    said = due(regular, x=x[there], t_x=t_x[there], T=np.full(there.sum(), today))
    held = (came[there] >= said.low_80) & (came[there] <= said.high_80)
    assert held.mean() == pytest.approx(0.8, abs=0.04)


def test_long_silence_and_many_purchases_stay_finite(regular, chance):
    for model in (regular, chance):
        said = due(model, x=[300, 0, 5000], t_x=[400, 0, 700], T=[4000, 9000, 20_000])
        for name in ("median", "low_50", "high_50", "low_80", "late_after", "p_alive"):
            assert np.isfinite(getattr(said, name)).all(), name
        assert (said.low_80 <= said.median).all()


def test_it_says_beside_it_whether_there_is_somebody_to_wait_for(chance):
    past = {"x": [3, 3], "t_x": [60, 60], "T": [61, 290]}
    assert due(chance, **past).p_alive == pytest.approx(chance.p_alive(**past))


def test_models_without_a_rhythm_are_refused():
    rng = np.random.default_rng(0)
    often, leaves = rng.beta(1.2, 0.75, 3000), rng.beta(0.66, 2.8, 3000)
    x, t_x, there = np.zeros(3000), np.zeros(3000), np.full(3000, fill_value=True)
    for year in range(1, 7):
        there &= rng.random(3000) > leaves
        gave = there & (rng.random(3000) < often)
        x, t_x = x + gave, np.where(gave, year, t_x)
    donors = fit("bg_bb", x=x, t_x=t_x, T=np.full(3000, 6))
    with pytest.raises(BadInput, match="model is bg_bb; wanted one with r and alpha"):
        due(donors, x=[1], t_x=[1], T=[2])


def test_a_model_that_could_not_be_fitted_says_so():
    nobody = fit("mbg_nbd", x=[0] * 9, t_x=[0] * 9, T=[5] * 9)
    with pytest.raises(NotIdentifiable):
        due(nobody, x=[1], t_x=[1], T=[2])
