"""Workbooks: several sheets, real dates and serial numbers, mixed cells."""

from datetime import datetime
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter

from regulars.kit.errors import InputRefused, NothingToMeasure
from tests.intake.histories import read_files


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


HEADER = ["Customer ID", "Order date", "Amount"]


def test_sheets_with_one_header_are_one_history_and_the_others_are_named(tmp_path):
    path = workbook(
        tmp_path / "shop.xlsx",
        {
            "Readme": [["How to read this"], ["Ask Dee"]],
            "2025": [HEADER, [17, datetime(2025, 3, 1, 9, 5), 12.5], [18, datetime(2025, 3, 2), 1]],
            "2026": [["Shop"], [], HEADER, [17, datetime(2026, 1, 1), 3.25]],
        },
    )
    read = read_files(path)
    assert read.lines("customer, day, net_minor") == [
        (17, "2025-03-01", 1250),
        (17, "2026-01-01", 325),
        (18, "2025-03-02", 100),
    ]
    assert read.history.files == ["shop.xlsx [2025]", "shop.xlsx [2026]"]
    assert read.history.columns_left_out == [("shop.xlsx [Readme]", "How to read this")]


def test_serial_numbers_and_texts_are_dates_too(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"x": [HEADER, [1, 45717, "12,50"], [2, 45717.5, "1,5"]]})
    assert read_files(path).lines("day, net_minor") == [("2025-03-01", 150), ("2025-03-01", 1250)]


def test_a_column_of_mixed_cells_keeps_each_value(tmp_path):
    rows = [["17", datetime(2025, 3, 1), 12.5], [18, "2025-03-02", 3], ["X1", "soon", 1]]
    read = read_files(workbook(tmp_path / "a.xlsx", {"x": [HEADER, *rows]}))
    assert read.lines("customer, day, net_minor") == [
        ("17", "2025-03-01", 1250),
        ("18", "2025-03-02", 300),
    ]
    (row,) = read.put_aside(tmp_path)
    assert (row["row"], row["value"]) == ("4", "soon")


def test_empty_rows_and_columns_do_not_matter(tmp_path):
    rows = [[None], [None, *HEADER], [None], [None, 17, datetime(2025, 3, 1), 12.5], [None]]
    read = read_files(workbook(tmp_path / "a.xlsx", {"x": rows}))
    assert (read.history.rows_read, read.net()) == (1, 1250)


def test_a_workbook_of_another_program_is_read_the_same(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, [17, 0, 12.5])
    sheet.write_datetime(1, 1, datetime(2025, 3, 1), book.add_format({"num_format": "d/m/yy"}))
    book.close()
    assert read_files(path).lines("customer, day") == [(17, "2025-03-01")]


def test_an_empty_workbook_and_a_header_alone_are_told_apart(tmp_path):
    with pytest.raises(InputRefused) as refused:
        read_files(workbook(tmp_path / "a.xlsx", {"x": []}))
    assert refused.value.code == "empty_file"
    with pytest.raises(NothingToMeasure) as nothing:
        read_files(workbook(tmp_path / "b.xlsx", {"x": [HEADER]}))
    assert nothing.value.code == "no_rows"


def test_a_damaged_workbook_is_refused(tmp_path):
    whole = workbook(tmp_path / "whole.xlsx", {"x": [HEADER]})
    with ZipFile(whole) as read, ZipFile(tmp_path / "a.xlsx", "w") as damaged:
        for name in read.namelist():
            data = read.read(name)
            damaged.writestr(name, data[:100] if name.startswith("xl/work") else data)
    with pytest.raises(InputRefused) as refused:
        read_files(tmp_path / "a.xlsx")
    assert refused.value.code == "unreadable_workbook"
