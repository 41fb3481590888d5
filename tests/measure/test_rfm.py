import narwhals as nw
import numpy as np

from regulars.measure import rfm
from tests.measure.histories import DEFINITION, bought_days, lines_of, random_rows

HAND = [
    ("ana", 10, 1000, True),
    ("ana", 10, 500, True),  # the same day twice is one purchase day
    ("ana", 40, 2000, True),
    ("ana", 45, -2000, False),  # a return: less spend, no purchase
    ("bo", 400, 0, True),  # paid with a voucher
    (None, 20, 900, True),  # nobody's
    ("eli", 30, -100, False),  # only ever brought things back
]


def customers_of(rows, engine, as_of=400):
    days = rfm.customer_days(lines_of(rows, engine))
    found = engine.arrays(rfm.customers(days, as_of=as_of, definition=DEFINITION))
    return {
        customer: {key: found[key][i] for key in found}
        for i, customer in enumerate(found["customer"])
    }


def test_customers_are_counted_by_day_with_returns_off_their_spend(engine):
    found = customers_of(HAND, engine)
    assert set(found) == {"ana", "bo"}
    ana, bo = found["ana"], found["bo"]
    assert (ana["first_day"], ana["last_day"], ana["n_days"], ana["net_minor"]) == (10, 40, 2, 1500)
    assert (ana["x"], ana["t_x"], ana["T"]) == (1, 30, 390)
    assert ana["net_squared"] == 1500**2 + 2000**2 + 2000**2
    assert (ana["base_net_minor"], ana["window_days"], bool(ana["in_base"])) == (0, 0, True)
    assert (bo["x"], bo["t_x"], bo["T"], bo["net_minor"], bo["window_days"]) == (0, 0, 0, 0, 1)


def test_the_base_window_ends_on_the_last_day_and_holds_its_length(engine):
    rows = [("ana", 1, 100, True), ("bo", 36, 100, True), ("bo", 400, 10, True)]
    found = customers_of(rows, engine, as_of=400)
    assert bool(found["bo"]["in_base"])
    assert found["bo"]["base_net_minor"] == 110  # day 36 is the first of 365 days up to 400
    assert not bool(found["ana"]["in_base"])


def test_rows_after_the_last_day_are_not_seen(engine):
    found = customers_of(HAND, engine, as_of=39)
    assert found["ana"]["n_days"] == 1
    assert "bo" not in found


def test_customers_of_a_random_history_agree_with_a_slow_count(engine):
    rows = random_rows(1)
    found = customers_of(rows, engine, as_of=700)
    slow = bought_days(rows, as_of=700)
    assert set(found) == set(slow)
    for customer, days in slow.items():
        row = found[customer]
        net = sum(r[2] for r in rows if r[0] == customer and r[1] <= 700)
        assert (row["n_days"], row["first_day"], row["last_day"]) == (len(days), days[0], days[-1])
        assert row["net_minor"] == net
        assert row["window_days"] == sum(day > 700 - 180 for day in days)
        assert bool(row["is_regular"]) == (row["window_days"] >= 3)


def test_cells_hold_every_customer_once(engine):
    days = engine.keep(rfm.customer_days(lines_of(random_rows(2), engine)), "days_of_test")
    customers = engine.keep(
        rfm.customers(days, as_of=900, definition=DEFINITION), "customers_of_test"
    )
    cells = engine.arrays(rfm.cells(customers))
    each = engine.arrays(customers.select("x", "t_x", "T"))
    assert cells["weight"].sum() == len(each["x"])
    kinds = {tuple(kind) for kind in np.stack([each[k] for k in ("x", "t_x", "T")], 1).tolist()}
    assert len(cells["weight"]) == len(kinds)


def test_a_missing_text_is_none_and_a_missing_number_is_no_number(engine):
    frame = engine.table({"n": np.array([1, 2])}, "with_nothing").select(
        text=nw.when(nw.col("n") == 1).then(nw.lit("here")),
        number=nw.when(nw.col("n") == 1).then(nw.lit(3)),
        nowhere=nw.lit(None).cast(nw.String),
    )
    found = engine.arrays(frame.sort("number", nulls_last=True))
    assert found["text"].tolist() == ["here", None]
    assert found["number"][0] == 3
    assert np.isnan(found["number"][1])
    assert found["nowhere"].tolist() == [None, None]
