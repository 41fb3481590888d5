import numpy as np
import pytest

from regulars.measure.models.inputs import BadInput
from regulars.measure.trials import always_valid, difference


def trial(seed, effect=0.0, n=6000):
    rng = np.random.default_rng(seed)
    treated = rng.random(n) < 0.5
    return rng.normal(20, 5, n) + effect * treated, treated, np.arange(n) // 200


def test_every_look_has_the_difference_of_all_customers_so_far():
    y, treated, day = trial(1, effect=1.0)
    found = always_valid(y, treated, day, planned_n=6000)
    assert [look.at for look in found.looks] == list(range(30))
    for look in found.looks:
        known = day <= look.at
        plain = difference(y[known & treated], y[known & ~treated])
        if look.effect.value is None:
            assert min(treated[known].sum(), (~treated[known]).sum()) < 100
            continue
        assert look.effect.value == pytest.approx(plain.effect.value)
        assert look.effect.n == known.sum()
        assert look.effect.low < plain.effect.low < plain.effect.high < look.effect.high


def test_at_the_planned_number_the_interval_is_the_papers():
    # Theorem 2.2 with n rho^2 = -2 log(.05) + log(1 - 2 log(.05)) = 7.9367: 3.0352 standard errors.
    y, treated, day = trial(2)
    effect = always_valid(y, treated, day, planned_n=6000).now
    error = difference(y[treated], y[~treated]).standard_error
    assert (effect.high - effect.low) / 2 / error == pytest.approx(3.0352, abs=5e-4)
    assert effect.method == "confidence_sequence"


def test_the_interval_is_narrowest_in_standard_errors_near_the_planned_number():
    y, treated, day = trial(3)

    def width(planned_n):
        effect = always_valid(y, treated, day, planned_n=planned_n).now
        return effect.high - effect.low

    assert width(6000) < width(2000)
    assert width(6000) < width(60_000)


def test_sixty_trials_without_effect_raise_no_more_alarms_than_promised():
    alarms = sum(
        always_valid(*trial((4, seed)), planned_n=6000).first_clear is not None
        for seed in range(60)
    )
    assert alarms <= 3


def test_an_effect_is_found_and_the_trial_may_stop_there():
    y, treated, day = trial(5, effect=1.0)
    found = always_valid(y, treated, day, planned_n=6000)
    stop = found.first_clear
    assert stop is not None
    assert stop.at < 29
    assert stop.effect.low <= 1.0 <= stop.effect.high
    assert stop.effect.low > 0
    cut = day <= stop.at
    again = always_valid(y[cut], treated[cut], day[cut], planned_n=6000)
    assert again.now.low == pytest.approx(stop.effect.low)
    assert again.now.n == stop.effect.n == cut.sum()


def test_the_order_of_the_rows_does_not_matter():
    y, treated, day = trial(6)
    mixed = np.random.default_rng(0).permutation(y.size)
    one = always_valid(y, treated, day, planned_n=6000).now
    other = always_valid(y[mixed], treated[mixed], day[mixed], planned_n=6000).now
    assert (other.low, other.high) == pytest.approx((one.low, one.high))


def test_too_few_customers_or_outcomes_all_alike_tell_nothing():
    treated = np.arange(400) % 2 == 0
    day = np.arange(400) // 200
    found = always_valid(np.zeros(400), treated, day, planned_n=1000, least=150)
    assert [look.effect.why_not for look in found.looks] == ["too_few_in_arm", "no_spread"]
    assert found.looks[0].effect.needs == 300
    assert found.first_clear is None


def test_an_arm_of_outcomes_all_alike_has_no_spread_whatever_the_rounding():
    treated = np.arange(400) % 2 == 0
    y = np.where(treated, 0.1, np.arange(400) / 7)
    assert always_valid(y, treated, np.ones(400), planned_n=400).now.why_not == "no_spread"


def test_a_trial_nobody_has_entered_has_no_looks():
    found = always_valid([], [], [], planned_n=1000)
    assert found.looks == ()
    assert found.now.why_not == "too_few_in_arm"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"at": [1]}, "at has 1 values and outcome has 2; wanted as many"),
        (
            {"planned_n": 150},
            "planned_n is 150 and least is 100; wanted least from 2 on, and planned_n from twice "
            "that on",
        ),
        ({"level": 1}, "level is 1; wanted a number between 0 and 1"),
    ],
)
def test_what_cannot_be_looked_at_is_named(how, message):
    given = {"outcome": [1, 2], "is_treated": [0, 1], "at": [1, 1], "planned_n": 1000}
    with pytest.raises(BadInput) as refused:
        always_valid(**(given | how))
    assert str(refused.value) == message
