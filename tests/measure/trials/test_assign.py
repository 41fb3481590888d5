import duckdb
import numpy as np
import pytest

from regulars.measure.models.inputs import BadInput
from regulars.measure.trials import assign

HALVES = {"holdout": 0.5, "mail": 0.5}


def test_another_engine_with_sha256_puts_everyone_into_the_same_arm():
    arms = {"holdout": 0.1, "mail": 0.3, "call": 0.6}
    rows = duckdb.execute(
        """select case when drawn < 0.1 then 'holdout' when drawn < 0.4 then 'mail' else 'call' end
        from (select id, ('0x' || sha256('spring mail:' || id)[:13])::bigint / 16.0 ** 13 drawn
            from range(3000) customers(id)) order by id"""
    ).fetchall()
    assert assign(range(3000), arms=arms, salt="spring mail").tolist() == [arm for (arm,) in rows]


def test_arms_come_out_in_the_shares_asked_for():
    drawn = assign(range(100_000), arms={"holdout": 0.1, "mail": 0.9}, salt="spring mail")
    assert (drawn == "holdout").mean() == pytest.approx(0.1, abs=0.003)


def test_a_customer_is_the_same_customer_as_a_number_or_a_text_and_in_any_company():
    numbers = assign([7, 1042, 9], arms=HALVES, salt="a")
    assert assign(["7", "1042", "9"], arms=HALVES, salt="a").tolist() == numbers.tolist()
    assert assign(np.array([1042, 7]), arms=HALVES, salt="a").tolist() == [numbers[1], numbers[0]]
    assert assign([np.int64(9)], arms=HALVES, salt="a").tolist() == [numbers[2]]


def test_another_salt_draws_anew():
    one, other = (assign(range(10_000), arms=HALVES, salt=salt) for salt in ("spring", "summer"))
    assert (one == other).mean() == pytest.approx(0.5, abs=0.02)


def test_nobody_to_assign_gives_no_arms():
    assert assign([], arms=HALVES, salt="a").tolist() == []


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"ids": [1, 2.0]}, "ids at row 1 is 2.0; wanted a whole number or a text"),
        ({"ids": [True]}, "ids at row 0 is True; wanted a whole number or a text"),
        ({"ids": ["a", None]}, "ids at row 1 is None; wanted a whole number or a text"),
        ({"arms": {"all": 1.0}}, "arms has 1 arms; wanted two or more"),
        ({"arms": {"a": 0.5, "b": 0.4}}, "arms add up to 0.9; wanted shares that make 1"),
        ({"arms": {"a": 1.0, "b": 0.0}}, "arms['b'] is 0.0; wanted a number above 0"),
        ({"arms": {"a": float("nan"), "b": 1}}, "arms['a'] is nan; wanted a number above 0"),
        ({"salt": ""}, "salt is empty; wanted the name of the trial"),
    ],
)
def test_what_cannot_be_assigned_is_named(how, message):
    with pytest.raises(BadInput) as refused:
        assign(**({"ids": [1], "arms": HALVES, "salt": "a"} | how))
    assert str(refused.value) == message
