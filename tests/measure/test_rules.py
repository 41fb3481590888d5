import duckdb
import numpy as np
import pytest

from regulars.measure import rfm
from regulars.measure.discounts import discount_days
from regulars.measure.engine import DuckEngine
from regulars.measure.regulars import Definition
from regulars.measure.rules import (
    lost_in_a_year,
    regulars_bring,
    rules,
    several_channels,
    top_fifth,
    won_by_discount,
)
from regulars.measure.verdict import CANNOT_TELL, DOES_NOT_HOLD, HOLDS, Need

AS_OF = 999


@pytest.fixture
def duck():
    with duckdb.connect() as connection:
        yield DuckEngine(connection)


def lines_of(rows, engine):
    """Rows of (customer, day, net_minor, is_discounted, channel), all of them purchases."""
    customers, days, nets, on, channels = zip(*rows, strict=True)
    return engine.table(
        {
            "customer": np.array(customers, dtype=object),
            "day": np.array(days, dtype=np.int32),
            "net_minor": np.array(nets, dtype=np.int64),
            "is_purchase": np.ones(len(rows), dtype=bool),
            "is_discounted": np.array(on, dtype=object),
            "channel": np.array(channels, dtype=object),
        },
        "rule_lines_of_test",
    )


def days_of(rows, engine):
    return rfm.customer_days(lines_of(rows, engine))


def customers_of(rows, engine, *, as_of=AS_OF):
    return rfm.customers(days_of(rows, engine), as_of=as_of, definition=Definition())


def bought(customer, *days, net=100, on=None, channel=None):
    return [(customer, day, net, on, channel) for day in days]


def test_the_top_fifth_is_held_against_four_fifths_of_spend(engine):
    rows = [row for i in range(200) for row in bought(f"c{i}", 9, net=1600 if i < 40 else 100)]
    given = top_fifth(customers_of(rows, engine), engine=engine)
    assert (given.estimate.value, given.estimate.n) == (pytest.approx(0.8), 200)
    assert given.verdict == HOLDS


def test_where_all_spend_alike_the_top_fifth_holds_a_fifth(duck):
    rows = [row for i in range(50) for row in bought(f"c{i}", 9)]
    given = top_fifth(customers_of(rows, duck), engine=duck)
    assert (given.estimate.value, given.verdict) == (pytest.approx(0.2), DOES_NOT_HOLD)


def test_regulars_are_set_beside_the_other_customers_of_the_base_window(engine):
    rows = []
    for i in range(60):
        rows += bought(f"r{i}", 900, 910, 920, net=300 + i % 2)
        rows += bought(f"o{i}", 950, net=100 + i % 3)
    rows += bought("long ago", 10, net=10**6)
    given = regulars_bring(customers_of(rows, engine), engine=engine)
    assert given.estimate.value == pytest.approx(3 * 300.5 / 101)
    assert given.estimate.n == 120
    assert given.verdict == HOLDS


def test_lost_are_those_of_the_year_before_last_who_did_not_come_in_the_last(engine):
    rows = []
    for i in range(300):
        rows += bought(f"c{i}", 300, *([700] if i >= 90 else []))
    rows += bought("too early", 269)  # the year before last is days 270 to 634
    rows += bought("new", 800)
    given = lost_in_a_year(days_of(rows, engine), as_of=AS_OF, engine=engine)
    assert (given.estimate.value, given.estimate.n) == (90 / 300, 300)
    assert given.verdict == HOLDS


def test_a_history_a_fortnight_short_of_two_years_cannot_tell_who_is_lost_in_one(duck):
    rows = [*bought("ana", 0, 300), *bought("bo", 400)]
    given = lost_in_a_year(days_of(rows, duck), as_of=714, engine=duck)
    assert (given.verdict, given.needs) == (CANNOT_TELL, (Need("history_days", 730),))
    assert given.estimate.why_not == "history_too_short"
    assert lost_in_a_year(days_of(rows, duck), as_of=715, engine=duck).estimate.n == 1


def channel_rows(*, several, one):
    """Of 100 customers on two channels, and of 100 on one, those who come a third time in time."""
    rows = []
    for i in range(100):
        rows += bought(f"s{i}", 1, channel="shop") + bought(f"s{i}", 5, channel="web")
        rows += bought(f"o{i}", 1, 5, channel="shop")
        rows += bought(f"s{i}", 370 if i < several else 371, channel="web")
        rows += bought(f"o{i}", 370 if i < one else 371, channel="web")
    return rows


def test_channels_of_the_first_two_days_are_held_against_what_came_after(engine):
    rows = channel_rows(several=80, one=50)
    rows += bought("unknown", 1, 5, 9) + bought("young", 700, 710, channel="web")
    given = several_channels(lines_of(rows, engine), as_of=AS_OF, engine=engine)
    assert (given.estimate.value, given.estimate.n) == (pytest.approx(0.3), 200)
    assert given.verdict == HOLDS


def test_a_channel_used_from_the_third_purchase_on_makes_nobody_a_user_of_several(duck):
    rows = channel_rows(several=50, one=80)
    given = several_channels(lines_of(rows, duck), as_of=AS_OF, engine=duck)
    assert given.estimate.value == pytest.approx(-0.3)
    assert given.verdict == DOES_NOT_HOLD


def test_without_channels_it_says_what_to_record(duck):
    rows = [row for i in range(20) for row in bought(f"c{i}", 1, 5, 9)]
    lines = lines_of([*rows, *bought("ana", 1, channel="web")], duck)
    given = several_channels(lines, as_of=AS_OF, engine=duck)
    assert (given.verdict, given.needs) == (CANNOT_TELL, (Need("channel_column"),))
    one = lines_of([(*row[:4], "web") for row in rows], duck)
    given = several_channels(one, as_of=AS_OF, engine=duck)
    assert given.needs == (Need("customers_on_several_channels"),)


def won_rows(n, *, on_back, full_back):
    rows = []
    for i in range(n):
        rows += bought(f"d{i}", 1, on=True) + bought(f"f{i}", 1, on=False)
        rows += bought(f"d{i}", 90, on=False) if i < on_back else []
        rows += bought(f"f{i}", 90, on=False) if i < full_back else []
    return rows


@pytest.mark.parametrize(
    ("on_back", "full_back", "verdict"),
    [(20, 60, HOLDS), (60, 20, DOES_NOT_HOLD), (40, 41, CANNOT_TELL)],
)
def test_customers_won_by_discounts_leave_where_fewer_of_them_come_back(
    duck, on_back, full_back, verdict
):
    rows = won_rows(100, on_back=on_back, full_back=full_back)
    days = discount_days(lines_of(rows, duck), as_of=AS_OF)
    given = won_by_discount(days, as_of=AS_OF, engine=duck)
    assert given.estimate.value == pytest.approx((on_back - full_back) / 100)
    assert given.verdict == verdict


def test_what_is_missing_to_judge_discounts_is_named(duck):
    def needed(rows, as_of=AS_OF):
        days = discount_days(lines_of(rows, duck), as_of=as_of)
        return won_by_discount(days, as_of=as_of, engine=duck).needs

    assert needed(bought("ana", 1, 5)) == (Need("discount_column"),)
    assert needed(bought("ana", 1, 5, on=True), as_of=300) == (Need("history_days", 366),)
    assert needed(bought("ana", 1, 5, on=True)) == (Need("customers_of_both_kinds"),)


def test_a_history_that_tells_nothing_gets_five_times_cannot_tell_and_what_it_needs(engine):
    rows = bought("ana", 10, net=0)
    given = rules(
        lines_of(rows, engine),
        days=days_of(rows, engine),
        customers=customers_of(rows, engine, as_of=20),
        as_of=20,
        engine=engine,
    )
    assert [(one.rule, one.verdict, one.needs) for one in given] == [
        ("top_fifth", CANNOT_TELL, (Need("amounts"),)),
        ("regulars_bring", CANNOT_TELL, (Need("customers_of_both_kinds"),)),
        ("lost_in_a_year", CANNOT_TELL, (Need("history_days", 730),)),
        ("several_channels", CANNOT_TELL, (Need("channel_column"),)),
        ("won_by_discount", CANNOT_TELL, (Need("history_days", 366),)),
    ]
