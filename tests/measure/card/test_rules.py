import numpy as np
import pytest

from regulars.measure.backtest import Origin
from regulars.measure.card.result import RULE_NAMES
from regulars.measure.card.rules import learned

H = 30
TODAY = {"x": np.array([0, 1, 3, 3]), "t_x": np.array([0, 5, 80, 80])}
TODAY["T"] = np.array([50, 20, 100, 200])


def window():
    """What 10 customers did in the 30 days before today.

    Four had bought in the 30 days before that, and three of them did so again.
    """
    rows = [
        # x, t_x, T, bought, customers
        (0, 0, 10, 0, 1),
        (0, 0, 10, 1, 1),
        (2, 60, 70, 1, 1),
        (1, 60, 70, 2, 1),
        (0, 0, 90, 0, 6),
    ]
    return Origin(1000, H, *(np.array(column) for column in zip(*rows, strict=True)))


@pytest.mark.parametrize("name", RULE_NAMES)
def test_a_rule_speaks_of_its_own_horizon_alone_and_of_nobody_as_left(name):
    rule = learned(name, window())
    assert np.isnan(rule.p_alive(**TODAY)).all()
    for ask in (rule.expected, rule.p_buys):
        assert ask(H, **TODAY).shape == (4,)
        with pytest.raises(ValueError, match="h is 60; this rule was learned for 30 days alone"):
            ask(60, **TODAY)


def test_zero_expects_nobody():
    rule = learned("zero", window())
    assert rule.expected(H, **TODAY).tolist() == [0, 0, 0, 0]
    assert rule.p_buys(H, **TODAY).tolist() == [0, 0, 0, 0]


def test_last_value_repeats_the_last_window():
    """Silent for 50 days: none. Came 20 days ago and bought twice: 2, all of it in the window.

    x of 3 and bought in it: (1 + 2) / 2 on average. Silent for 120 days: none.
    """
    rule = learned("last_value", window())
    assert rule.expected(H, **TODAY).tolist() == [0, 2, 1.5, 0]


def test_last_value_keeps_the_total_of_the_last_window():
    rule = learned("last_value", window())
    now = {"x": np.array([0, 1, 3, 3]), "t_x": np.array([0, 25, 90, 95])}
    now["T"] = np.array([40, 40, 100, 100])
    assert rule.expected(H, **now).sum() == window().bought @ window().weight


def test_last_value_odds_are_those_of_buyers_and_others_of_the_window_before():
    """Three of four buyers bought again, none of six others; one customer like all (.3) added."""
    rule = learned("last_value", window())
    again, others = 3.3 / 5, 0.3 / 7
    assert rule.p_buys(H, **TODAY) == pytest.approx([others, again, again, others])


def test_last_value_judges_a_number_of_purchases_never_seen_by_the_pace_of_all():
    rule = learned("last_value", window())
    asked = {"x": np.array([10]), "t_x": np.array([90]), "T": np.array([100])}
    # 4 purchase days in the window, of 2 + 4 + 4 in the lives of those who bought
    assert rule.expected(H, **asked) == pytest.approx([11 * 4 / 10])


def test_recency_looks_at_the_silence_alone():
    """Silent for 10 days: 3 of 4 bought, 4 times in all; for 90 days: nobody of 6 did."""
    rule = learned("recency", window())
    asked = {"x": np.array([7, 0]), "t_x": np.array([5, 0]), "T": np.array([15, 90])}
    assert rule.p_buys(H, **asked) == pytest.approx([3.3 / 5, 0.3 / 7])
    assert rule.expected(H, **asked) == pytest.approx([4.4 / 5, 0.4 / 7])


def test_recency_takes_a_silence_longer_than_any_as_the_longest():
    rule = learned("recency", window())
    asked = {"x": np.array([0]), "t_x": np.array([0]), "T": np.array([5000])}
    assert rule.p_buys(H, **asked) == pytest.approx([0.3 / 7])


def test_a_window_in_which_nobody_bought_teaches_that_nobody_buys():
    quiet = Origin(1000, H, *(np.array([value]) for value in (0, 0, 10, 0, 5)))
    for name in RULE_NAMES:
        rule = learned(name, quiet)
        assert rule.p_buys(H, x=[0], t_x=[0], T=[100]).tolist() == [0]
        assert rule.expected(H, x=[0], t_x=[0], T=[100]).tolist() == [0]
