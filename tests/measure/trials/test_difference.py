import numpy as np
import pytest

from regulars.measure.models.inputs import BadInput
from regulars.measure.trials import difference

MEN, WOMEN = "Mens E-Mail", "Womens E-Mail"


@pytest.mark.parametrize(
    ("segment", "outcome", "effect", "error"),
    [
        (MEN, "visit", 0.076590, 0.003386),
        (WOMEN, "visit", 0.045233, 0.003234),
        (MEN, "conversion", 0.006805, 0.000921),
        (WOMEN, "conversion", 0.003111, 0.000823),
        (MEN, "spend", 0.769827, 0.145247),
        (WOMEN, "spend", 0.424412, 0.130333),
    ],
)
def test_hillstroms_effects_come_out_to_the_digits(hillstrom, segment, outcome, effect, error):
    found = difference(hillstrom.outcome(outcome, segment), hillstrom.outcome(outcome, "No E-Mail"))
    assert found.effect.value == pytest.approx(effect, abs=5e-7)
    assert found.standard_error == pytest.approx(error, abs=5e-7)
    assert found.is_clear


def test_students_sleep_data_give_welchs_interval():
    # Student 1908, the two soporifics; R's t.test gives -3.3654832 to 0.2054832, 17.776 degrees.
    one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    other = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = difference(one, other)
    assert found.effect.value == pytest.approx(-1.58)
    assert (found.effect.low, found.effect.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-7)
    assert (found.effect.n, found.effect.method) == (20, "welch")
    assert (found.treated.value, found.control.value) == pytest.approx((0.75, 2.33))
    assert not found.is_clear


def test_outcomes_of_yes_and_no_get_the_score_interval():
    # Newcombe 1998, table II, method 10: 56 of 70 less 48 of 80.
    found = difference(np.arange(70) < 56, np.arange(80) < 48)
    assert found.effect.value == pytest.approx(0.2)
    assert (found.effect.low, found.effect.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.treated.method == "wilson"


def test_another_level_gives_another_width():
    values = np.arange(10.0), np.arange(10.0) / 2
    wide, narrow = (difference(*values, level=level).effect for level in (0.99, 0.8))
    assert wide.low < narrow.low < narrow.high < wide.high
    assert wide.level == 0.99


def test_arms_without_any_spread_have_an_interval_of_no_width():
    found = difference([5.0, 5.0], [3.0, 3.0, 3.0])
    assert (found.effect.value, found.effect.low, found.effect.high) == (2, 2, 2)


@pytest.mark.parametrize("arms", [([1.0], [1.0, 2.0]), ([1.0, 2.0], []), ([], [])])
def test_one_customer_in_an_arm_tells_nothing(arms):
    found = difference(*arms)
    assert (found.effect.value, found.effect.why_not) == (None, "too_few_in_arm")
    assert found.standard_error is None
    assert not found.is_clear


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"treated": [1, float("nan")]}, "treated at row 1 is nan; wanted a finite number"),
        ({"control": [[1, 2]]}, "control has 2 dimensions; wanted one"),
        ({"level": 95}, "level is 95; wanted a number between 0 and 1"),
    ],
)
def test_what_cannot_be_compared_is_named(how, message):
    with pytest.raises(BadInput) as refused:
        difference(**({"treated": [1, 2], "control": [1, 2]} | how))
    assert str(refused.value) == message
