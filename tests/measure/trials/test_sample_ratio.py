import pytest

from regulars.measure.models.inputs import BadInput
from regulars.measure.trials import sample_ratio

THIRDS = dict.fromkeys(("Mens E-Mail", "No E-Mail", "Womens E-Mail"), 1 / 3)
HALVES = {"holdout": 0.5, "mail": 0.5}


def test_hillstroms_arms_have_the_sizes_they_were_drawn_with():
    counted = {"Mens E-Mail": 21_307, "No E-Mail": 21_306, "Womens E-Mail": 21_387}
    found = sample_ratio(counted, arms=THIRDS)
    assert found.chi_square == pytest.approx(0.2025, abs=5e-5)
    assert found.p == pytest.approx(0.904, abs=5e-4)
    assert (found.degrees, found.n, found.is_sound) == (2, 64_000, True)


def test_an_arm_that_lost_customers_is_an_alarm():
    found = sample_ratio({"holdout": 10_000, "mail": 9_500}, arms=HALVES)
    assert found.expected == {"holdout": 9_750, "mail": 9_750}
    assert found.chi_square == pytest.approx(2 * 250**2 / 9_750)
    assert found.is_sound is False


def test_the_alarm_sounds_where_it_was_set():
    counted = {"holdout": 520, "mail": 480}  # chi-square 1.6, p .2059
    assert sample_ratio(counted, arms=HALVES, alarm_below=0.20).is_sound is True
    assert sample_ratio(counted, arms=HALVES, alarm_below=0.21).is_sound is False


@pytest.mark.parametrize("counted", [{"holdout": 4, "mail": 5}, {"holdout": 0, "mail": 0}])
def test_too_few_customers_tell_nothing(counted):
    found = sample_ratio(counted, arms=HALVES)
    assert (found.p, found.chi_square, found.is_sound) == (None, None, None)
    assert found.why_not == "too_few_in_arm"


@pytest.mark.parametrize(
    ("counted", "message"),
    [
        ({"mail": 5}, "counted has the arms ['mail']; wanted those of arms: ['holdout', 'mail']"),
        (
            {"holdout": 5, "mail": "x"},
            "counted['mail'] must hold numbers only; at row 0 stands 'x'",
        ),
        ({"holdout": 5, "mail": 1.5}, "counted['mail'] is 1.5; wanted 0 or more customers"),
        ({"holdout": 5, "mail": -1}, "counted['mail'] is -1; wanted 0 or more customers"),
    ],
)
def test_counts_that_do_not_fit_the_arms_are_refused(counted, message):
    with pytest.raises(BadInput) as refused:
        sample_ratio(counted, arms=HALVES)
    assert str(refused.value) == message
