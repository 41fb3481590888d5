"""Where the report goes: folders in the way, names of odd bytes, terminals that are full."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from regulars.report.run import FILES
from tests.cli.test_report_command import ENGLISH, a_shop, regulars

NOT_UTF8 = os.fsdecode(b"f\xf6retag")
NO_ROOM = Path("/dev/full")
needs_full = pytest.mark.skipif(not NO_ROOM.exists(), reason="this system has no /dev/full")


@pytest.mark.parametrize("taken", FILES)
def test_a_folder_in_the_place_of_a_file_is_found_before_any_is_replaced(tmp_path, taken):
    a_shop(tmp_path / "orders.csv", customers=3, days=30)
    out = tmp_path / "out"
    (out / taken).mkdir(parents=True)
    for name in FILES:
        if name != taken:
            (out / name).write_text("earlier")
    ran = regulars("report", "orders.csv", "--out", "out", cwd=tmp_path)
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)
    assert f"{Path('out') / taken} is a folder" in ran.stderr
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    assert {path.read_text() for path in out.iterdir() if path.is_file()} == {"earlier"}


@pytest.mark.parametrize(
    "words",
    [
        ["--out", NOT_UTF8],
        ["--out", "out", "--company", NOT_UTF8],
        ["--out", "out", "--map", NOT_UTF8],
    ],
    ids=["folder", "company", "map"],
)
def test_bytes_that_are_no_text_end_in_a_sentence_or_a_report(tmp_path, words):
    a_shop(tmp_path / "orders.csv", customers=3, days=200)
    ran = regulars("report", "orders.csv", *words, cwd=tmp_path)
    assert "fault in Regulars" not in ran.stderr
    assert ran.returncode == (0 if "--company" in words else 2), ran.stderr


def test_files_whose_names_are_no_text_are_read_or_refused_with_the_mend(tmp_path):
    import duckdb

    a_shop(tmp_path / f"{NOT_UTF8}.csv", customers=3, days=200)
    duckdb.read_csv(str(a_shop(tmp_path / "plain.csv", customers=3, days=200))).write_parquet(
        str(tmp_path / "plain.parquet")
    )
    (tmp_path / "plain.parquet").rename(tmp_path / f"{NOT_UTF8}.parquet")
    csv = regulars("report", f"{NOT_UTF8}.csv", "--out", "out", cwd=tmp_path)
    assert (csv.returncode, "cannot" in csv.stderr) == (0, False)
    parquet = regulars("report", f"{NOT_UTF8}.parquet", "--out", "out", cwd=tmp_path)
    assert (parquet.returncode, "Rename it" in parquet.stderr) == (2, True)


@needs_full
@pytest.mark.parametrize("words", [["report", "orders.csv"], ["report", "--help"], ["--version"]])
def test_a_terminal_without_room_is_said_and_ends_with_2(tmp_path, words):
    a_shop(tmp_path / "orders.csv", customers=3, days=200)
    with NO_ROOM.open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "regulars", *words],
            cwd=tmp_path,
            env=ENGLISH,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert ran.returncode == 2
    assert "No space left on device" in ran.stderr
    assert "fault in Regulars" not in ran.stderr


@needs_full
def test_where_errors_find_no_room_the_report_is_made_all_the_same(tmp_path):
    a_shop(tmp_path / "orders.csv", customers=3, days=200)
    with NO_ROOM.open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "regulars", "report", "orders.csv", "--out", "out"],
            cwd=tmp_path,
            env=ENGLISH,
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
            timeout=120,
            check=False,
        )
    assert ran.returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)
