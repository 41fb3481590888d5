import numpy as np
import pytest

from regulars.measure.forecast.looks import Question, WhatIf, look, moved, surprise
from regulars.measure.forecast.purchases import Counted, Purchases, count
from regulars.measure.forecast.season import Surprise
from regulars.measure.regulars import Definition

QUESTION = Question(Definition(), 3, seed=2)
ON = 500


class ExpectsFour:
    """Expects four purchases of everybody together, whoever they are."""

    def expected(self, h, *, x, t_x, T):
        return np.full(len(x), 4 / len(x))


def looked(purchases, *, now=None, surprises=(), question=QUESTION):
    counted = now or count(purchases, definition=question.definition, on=ON)
    return look(purchases, counted, on=ON, question=question, surprises=surprises)


@pytest.fixture(scope="module")
def present(planted_shop):
    return looked(planted_shop)[0]


def test_a_surprise_counts_purchases_of_customers_known_at_its_start():
    # Ana is known on day 10; Bo comes on day 12. Of days 11 to 20, Ana buys on 11, 15 and 20.
    purchases = Purchases.checked([0, 0, 0, 0, 0, 1, 1], [0, 11, 15, 20, 21, 12, 13])
    found = surprise(purchases, ExpectsFour(), start=10, end=20)
    assert (found.start, found.end) == (10, 20)
    assert found.log_ratio == pytest.approx(np.log(4 / 5))


def test_a_look_sees_nothing_of_later_days(planted_shop, present):
    again = looked(planted_shop.until(ON))[0]
    assert np.array_equal(again.plain, present.plain)
    assert np.array_equal(again.spread, present.spread)


def test_the_last_value_stays_where_it_is_and_the_model_starts_near_it(present):
    assert present.plain[2].tolist() == [present.now.logit] * 3
    assert np.abs(present.plain[:2, 0] - present.now.logit).max() < 0.3
    assert (present.spread > 0).all()


def test_a_sample_is_moved_to_the_share_of_all_customers(planted_shop, present):
    now = present.now
    more = Counted(now.n_regulars + 20, now.n_base)
    shifted = looked(planted_shop, now=more)[0]
    assert shifted.plain - present.plain == pytest.approx(
        np.full((3, 3), more.logit - now.logit), abs=1e-12
    )


def test_a_season_is_tried_only_where_a_year_of_surprises_is_known(planted_shop, present):
    flat = [Surprise(30 * i, 30 * i + 30, 0.0) for i in range(13)]
    assert present.seasonal is None
    assert looked(planted_shop, surprises=flat[:12])[0].seasonal is None
    # A flat season is as good as none.
    assert np.array_equal(looked(planted_shop, surprises=flat)[0].seasonal, present.plain)


def test_a_change_moves_every_rule_alike(planted_shop, present):
    changed = moved(present, planted_shop, question=QUESTION, what_if=WhatIf(fewer_lapse=0.5))
    shift = changed.plain - present.plain
    assert (shift[0] > 0).all()
    assert shift[1] == pytest.approx(shift[0])
    assert shift[2] == pytest.approx(shift[0])
    assert changed.now == present.now


def test_where_no_model_can_be_fitted_there_is_no_look():
    once = Purchases.checked(np.arange(100), np.arange(100))
    assert looked(once) is None
