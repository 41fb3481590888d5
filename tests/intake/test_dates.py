"""Every usual form of a date is read; what cannot be told is asked for."""

from datetime import date

import pytest

from regulars.kit.errors import InputRefused, NothingToMeasure
from tests.intake.histories import read_text


def days_of(folder, *dates, **options):
    rows = "\n".join(f"{n};{day};1" for n, day in enumerate(dates, start=1))
    read = read_text(folder, f"customer_id;order_date;amount\n{rows}\n", **options)
    return [row[1] for row in read.lines("customer, day")], read


@pytest.mark.parametrize(
    "dates",
    [
        ("2025-03-01", "2025-12-31"),
        ("2025-03-01 09:05:00", "2025-12-31 23:59:59"),
        ("2025-03-01T09:05:00Z", "2025-12-31T23:59:59+01:00"),
        ("2025-03-01T09:05:00.123456789Z", "2025-12-31T23:59:59.5Z"),
        ("2025-03-01 09:05:00 +0100", "2025-12-31 23:30:00 -0500"),
        ("2025-03-01 09:05:00 UTC", "2025-12-31 23:30:00 UTC"),
        ("2025/3/1", "2025/12/31"),
        ("2025/3/1 9:05", "2025/12/31 23:59"),
        ("2025.03.01", "2025.12.31"),
        ("01.03.2025", "31.12.2025"),
        ("1.3.25", "31.12.25"),
        ("01.03.2025 09:05", "31.12.2025 23:59"),
        ("1/3/2025", "31/12/2025"),
        ("01-03-2025", "31-12-2025"),
        ("3/1/25", "12/31/25"),
        ("3/1/2025 9:05 AM", "12/31/2025 11:59 PM"),
        ("03/01/2025 09:05:00 am", "12/31/2025 11:59:00 pm"),
        ("20250301", "20251231"),
        ("20250301090500", "20251231235959"),
        ("1/3-25", "31/12-25"),
        ("1/3-2025", "31/12-2025"),
        ("1 Mar 2025", "31 Dec 2025"),
        ("01-Mar-25", "31-Dec-25"),
        ("Mar 1, 2025", "Dec 31, 2025"),
        ("March 1, 2025", "December 31, 2025"),
        ("Mar 1st 2025", "Dec 31st 2025"),
        ("Sunday, March 1, 2025", "Thursday, December 31, 2025"),
        ("1 mars 2025", "31 december 2025"),
        ("sön 1 mars 2025", "tors 31 dec 2025"),
        ("1. März 2025", "31. Dezember 2025"),
        ("2025年3月1日", "2025年12月31日"),
        ("2025年03月01日 10:20:30", "2025年12月31日 23:00:00"),
        ("2025年3月1日10:20", "2025年12月31日23:00"),
        ("1740819900", "1767139200"),
        ("1740819900000", "1767139200000"),
        ("45717", "46022"),
        ("45717.5", "46022.25"),
    ],
)
def test_each_usual_form_is_read_as_the_day_it_means(tmp_path, dates):
    found, read = days_of(tmp_path, *dates)
    assert found == ["2025-03-01", "2025-12-31"]
    assert read.history.rows_put_aside == 0


def test_one_day_beyond_twelve_anywhere_decides_the_order_of_all(tmp_path):
    found, read = days_of(tmp_path, *["01/02/2026"] * 3_000, "13/02/2026")
    assert set(found) == {"2026-02-01", "2026-02-13"}
    assert read.note("when") == "read as day, month, year"


def test_month_first_is_found_as_well(tmp_path):
    found, _ = days_of(tmp_path, "01/02/2026", "02/13/2026")
    assert found == ["2026-01-02", "2026-02-13"]


def test_an_undecided_order_is_asked_for_with_both_readings(tmp_path):
    with pytest.raises(InputRefused) as refused:
        days_of(tmp_path, "01/02/2026", "03/04/2026")
    said = str(refused.value)
    assert refused.value.code == "which_dates"
    assert "--dates day-first" in said
    assert "--dates month-first" in said
    assert "2026-04-03" in said
    assert "2026-03-04" in said


def test_what_the_user_says_decides(tmp_path):
    assert days_of(tmp_path, "01/02/2026", day_first=True)[0] == ["2026-02-01"]
    assert days_of(tmp_path, "01/02/2026", day_first=False)[0] == ["2026-01-02"]


def test_a_column_that_contradicts_itself_is_asked_for(tmp_path):
    with pytest.raises(InputRefused) as refused:
        days_of(tmp_path, "13/02/2026", "02/14/2026", "01/02/2026")
    assert refused.value.code == "which_dates"


def test_dates_with_dots_are_day_first(tmp_path):
    assert days_of(tmp_path, "01.02.2026")[0] == ["2026-02-01"]


def test_rows_in_another_unambiguous_form_are_read_too(tmp_path):
    found, _ = days_of(tmp_path, "31.01.2026", "01.02.2026", "2026-03-04", "5 Apr 2026")
    assert found == ["2026-01-31", "2026-02-01", "2026-03-04", "2026-04-05"]


@pytest.mark.parametrize("wrong", ["31.02.2026", "00.01.2026", "soon", "01.01.1899"])
def test_a_day_that_cannot_be_is_put_aside_with_its_value(tmp_path, wrong):
    found, read = days_of(tmp_path, "31.01.2026", wrong)
    assert found == ["2026-01-31"]
    (row,) = read.put_aside(tmp_path)
    assert row == {
        "file": "orders.csv",
        "row": "3",
        "column": "order_date",
        "value": wrong,
        "reason": "This is not a date that can be.",
        "mend": "Write an existing day in the form of the other rows.",
    }


def test_a_number_too_large_for_an_instant_costs_only_its_row(tmp_path):
    found, read = days_of(tmp_path, "1740819900", "1767139200", "99999999999999999")
    assert found == ["2025-03-01", "2025-12-31"]
    assert read.history.reasons == {"bad_date": 1}


def test_an_empty_day_and_one_after_the_last_day_have_their_own_reasons(tmp_path):
    _, read = days_of(tmp_path, "2026-01-31", "", "NULL", "2026-02-02", as_of=date(2026, 2, 1))
    assert read.history.reasons == {"no_date": 2, "after_as_of": 1}
    assert read.history.as_of.isoformat() == "2026-02-01"


def test_no_readable_day_at_all_is_said(tmp_path):
    with pytest.raises(
        NothingToMeasure,
        match=r"Row 2 of orders\.csv .* “order_date” .* “2026-02-31”. This is not a date",
    ):
        read_text(tmp_path, "customer_id,order_date\n1,2026-02-31\n")


def test_a_day_in_years_to_come_lies_in_the_future_and_not_nowhere(tmp_path):
    days = ("2026-01-01", "2029-01-01", "2999-01-01", "2029-02-30")
    read = read_text(tmp_path, "customer,date,amount\n" + "".join(f"k1,{d},5.00\n" for d in days))
    assert dict(read.history.reasons) == {"in_future": 2, "bad_date": 1}
