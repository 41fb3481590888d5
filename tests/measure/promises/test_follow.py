"""Which promise of each customer counts, what was known before it, and what followed."""

import narwhals as nw
import numpy as np
import pytest

from regulars.measure.models.inputs import BadInput
from regulars.measure.promises import follow

AS_OF = 400
PROMISES = [
    # promise, customer, made, due, is_broken, is_withdrawn, days_late
    ("a2", "ana", 200, 210, False, False, None),  # her second
    ("a1", "ana", 100, 110, True, False, 3),
    ("b1", "bo", 100, 110, False, False, None),
    ("c1", "cy", 100, 110, False, True, None),  # nothing stood to be broken
    ("c2", "cy", 150, 160, True, True, None),  # broken, and then withdrawn
    ("d1", "dee", 305, 310, True, False, 1),  # 90 days after are over on the last day
    ("e1", "eli", 305, 311, True, False, 1),  # and here a day later
    ("f1", None, 100, 110, True, False, 1),
    ("g1", "gil", 100, 110, None, False, None),  # not known how it went
]
DAYS = {
    "ana": [5, 9, 10, 100, 110, 200],  # 10 is the first of the 90 days before the promise
    "bo": [100, 105, 111],
    "cy": [59, 150, 251],
    "dee": [305, 311],
    "eli": [],
    "gil": [1],
}


def table(engine, rows=PROMISES):
    names = ("promise", "customer", "made_day", "due_day", "is_broken", "is_withdrawn", "days_late")
    columns = {
        name: np.array(column, dtype=object)
        for name, column in zip(names, zip(*rows, strict=True), strict=True)
    }
    columns |= {name: np.full(len(rows), None) for name in ("kind", "channel", "branch")}
    columns["value_minor"] = np.full(len(rows), np.nan)
    for name in ("made_day", "due_day"):
        columns[name] = columns[name].astype(np.int32)
    columns["days_late"] = columns["days_late"].astype(np.float64)
    return engine.table(columns, "promises_of_test")


def bought(engine, days=DAYS):
    pairs = [(who, day) for who, its in days.items() for day in its]
    who, day = zip(*pairs, strict=True)
    columns = {"customer": np.array(who, dtype=object), "day": np.array(day, dtype=np.int32)}
    return engine.table(columns, "days_of_test")


def test_the_first_promise_of_each_customer_counts_with_what_came_before_and_after(engine):
    found = follow(table(engine), bought(engine), as_of=AS_OF, engine=engine)
    names = ("promise", "n_before", "last_before", "is_back", "was_back", "n_earlier")
    rows = dict(
        zip(
            found.columns["promise"].tolist(),
            zip(*(found.columns[name].tolist() for name in names[1:]), strict=True),
            strict=True,
        )
    )
    last = {name: row[1] for name, row in rows.items()}
    assert last == pytest.approx({"a1": 10, "b1": np.nan, "c2": 59, "d1": np.nan}, nan_ok=True)
    assert {name: (row[0], *row[2:]) for name, row in rows.items()} == {
        # Ana bought on the day it was due, which counts on neither side, and in time after it.
        "a1": (3, 1, 1, 2),
        "b1": (0, 1, 0, 0),  # on the first day after
        "c2": (1, 0, 0, 1),  # on the 91st day after; 91 days before
        "d1": (0, 1, 0, 0),
    }
    assert found.columns["last_earlier"].tolist() == pytest.approx(
        [9, np.nan, 59, np.nan], nan_ok=True
    )


def test_what_is_left_out_is_counted(engine):
    found = follow(table(engine), bought(engine), as_of=AS_OF, engine=engine)
    # Neither Gil's, of which it is not known, nor the promise to nobody.
    assert (found.n_promises, found.n_withdrawn, found.n_not_over, found.n_later) == (7, 1, 1, 1)
    assert (len(found), found.first_day, found.within_days) == (4, 1, 90)


def test_who_never_bought_counts_as_not_back(engine):
    rows = [row for row in PROMISES if row[1] == "eli"]
    found = follow(table(engine, rows), bought(engine), as_of=AS_OF + 1, engine=engine)
    assert (found.columns["is_back"].tolist(), found.columns["n_before"].tolist()) == ([0], [0])


def test_without_promises_that_are_over_there_is_nobody(engine):
    found = follow(table(engine), bought(engine), as_of=150, engine=engine)
    assert (len(found), found.n_promises, found.n_not_over, found.n_later) == (0, 7, 6, 0)


def test_other_columns_are_carried_along(engine):
    promises = table(engine).with_columns(region=nw.col("promise").str.to_uppercase())
    found = follow(promises, bought(engine), as_of=AS_OF, engine=engine)
    assert found.columns["region"].tolist() == ["A1", "B1", "C2", "D1"]


def test_no_time_to_come_back_in_is_refused(engine):
    with pytest.raises(BadInput, match="within_days is 0; wanted at least 1"):
        follow(table(engine), bought(engine), as_of=AS_OF, engine=engine, within_days=0)


def test_a_column_that_is_not_there_is_named(engine):
    with pytest.raises(BadInput, match="promises have no column channel; wanted it, or NULLs"):
        follow(table(engine).drop("channel"), bought(engine), as_of=AS_OF, engine=engine)
