import numpy as np
import pytest

from regulars.measure.intervals import proportion, share_bounds
from regulars.measure.regulars import Definition, course, revenue_share
from tests.measure.histories import bought_days, random_rows, visits_of


def slow_course(rows, definition, on):
    regulars = base = 0
    for days in bought_days(rows).values():
        regulars += sum(on - definition.window_days < day <= on for day in days) >= definition.days
        base += any(on - definition.base_days < day <= on for day in days)
    return regulars, base


@pytest.mark.parametrize("text", ["3/180d/365d", "1/30d/30d", "2/60d/200d", "5/365d/365d"])
def test_regulars_on_every_day_agree_with_a_slow_count(engine, text):
    definition, rows = Definition.parse(text), random_rows(3)
    on = np.array([0, 1, 29, 30, 200, 364, 365, 366, 500, 701, 900, 1000])
    visits = visits_of(rows, engine, definition=definition)
    found = course(visits, definition=definition, on=on, engine=engine)
    slow = [slow_course(rows, definition, day) for day in on]
    assert list(zip(found.n_regulars.tolist(), found.n_base.tolist(), strict=True)) == slow


def test_somebody_stops_being_a_regular_when_the_oldest_of_three_days_leaves_the_window(engine):
    rows = [("ana", 10, 1, True), ("ana", 20, 1, True), ("ana", 30, 1, True)]
    visits = visits_of(rows, engine)
    on = np.array([29, 30, 189, 190])
    found = course(visits, definition=Definition(), on=on, engine=engine)
    assert found.n_regulars.tolist() == [0, 1, 1, 0]
    assert found.n_base.tolist() == [1, 1, 1, 1]


def test_a_definition_is_read_as_it_is_written():
    read = Definition.parse(" 2/90d/180d ")
    assert (read.days, read.window_days, read.base_days) == (2, 90, 180)
    assert str(read) == "2/90d/180d"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3 in 180", "is not of the form"),
        ("0/180d/365d", "at least 1"),
        ("9/5d/365d", "do not fit"),
        ("3/180d/90d", "base window must not be shorter"),
    ],
)
def test_a_definition_that_cannot_be_is_refused_with_the_reason(text, said):
    with pytest.raises(ValueError, match=said):
        Definition.parse(text)


def test_a_definition_counts_whole_days():
    assert str(Definition(np.int64(2), 90, 365)) == "2/90d/365d"
    with pytest.raises(
        ValueError, match=r"2\.5/180d/365d: days, window and base window must be whole"
    ):
        Definition(2.5, 180, 365)


def spenders(rows, engine):
    """A table of customers from (base_net_minor, is_regular, in_base)."""
    net, is_regular, in_base = zip(*rows, strict=True)
    return engine.table(
        {
            "base_net_minor": np.array(net, dtype=np.int64),
            "is_regular": np.array(is_regular),
            "in_base": np.array(in_base),
        },
        "spenders_of_test",
    )


def test_the_revenue_of_regulars_is_a_ratio_with_every_customer_one_draw(engine):
    rng = np.random.default_rng(6)
    net, is_regular = rng.lognormal(8, 1, 200).astype(int), rng.random(200) < 0.3
    net[:20] = -(net[:20] // 9)  # more came back than was bought in the window
    rows = list(zip(net.tolist(), is_regular.tolist(), [True] * 200, strict=True))
    found = revenue_share(spenders(rows, engine), engine=engine)
    share = net[is_regular].sum() / net.sum()
    influence = net * (is_regular - share) / net.mean()
    low, high = share_bounds(
        share, n=200, second=(influence**2).mean(), fourth=(influence**4).mean()
    )
    assert (found.value, found.low, found.high) == pytest.approx((share, low, high))
    assert (found.n, found.method) == (200, "ratio")


def test_who_neither_bought_nor_returned_in_the_base_window_is_not_counted(engine):
    rows = [(300, True, True), (100, False, True), (-50, False, False), (0, False, False)]
    found = revenue_share(spenders(rows, engine), engine=engine)
    assert (found.value, found.n) == (pytest.approx(300 / 350), 3)


@pytest.mark.parametrize("is_regular", [True, False])
def test_all_or_none_of_the_revenue_leaves_room_by_the_effective_number_of_customers(
    engine, is_regular
):
    found = revenue_share(spenders([(500, is_regular, True)] * 20, engine), engine=engine)
    wanted = proportion(20 if is_regular else 0, 20)
    assert (found.value, found.low, found.high) == pytest.approx(
        (wanted.value, wanted.low, wanted.high)
    )


def test_without_revenue_regulars_have_no_share_of_it(engine):
    found = revenue_share(spenders([(5, True, True), (-5, False, True)], engine), engine=engine)
    assert (found.value, found.why_not, found.n) == (None, "no_revenue", 2)
