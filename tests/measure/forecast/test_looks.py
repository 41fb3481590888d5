import numpy as np
import pytest

from regulars.measure.forecast.looks import Question, WhatIf, fitted, look, moved, surprise
from regulars.measure.forecast.purchases import Counted, Purchases, count
from regulars.measure.regulars import Definition
from regulars.measure.season import Season

QUESTION = Question(Definition(), 3, seed=2)
ON = 500
FLAT = Season((0.0,) * 6)
SUMMER = Season((0.0, 0.4, 0.0, 0.0, 0.0, 0.0))


class ExpectsFour:
    """Expects four purchases of everybody together, whoever they are."""

    def expected(self, h, *, x, t_x, T):
        return np.full(len(x), 4 / len(x))


def looked(purchases, *, now=None, season=None, question=QUESTION):
    counted = now or count(purchases, definition=question.definition, on=ON)
    model = fitted(purchases, on=ON)
    return look(purchases, counted, model, season, on=ON, question=question)


@pytest.fixture(scope="module")
def present(planted_shop):
    return looked(planted_shop)


def test_a_surprise_counts_purchases_of_customers_known_at_its_start():
    # Ana is known on day 10; Bo comes on day 12. Of days 11 to 20, Ana buys on 11, 15 and 20.
    purchases = Purchases.checked([0, 0, 0, 0, 0, 1, 1], [0, 11, 15, 20, 21, 12, 13])
    found = surprise(purchases, ExpectsFour(), start=10, end=20)
    assert found == pytest.approx(np.log(4 / 5))


def test_a_look_sees_nothing_of_later_days(planted_shop, present):
    again = looked(planted_shop.until(ON))
    assert np.array_equal(again.plain, present.plain)
    assert np.array_equal(again.spread, present.spread)


def test_the_last_value_stays_where_it_is_and_the_model_starts_near_it(present):
    assert present.plain[2].tolist() == [present.now.logit] * 3
    assert np.abs(present.plain[:2, 0] - present.now.logit).max() < 0.3
    assert (present.spread > 0).all()


def test_a_sample_is_moved_to_the_share_of_all_customers(planted_shop, present):
    now = present.now
    more = Counted(now.n_regulars + 20, now.n_base)
    shifted = looked(planted_shop, now=more)
    assert shifted.plain - present.plain == pytest.approx(
        np.full((3, 3), more.logit - now.logit), abs=1e-12
    )


def test_a_season_moves_the_model_and_not_the_last_value(planted_shop, present):
    assert present.seasonal is None
    # A flat season is as good as none.
    assert looked(planted_shop, season=FLAT).seasonal == pytest.approx(present.plain)
    # Day 500 is in the middle of May (days 135 and on): more is bought until July than usual.
    more = looked(planted_shop, season=SUMMER)
    assert np.array_equal(more.plain, present.plain)
    assert (more.seasonal[0] > present.plain[0]).all()
    assert np.array_equal(more.seasonal[2], present.plain[2])


def test_a_change_moves_every_rule_alike(planted_shop, present):
    model = fitted(planted_shop, on=ON)
    fewer = WhatIf(fewer_lapse=0.5)
    changed = moved(present, planted_shop, model, question=QUESTION, what_if=fewer)
    shift = changed.plain - present.plain
    assert (shift[0] > 0).all()
    assert shift[1] == pytest.approx(shift[0])
    assert shift[2] == pytest.approx(shift[0])
    assert changed.now == present.now


def test_nobody_who_returned_has_no_model():
    once = Purchases.checked(np.arange(100), np.arange(100))
    assert fitted(once, on=ON) is None


def test_a_model_knows_nothing_of_later_days(planted_shop):
    assert fitted(planted_shop, on=ON).params == fitted(planted_shop.until(ON), on=ON).params
