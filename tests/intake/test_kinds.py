"""A file that is something else than its name says is refused with what it is and the mend."""

import gzip
import os
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from regulars.kit.errors import InputRefused
from tests.intake.histories import read_files


def refusal(path):
    with pytest.raises(InputRefused) as refused:
        read_files(path)
    said, mend = refused.value.sentences()
    assert mend
    return refused.value.code, said


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"", "empty_file", "is empty"),
        (b" \n\n", "empty_file", "is empty"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "wrong_kind", "web page"),
        (b"\n  <table><tr><td>1</td></tr></table>", "wrong_kind", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "wrong_kind", "old .xls"),
        (b"%PDF-1.7\n", "wrong_kind", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "wrong_kind", "picture"),
        (b"SQLite format 3\0", "wrong_kind", "SQLite"),
        (b'[{"customer": 1}]', "wrong_kind", "JSON"),
        (b'[\n  {\n    "customer": 1\n  }\n]', "wrong_kind", "JSON"),
        (b'{"customer": 1}\n{"customer": 2}\n', "wrong_kind", "JSON"),
        (b"{}", "wrong_kind", "JSON"),
        (b"<?xml version='1.0'?><a/>", "wrong_kind", "XML"),
        (b"PK\x03\x04broken", "wrong_kind", "damaged"),
        (b"PAR1broken", "unreadable", "cannot be read"),
    ],
)
@pytest.mark.parametrize("name", ["orders.csv", "orders.xlsx", "orders.parquet"])
def test_what_a_file_is_shows_in_its_bytes(tmp_path, name, content, code, says):
    path = tmp_path / name
    path.write_bytes(content)
    found, said = refusal(path)
    assert found == code
    assert says in said
    assert name in said


@pytest.mark.parametrize("first", ["{note}", "[{note", "{", "[note]"])
def test_a_heading_in_braces_is_a_heading(tmp_path, first):
    path = tmp_path / "orders.csv"
    path.write_text(f"{first},customer,date\nx,1,2026-01-01\n")
    assert read_files(path).lines("customer") == [(1,)]


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert refusal(tmp_path / "none.csv")[0] == "no_file"
    assert refusal(tmp_path)[0] == "is_folder"


def test_a_zip_archive_is_named_as_one(tmp_path):
    with zipfile.ZipFile(tmp_path / "orders.zip", "w") as archive:
        archive.writestr("orders.csv", "customer,date\n1,2026-01-01\n")
    assert "zip archive" in refusal(tmp_path / "orders.zip")[1]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("customer,date\n1,2026-01-01\n")
    path.chmod(0)
    assert refusal(path)[0] == "no_permission"


def test_a_cut_parquet_file_is_refused(tmp_path):
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table({"customer": [1, 2], "date": ["2026-01-01", "2026-01-02"]}), path)
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(path)[0] == "unreadable"


def test_a_parquet_file_with_wildcards_in_its_name_is_that_one_file(tmp_path):
    table = pa.table({"customer": [1, 2], "date": ["2026-01-01", "2026-01-02"]})
    for name in ("orders[1]*?.parquet", "orders1xx.parquet"):
        pq.write_table(table, tmp_path / name)
    assert read_files(tmp_path / "orders[1]*?.parquet").history.rows_read == 2


def test_columns_of_any_name_are_harmless(tmp_path):
    names = ["customer", "date", 'a"b', "row_number_", "'; DROP TABLE lines; --", "file_row_number"]
    path = tmp_path / 'o\'brien "x".csv'
    path.write_text(
        ",".join('"' + n.replace('"', '""') + '"' for n in names) + "\n1,2026-01-01,a,b,c,d\n"
    )
    read = read_files(path, mapping={"product": 'a"b', "category": "'; DROP TABLE lines; --"})
    assert read.lines("product, category") == [("a", "c")]


def test_a_pipe_is_refused_before_it_is_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputRefused, match="is a pipe or a device"):
        read_files(tmp_path / "pipe")


def test_nothing_packed_with_gzip_is_empty_and_zeros_are_no_text(tmp_path):
    (tmp_path / "nothing.csv.gz").write_bytes(gzip.compress(b""))
    (tmp_path / "zeros.csv").write_bytes(bytes(5000))
    with pytest.raises(InputRefused, match="is empty"):
        read_files(tmp_path / "nothing.csv.gz")
    with pytest.raises(InputRefused, match="neither text nor a workbook"):
        read_files(tmp_path / "zeros.csv")


def test_columns_of_lists_and_records_are_left_out(tmp_path):
    path = tmp_path / "orders.parquet"
    plain = {"customer": ["a", "b"], "date": ["2026-01-01", "2026-01-02"], "amount": [1.5, 2.5]}
    nested = {"order": [{"id": 1}, {"id": 2}], "product": [["tea"], ["pot", "cup"]]}
    pq.write_table(pa.table(nested | plain), path)
    read = read_files(path)
    assert read.lines("customer, net_minor") == [("a", 150), ("b", 250)]
    assert set(read.history.columns_left_out) == {(path.name, name) for name in nested}
    pq.write_table(pa.table(nested), path)
    assert refusal(path)[0] == "only_nested"
