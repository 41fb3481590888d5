import pytest

from regulars.measure.models.inputs import BadInput
from regulars.measure.trials import power


def test_shares_need_what_the_textbook_says():
    # Chow, Shao and Wang 2008, 4.2: 65 % against 85 %, 70 in each arm.
    assert power(baseline=0.65, effect=0.20).n_needed == 140


def test_means_need_what_the_textbook_says():
    # Chow, Shao and Wang 2008, 3.2: a difference of 5 with a standard deviation of 10, 63 each.
    assert power(sd=10, effect=5).n_needed == 126


def test_weeks_to_go_are_customers_to_come_over_customers_a_week():
    plan = power(sd=10, effect=5, n_now=26, per_week=40)
    assert (plan.n_more, plan.weeks_more) == (100, 2.5)
    enough = power(sd=10, effect=5, n_now=500, per_week=40)
    assert (enough.n_more, enough.weeks_more) == (0, 0)
    assert power(sd=10, effect=5).weeks_more is None


@pytest.mark.parametrize("effect", [0.013, -0.013])
@pytest.mark.parametrize("treated_share", [0.5, 0.9])
def test_the_detectable_share_is_the_one_that_needs_just_these_customers(effect, treated_share):
    asked = {"baseline": 0.08, "treated_share": treated_share}
    found = power(effect=effect, n_now=9_000, **asked).detectable
    assert found * effect > 0
    assert power(effect=found, **asked).n_needed == pytest.approx(9_000, abs=2)


def test_the_detectable_mean_is_the_one_that_needs_just_these_customers():
    found = power(sd=30, effect=-1, n_now=9_000, treated_share=0.2).detectable
    assert found < 0
    assert power(sd=30, effect=found, treated_share=0.2).n_needed == pytest.approx(9_000, abs=2)
    assert power(sd=30, effect=1).detectable is None


def test_an_adjustment_saves_the_customers_of_the_variance_it_takes_off():
    assert power(sd=10, effect=5, gain_share=0.5).n_needed == pytest.approx(63, abs=2)


def test_looking_all_the_time_costs_customers():
    # (3.0352 + 0.8416)^2 / (1.9600 + 0.8416)^2 = 1.9149
    once, always = (
        power(baseline=0.1, effect=0.01, is_peeked=peeked).n_needed for peeked in (False, True)
    )
    assert always / once == pytest.approx(1.9149, abs=1e-3)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"effect": 0}, "effect is 0; wanted the smallest difference worth seeing"),
        ({"effect": float("nan")}, "effect is nan; wanted the smallest difference worth seeing"),
        ({"sd": 3}, "baseline and sd: wanted one of them, and not both"),
        ({"baseline": None}, "baseline and sd: wanted one of them, and not both"),
        ({"baseline": 1.2}, "baseline is 1.2; wanted a number between 0 and 1"),
        ({"effect": 0.95}, "baseline + effect is 1.05; wanted a number between 0 and 1"),
        ({"treated_share": 1}, "treated_share is 1; wanted a number between 0 and 1"),
        ({"power": 80}, "power is 80; wanted a number between 0 and 1"),
        ({"per_week": 0}, "per_week is 0; wanted a number above 0"),
        ({"gain_share": 1}, "gain_share is 1; wanted 0 or more and below 1"),
        ({"n_now": -1}, "n_now is -1; wanted 0 or more"),
    ],
)
def test_what_cannot_be_planned_is_named(how, message):
    with pytest.raises(BadInput) as refused:
        power(**({"effect": 0.1, "baseline": 0.1} | how))
    assert str(refused.value) == message
