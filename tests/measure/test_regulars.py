import numpy as np
import pytest

from regulars.measure.regulars import Definition, course
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
