import numpy as np
import pytest

from regulars.measure.card.candidates import Walk
from regulars.measure.card.entries import entries_of, winner
from regulars.measure.card.result import MODEL_NAMES, RULE_NAMES, Entry
from regulars.measure.card.scores import Cases, Predicted


def row(name, behind, *, is_rule=False, is_tied=False):
    return Entry(name, is_rule=is_rule, has_season=False, behind=behind, is_tied=is_tied)


def rows(**behind):
    """Rows by name, tied with the best where less than .01 behind it."""
    rules = ("zero", "recency")
    return [
        row(name, lag, is_rule=name in rules, is_tied=lag < 0.01) for name, lag in behind.items()
    ]


@pytest.mark.parametrize(
    ("behind", "wins"),
    [
        ({"zero": 0.5, "recency": 0.2, "mbg_nbd": 0.0, "pareto_nbd": 0.1}, "mbg_nbd"),
        ({"zero": 0.5, "recency": 0.2, "mbg_nbd": 0.009, "pareto_nbd": 0.0}, "mbg_nbd"),
        ({"zero": 0.5, "recency": 0.2, "mbg_nbd": 0.02, "pareto_nbd": 0.0}, "pareto_nbd"),
        ({"zero": 0.005, "recency": 0.2, "mbg_nbd": 0.0, "pareto_nbd": 0.1}, "mbg_nbd"),
        ({"zero": 0.5, "recency": 0.0, "mbg_nbd": 0.001, "pareto_nbd": 0.1}, "recency"),
        ({"zero": 0.005, "recency": 0.0, "mbg_nbd": 0.001, "pareto_nbd": 0.1}, "zero"),
    ],
)
def test_the_lowest_wins_or_the_simplest_of_its_kind_tied_with_it(behind, wins):
    assert winner(rows(**behind)) == wins


def test_what_could_not_be_tried_cannot_win():
    untried = Entry("mbg_nbd", is_rule=False, has_season=False, why_not="all_alike")
    tried = row("zero", 0.0, is_rule=True, is_tied=True)
    assert winner([tried, untried]) == "zero"


def test_every_score_stands_apart_for_one_time_and_repeat_buyers():
    """Four one-time buyers of whom one came, and two repeat buyers who came once and twice."""
    cases = Cases(
        x=np.array([0, 0, 1, 3]),
        bought=np.array([0, 1, 1, 2]),
        weight=np.array([3, 1, 1, 1]),
        origin=np.zeros(4, dtype=int),
    )
    told = Predicted(np.array([0.25, 0.25, 1.0, 1.0]), np.array([0.25, 0.25, 0.5, 1.0]))
    rules = dict.fromkeys(RULE_NAMES, told)
    walks = {name: Walk(name, (), why_not="all_alike") for name in MODEL_NAMES}
    found = entries_of(rules, walks, cases, has_season=False)[0]
    one, more = found.one_time, found.repeat
    assert (one.n, more.n, found.everybody.n) == (4, 2, 6)
    assert (one.purchases_expected, one.purchases_actual) == (1.0, 1.0)
    assert (more.purchases_expected, more.purchases_actual) == (2.0, 3.0)
    assert (one.buyers_expected, one.buyers_actual) == (1.0, 1.0)
    assert (more.buyers_expected, more.buyers_actual) == (1.5, 2.0)
    assert one.rmse == pytest.approx(np.sqrt((3 * 0.25**2 + 0.75**2) / 4))
    assert more.rmse == pytest.approx(np.sqrt(1 / 2))
    assert one.brier == pytest.approx((3 * 0.25**2 + 0.75**2) / 4)
    assert more.brier == pytest.approx(0.5**2 / 2)
    assert one.log_loss == pytest.approx(-(3 * np.log(0.75) + np.log(0.25)) / 4)
    # Odds of 1 count as .999.
    assert more.log_loss == pytest.approx(-(np.log(0.5) + np.log(0.999)) / 2)
    assert one.calibration_error == pytest.approx(0.0)
    assert more.calibration_error == pytest.approx(0.5 / 2)
