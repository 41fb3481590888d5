import pytest

from regulars.measure.figure import Figure
from regulars.measure.intervals import proportion
from regulars.measure.verdict import CANNOT_TELL, DOES_NOT_HOLD, HOLDS, Claim, Need, judge


def found(low, high, *, n=100):
    return Figure((low + high) / 2, low, high, n=n)


@pytest.mark.parametrize(
    ("low", "high", "claim", "verdict"),
    [
        (0.25, 0.35, Claim(0.20, 0.40), HOLDS),
        (0.05, 0.15, Claim(0.20, 0.40), DOES_NOT_HOLD),
        (0.45, 0.55, Claim(0.20, 0.40), DOES_NOT_HOLD),
        (0.15, 0.25, Claim(0.20, 0.40), CANNOT_TELL),
        (0.10, 0.60, Claim(0.20, 0.40), CANNOT_TELL),
        (0.01, 0.09, Claim(0.0, None), HOLDS),
        (-0.09, 0.0, Claim(0.0, None), DOES_NOT_HOLD),
        (-0.02, 0.09, Claim(0.0, None), CANNOT_TELL),
        (-0.09, -0.01, Claim(None, 0.0), HOLDS),
    ],
)
def test_a_claim_holds_where_the_whole_interval_is_within_it(low, high, claim, verdict):
    assert judge("rule", found(low, high), claim).verdict == verdict


def test_undecided_asks_for_the_customers_that_would_decide_it():
    # From 0.3125, an eighth wide on both sides, the end 0.25 is half an eighth away: to clear it
    # the interval must be half as wide, and that takes four times as many.
    given = judge("rule", found(0.1875, 0.4375, n=100), Claim(0.25, 0.5))
    assert given.needs == (Need("customers", 300),)
    # Where both ends lie in the interval both must be cleared: the nearer takes sixteen times.
    wide = judge("rule", found(0.25, 0.75, n=100), Claim(0.3125, 0.5625))
    assert wide.needs == (Need("customers", 1500),)


def test_about_that_many_customers_do_decide_it_and_half_of_them_do_not():
    claim = Claim(0.20, 0.40)

    def asked_of(n):
        return judge("rule", proportion(round(0.23 * n), n), claim)

    more = asked_of(400).needs[0].n
    assert asked_of(400 + more // 2).verdict == CANNOT_TELL
    assert asked_of(400 + round(1.3 * more)).verdict == HOLDS


def test_on_the_end_of_the_claim_no_number_of_customers_is_promised():
    assert judge("rule", found(0.15, 0.25), Claim(0.20, 0.40)).needs == (Need("customers", None),)


def test_an_unknown_figure_asks_for_what_would_make_it_known():
    unknown = Figure.unknown("no_revenue")
    given = judge("rule", unknown, Claim(0.0, None), otherwise=Need("amounts"))
    assert (given.verdict, given.needs, given.estimate) == (
        CANNOT_TELL,
        (Need("amounts"),),
        unknown,
    )


def test_a_figure_without_an_interval_decides_nothing():
    given = judge("rule", Figure(0.3, n=4), Claim(0.20, 0.40))
    assert (given.verdict, given.needs) == (CANNOT_TELL, (Need("customers"),))
