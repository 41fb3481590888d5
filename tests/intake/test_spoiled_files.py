"""Whatever a file looks like: a history whose counts add up, or a refusal in words."""

import contextlib
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.kit.errors import InputRefused, NothingToMeasure
from tests.intake.histories import read_files, read_text

quick = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HEADER = "customer_id;order_date;order_id;amount;status"
cell = st.one_of(
    st.sampled_from(
        ["", "1", "17", "2026-01-05", "05.01.2026", "1/2/26", "12,50", "1.234", "€ 3", '"', "a;b"]
    ),
    st.sampled_from(
        ['"x', 'y"', "nan", "=1+1", "\x00", "1e400", "-", "C12", "refunded", "99999999999999999"]
    ),
    st.text(max_size=12),
)
row = st.lists(cell, min_size=1, max_size=7).map(";".join)


def account_of(read, folder):
    """The counts of a history that was read; `read_files` has checked that they add up."""
    rows = read.put_aside(folder)
    assert len(rows) == read.history.rows_put_aside
    assert all(int(r["row"]) >= 1 and r["reason"] and r["mend"] for r in rows)


@quick
@given(rows=st.lists(row, max_size=25))
def test_rows_of_anything_below_a_good_header(tmp_path, rows):
    text = "\n".join([HEADER, "17;2026-01-05;A;12,50;paid", *rows]) + "\n"
    with contextlib.suppress(InputRefused, NothingToMeasure):
        account_of(read_text(tmp_path, text, "utf-8"), tmp_path)


@quick
@given(text=st.text(max_size=300))
def test_text_of_anything(tmp_path, text):
    with contextlib.suppress(InputRefused, NothingToMeasure):
        account_of(read_text(tmp_path, text.encode(errors="replace").decode()), tmp_path)


@quick
@given(data=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.xlsx", "a.parquet", "a.gz"]))
def test_bytes_of_anything(tmp_path, data, name):
    (tmp_path / name).write_bytes(data)
    with contextlib.suppress(InputRefused, NothingToMeasure):
        account_of(read_files(tmp_path / name), tmp_path)


def good_row(n):
    return f"{n};2026-01-{n % 28 + 1:02};O{n};{n},50;paid"


@quick
@given(
    spoils=st.lists(st.sampled_from(["date", "amount", "short", "long", "quote"]), max_size=20),
    seed=st.integers(0, 1_000),
)
def test_each_spoiled_row_costs_itself_and_no_other(tmp_path, spoils, seed):
    spoil = {
        "date": "7;2026-13-45;O;1,50;paid",
        "amount": "7;2026-01-05;O;much;paid",
        "short": "7;2026-01-05",
        "long": "7;2026-01-05;O;1,50;paid;x",
        "quote": '7;2026-01-05;O;1,50;"paid',
    }
    rows = [good_row(n) for n in range(1, 60)] + [spoil[name] for name in spoils]
    random.Random(seed).shuffle(rows)
    read = read_text(tmp_path, "\n".join([HEADER, *rows]) + "\n")
    assert read.history.rows_used == 59
    assert read.history.rows_put_aside == len(spoils)
    assert read.net() == sum(100 * n + 50 for n in range(1, 60))
    places = sorted(number for number, text in enumerate(rows, start=2) if text in spoil.values())
    assert sorted(int(r["row"]) for r in read.put_aside(tmp_path)) == places


@pytest.mark.parametrize("cut", range(0, 4_000, 331))
def test_a_workbook_cut_anywhere_is_refused_or_read(tmp_path, cut):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Customer ID", "Order date", "Amount"])
    book.active.append([1, "2026-01-05", 2.5])
    path = tmp_path / "a.xlsx"
    book.save(path)
    path.write_bytes(path.read_bytes()[:cut])
    with contextlib.suppress(InputRefused, NothingToMeasure):
        account_of(read_files(path), tmp_path)
