"""CSV as it comes from real programs: separators, encodings, broken rows."""

import gzip
import os

import pytest

from regulars.intake.dialect import unique_names
from regulars.kit.errors import InputRefused, NothingToMeasure
from tests.intake.histories import read_files, read_text, written

TABLE = (
    ("Kundnummer", "Orderdatum", "Belopp", "Ort"),
    ("17", "2026-01-05", "12,50", "Malmö"),
    ("18", "2026-01-06", "1 003,00", "Åre"),
    ("17", "2026-02-05", "8,00", "Örebro"),
)
EXPECTED = [
    (17, "2026-01-05", None, 1250, True),
    (17, "2026-02-05", None, 800, True),
    (18, "2026-01-06", None, 100300, True),
]


def table(separator=";", end="\n", quote=""):
    return end.join(separator.join(f"{quote}{c}{quote}" for c in row) for row in TABLE) + end


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separator_quotation_and_line_ends_are_found_out(tmp_path, separator, quote, end):
    assert read_text(tmp_path, table(separator, end, quote)).lines() == EXPECTED


def test_decimal_commas_between_commas_stand_in_quotation_marks(tmp_path):
    assert read_text(tmp_path, table(",", quote='"')).lines() == EXPECTED


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252", "utf-32"],
)
def test_western_encodings_are_found_out(tmp_path, encoding):
    read = read_text(tmp_path, table(), encoding, mapping={"category": "Ort"})
    assert read.lines("category") == [("Malmö",), ("Åre",), ("Örebro",)]
    assert read.lines() == EXPECTED


@pytest.mark.parametrize(
    ("encoding", "towns"),
    [
        ("cp1251", ("Москва", "Санкт-Петербург", "Новосибирск", "Казань")),
        ("cp1252", ("Orléans", "Besançon", "Sacré-Cœur", "Nîmes")),
        ("gb18030", ("北京", "上海", "龍騰", "广州")),
        ("shift-jis", ("東京", "おおさか", "ナゴヤ", "さっぽろ")),
    ],
)
def test_other_encodings_are_told_by_their_letters(tmp_path, encoding, towns):
    rows = [f"{n},2026-01-{n % 28 + 1:02},{towns[n % len(towns)]}\n" for n in range(80)]
    text = "Customer,Date,City\n" + "".join(rows)
    read = read_text(tmp_path, text, encoding, mapping={"category": "City"})
    assert {town for (town,) in read.lines("category")} == set(towns)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "utf-16"])
def test_chinese_files_are_read_by_their_headings(tmp_path, encoding):
    text = (
        "客户编号,订单日期,订单号,实付金额,类别\n"
        "A1,2026年1月5日,8001,12.50,茶叶\nA2,2026年1月6日,8002,￥30.00,咖啡\n"
    )
    read = read_text(tmp_path, text, encoding, mapping={"category": "类别"})
    assert read.lines() == [
        ("A1", "2026-01-05", 8001, 1250, True),
        ("A2", "2026-01-06", 8002, 3000, True),
    ]
    assert read.lines("category") == [("咖啡",), ("茶叶",)]


def test_a_packed_file_is_unpacked_and_a_cut_one_refused(tmp_path):
    path = tmp_path / "orders.csv.gz"
    packed = gzip.compress(table().encode())
    path.write_bytes(packed)
    assert read_files(path).lines() == EXPECTED
    path.write_bytes(packed[:-12])
    with pytest.raises(InputRefused) as refused:
        read_files(path)
    assert refused.value.code == "unreadable"


def test_title_lines_above_the_header_are_passed_over_and_lines_keep_their_numbers(tmp_path):
    read = read_text(tmp_path, "Sales report\nMade 2026-03-01\n\n" + table() + "19;soon;3,00;X\n")
    assert read.lines() == EXPECTED
    assert read.put_aside(tmp_path)[0]["row"] == "8"


def test_a_file_without_a_header_is_read_by_its_values(tmp_path):
    rows = [f"{n % 7 + 1},2026-01-{n % 28 + 1:02},{n}.25" for n in range(1, 60)]
    read = read_text(tmp_path, "\n".join(rows) + "\n")
    assert read.history.rows_used == 59
    assert read.taken() == {"customer": "column1", "when": "column2", "amount": "column3"}
    assert {column.how for column in read.history.columns} == {"content"}


def test_ragged_rows_are_put_aside_each_with_its_reason(tmp_path):
    read = read_text(tmp_path, table() + "19;2026-01-07\n20;2026-01-08;1,00;A;B\n")
    assert read.lines() == EXPECTED
    assert [(r["row"], r["value"], r["reason"]) for r in read.put_aside(tmp_path)] == [
        ("5", "19;2026-01-07", "The row has fewer columns than the header."),
        ("6", "20;2026-01-08;1,00;A;B", "The row has more columns than the header."),
    ]


def test_empty_columns_too_many_at_the_end_do_not_matter(tmp_path):
    assert read_text(tmp_path, table() + "19;2026-01-07;1,00;A;;\n").history.rows_used == 4


def test_blank_lines_are_no_rows(tmp_path):
    read = read_text(tmp_path, table() + "\n\n   \n;;;\n")
    assert (read.history.rows_read, read.history.rows_put_aside) == (3, 0)


def test_a_value_in_quotation_marks_may_run_over_lines(tmp_path):
    read = read_text(
        tmp_path,
        'customer_id,order_date,amount,note\n1,2026-01-05,1.5,"a\nb, ""c"""\n2,soon,2.5,x\n',
    )
    assert read.lines("customer, net_minor") == [(1, 150)]
    assert read.put_aside(tmp_path)[0]["row"] == "4"


def test_a_row_over_several_lines_may_hold_what_looks_like_rows(tmp_path):
    note = '"see\n2,2026-01-06,2.5,""x""\n3,2026-01-06,2.5,x\nend"'
    header = "customer_id,order_date,amount,note\n"
    read = read_text(tmp_path, f'{header}1,2026-01-05,1.5,{note}\n4,2026-01-07,4.5,"y"\n')
    assert read.lines("customer, net_minor") == [(1, 150), (4, 450)]
    assert read.history.rows_put_aside == 0


@pytest.mark.parametrize("following", ["2,2026-01-06,2.5,x\n", '2,2026-01-06,2.5,"x"\n'])
def test_an_unclosed_quotation_mark_costs_only_its_own_row(tmp_path, following):
    read = read_text(
        tmp_path,
        'customer_id,order_date,amount,note\n1,2026-01-05,1.5,"open\n' + following * 5_000,
    )
    assert read.history.rows_used == 5_000
    (row,) = read.put_aside(tmp_path)
    assert (row["row"], row["value"]) == ("2", '1,2026-01-05,1.5,"open')
    assert row["reason"] == "A quotation mark opens here and is not closed."


def test_inches_inside_a_value_are_no_quotation(tmp_path):
    rows = '1,2026-01-05,1.5,12" vinyl\n2,2026-01-06,2,7" x 7"\n'
    text = f"customer_id,order_date,amount,product\n{rows}"
    read = read_text(tmp_path, text, mapping={"product": "product"})
    assert read.lines("product") == [('12" vinyl',), ('7" x 7"',)]


def test_zero_bytes_do_not_matter(tmp_path):
    assert read_text(tmp_path, table().replace("Malmö", "Mal\0mö")).lines() == EXPECTED


def test_a_damaged_sign_does_not_turn_utf8_into_another_encoding(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_bytes(
        (table() * 1).encode()
        + ("19;2026-01-07;1,00;Växjö\n" * 30).encode()
        + b"20;2026-01-08;1,00;V\xff\n"
    )
    read = read_files(path, mapping={"category": "Ort"})
    assert ("Växjö",) in read.lines("category")
    assert read.history.rows_used == 34


def test_a_header_alone_measures_nothing(tmp_path):
    with pytest.raises(NothingToMeasure) as refused:
        read_text(tmp_path, "customer_id,order_date,amount\n")
    assert refused.value.code == "no_rows"


def test_two_columns_of_one_name_are_told_apart(tmp_path):
    text = "customer_id,order_date,note,note\n1,2026-01-05,a,b\n"
    assert read_text(tmp_path, text).history.columns_left_out == [
        ("orders.csv", "note"),
        ("orders.csv", "note (2)"),
    ]


def test_a_value_that_a_spreadsheet_would_run_is_defused(tmp_path):
    read = read_text(
        tmp_path,
        'customer_id,order_date,amount\n1,=cmd|calc,1.5\n2,2026-01-05,"-2x"\n3,2026-01-05,2.5\n',
    )
    assert [row["value"] for row in read.put_aside(tmp_path)] == ["'=cmd|calc", "'-2x"]


def test_rows_longer_than_any_piece_that_is_read_at_a_time_are_whole(tmp_path, monkeypatch):
    from regulars.intake import text_files

    monkeypatch.setattr(text_files.TextFile.pieces, "__defaults__", (64,))
    text = "customer_id,order_date,amount,note\n" + "".join(
        f'{n},2026-01-05,1.5,"{"long " * (n % 40)}\r\n{n}"\n' for n in range(1, 50)
    )
    read = read_files(written(tmp_path, text))
    assert read.history.rows_used == 49
    assert read.net() == 49 * 150


def test_headings_may_run_over_several_lines(tmp_path):
    text = '"Order\nnumber","Customer\nid","Order\ndate","Total\namount"\n1,17,2026-01-05,12.50\n'
    read = read_text(tmp_path, text)
    assert read.lines() == [(17, "2026-01-05", 1, 1250, True)]
    assert read.taken()["customer"] == "Customer id"


def test_a_line_of_any_length_is_one_row(tmp_path):
    text = "customer,date,amount,note\n17,2026-01-05,12.50,x\n17,2026-01-06,8.00,{}\n"
    for note in ("x" * 3_000_000, '"' + "a," * 9_000_000 + '"'):
        assert [line[3] for line in read_text(tmp_path, text.format(note)).lines()] == [1250, 800]


def test_a_value_put_aside_fits_a_cell_of_a_spreadsheet(tmp_path):
    text = f"customer,date,amount\n17,2026-01-05,12.50\n17,2026-01-06,{'9' * 2_000_000}\n"
    (row,) = read_text(tmp_path, text).put_aside(tmp_path)
    assert (row["row"], len(row["value"]), row["value"][-1]) == ("3", 400, "…")


def test_a_name_in_bytes_that_are_no_text_is_read_all_the_same(tmp_path):
    path = tmp_path / os.fsdecode(b"f\xf6r.csv")
    path.write_text("customer,date,amount\n17,2026-01-05,12.50\n")
    assert read_files(path).history.files == ["f\ufffdr.csv"]


def test_headings_that_come_very_often_are_told_apart(tmp_path):
    names = unique_names(["customer", *["x"] * 20_000, "x (3)"])
    assert len(set(names)) == 20_002
    assert (names[1], names[2], names[20_000]) == ("x", "x (2)", "x (20000)")
