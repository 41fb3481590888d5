from math import erf

import numpy as np
import pytest
from scipy.special import lambertw, ndtr, ndtri

from regulars.measure.concentration import concentration


def test_a_hand_worked_shop_of_ten():
    found = concentration([100, 50, 20, 10, 5, 5, 4, 3, 2, 1])  # 200 in all
    assert found.top_20_share.value == pytest.approx(150 / 200)
    assert found.holders_for_80_share.value == pytest.approx(0.25)  # 150 + half of 20 is 160
    # Gini by the definition: mean absolute difference over twice the mean
    held = np.array([100, 50, 20, 10, 5, 5, 4, 3, 2, 1])
    direct = np.abs(held[:, None] - held[None, :]).mean() / (2 * held.mean())
    assert found.gini.value == pytest.approx(direct)
    assert found.curve[0] == (0.0, 0.0)
    assert found.curve[-1] == (1.0, 1.0)


def test_everybody_alike_holds_a_fifth_each():
    found = concentration(np.full(50, 7))
    assert found.top_20_share.value == pytest.approx(0.2)
    assert 0.0 <= found.gini.value < 1e-12
    assert found.top_20_share.high - found.top_20_share.low == pytest.approx(0.0, abs=1e-9)


def test_intervals_agree_with_the_bootstrap():
    rng = np.random.default_rng(5)
    held = rng.lognormal(3, 1.2, 3000)
    found = concentration(held)
    drawn = [concentration(rng.choice(held, held.size)) for _ in range(400)]
    for name in ("top_20_share", "gini", "holders_for_80_share"):
        spread = np.std([getattr(one, name).value for one in drawn])
        figure = getattr(found, name)
        half = (figure.high - figure.low) / 2
        assert half == pytest.approx(1.96 * spread, rel=0.12), name


SIGMA = 1.2
TRUE = {  # top 20 % share, Gini, holders for 80 %, in closed form
    "gamma(1): exponential": (
        0.2 * (1 - np.log(0.2)),
        0.5,
        np.exp(1 + lambertw(-0.8 / np.e, -1).real),
    ),
    "lognormal(1.2)": (
        ndtr(SIGMA - ndtri(0.8)),
        erf(SIGMA / 2),
        ndtr(ndtri(0.8) - SIGMA),
    ),
    "pareto(2)": (0.2**0.5, 1 / 3, 0.8**2),
}
DRAWN = {
    "gamma(1): exponential": lambda rng, n: rng.gamma(1.0, 20.0, n),
    "lognormal(1.2)": lambda rng, n: rng.lognormal(3, SIGMA, n),
    "pareto(2)": lambda rng, n: 1 + rng.pareto(2, n),
}


@pytest.mark.parametrize("kind", TRUE)
def test_the_planted_truth_is_covered_as_often_as_said(kind):
    rng = np.random.default_rng(20)
    kept = np.zeros(3)
    for _ in range(500):
        found = concentration(DRAWN[kind](rng, 3000), points=2)
        figures = found.top_20_share, found.gini, found.holders_for_80_share
        kept += [
            figure.low <= truth <= figure.high
            for figure, truth in zip(figures, TRUE[kind], strict=True)
        ]
    # 475 are promised, with a standard error of 5; 1.96 standard errors of the influence alone keep
    # 453 to 456 of the Pareto.
    assert (kept >= 462).all(), kept


def test_few_customers_get_no_interval_and_none_no_figure():
    assert concentration([3, 2, 1]).gini.low is None
    assert concentration(np.arange(1, 30)).gini.low is None
    assert concentration(np.arange(1, 31)).gini.low is not None
    assert concentration([]).gini.why_not == "nobody_counted"


def test_amounts_not_above_zero_are_refused():
    with pytest.raises(ValueError, match="wanted numbers above zero only"):
        concentration([1.0, 0.0])


@pytest.mark.parametrize(
    ("amounts", "problem"),
    [
        ([1, 2, float("nan")], "amounts at row 2 is nan; wanted a finite number"),
        ([1, float("inf")], "amounts at row 1 is inf; wanted a finite number"),
        ([4, -3], "amounts at row 1 is -3; wanted numbers above zero only"),
        ([4, "a"], "amounts must hold numbers only; at row 1 stands 'a'"),
        ([[1, 2]], "amounts has 2 dimensions; wanted one"),
    ],
)
def test_bad_amounts_are_refused_by_row(amounts, problem):
    with pytest.raises(ValueError, match=problem):
        concentration(amounts)
