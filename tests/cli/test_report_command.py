"""The command as a user meets it: in a process of its own, by what it says and leaves behind."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from regulars.report.run import FILES

ENGLISH = os.environ | {"LC_ALL": "C.UTF-8"}


def regulars(*words, cwd, env=ENGLISH):
    command = [sys.executable, "-m", "regulars", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False
    )


def orders(path, rows, header="customer,date,amount"):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def a_shop(path, *, customers=40, days=400):
    """Customers who come every so often, each with an own rhythm; every fourth stops half way."""
    start = date(2025, 1, 1)
    rows = [
        f"k{c},{start + timedelta(days=day)},{10 + c}.50"
        for c in range(customers)
        for day in range(c, days // 2 if c % 4 == 0 else days, 7 + 3 * c)
    ]
    return orders(path, rows)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    a_shop(folder / "orders.csv")
    with (folder / "orders.csv").open("a") as file:
        file.write(
            "k1,31.02.2025,5.00\nk2,2025-03-01,five\n,2025-03-02,7.00\nk1,2025-03-03,-2.00\n"
        )
    return folder, regulars("report", "orders.csv", "--out", "out", cwd=folder)


def test_it_writes_all_files_and_ends_with_0(done):
    folder, ran = done
    assert (ran.returncode, ran.stderr.count("Traceback")) == (0, 0)
    assert sorted(p.name for p in (folder / "out").iterdir()) == sorted(FILES)


def test_rows_read_are_rows_used_and_put_aside(done):
    folder, ran = done
    document = json.loads((folder / "out" / "report.json").read_text())
    told = document["input"]
    assert told["rows_read"] == len((folder / "orders.csv").read_text().splitlines()) - 1
    assert told["rows_read"] == told["rows_used"] + told["rows_put_aside"]
    assert told["reasons"] == {"bad_date": 1, "bad_amount": 1}
    assert (told["rows_anonymous"], told["rows_returned"]) == (1, 1)
    assert f"{told['rows_read']:,} rows read" in ran.stdout
    aside = (folder / "out" / "put-aside.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(aside) == 3
    assert "31.02.2025" in aside[1]


def test_the_table_of_customers_agrees_with_the_document(done):
    import duckdb

    folder, _ = done
    document = json.loads((folder / "out" / "report.json").read_text())
    for name in ("customers.csv", "customers.parquet"):
        rows = duckdb.sql(f"SELECT * FROM '{folder / 'out' / name}'")
        assert rows.aggregate("count(*)").fetchall()[0][0] == document["customers"] == 40
        net = rows.aggregate("sum(net_minor)").fetchall()[0][0]
        assert net + document["input"]["anonymous_net_minor"] == document["net_revenue_minor"]
        stages = dict(rows.aggregate("stage, count(*)").fetchall())
        assert stages == {k: n for k, n in document["stages"].items() if n}
        first = rows.filter("customer = 'k1'").project("first_on, purchase_days").fetchall()
        assert first[0][0] == date(2025, 1, 2)


def test_it_says_what_it_took_and_how(done):
    _, ran = done
    for column, meaning in (("customer", "customer"), ("date", "when"), ("amount", "amount")):
        assert any(column in line and meaning in line for line in ran.stdout.splitlines())


def test_a_second_run_with_the_same_files_says_the_same(done):
    folder, _ = done
    regulars("report", "orders.csv", "--out", "again", "--quiet", cwd=folder)
    first, second = (
        json.loads((folder / name / "report.json").read_text()) for name in ("out", "again")
    )
    assert first == second


def test_quiet_says_nothing(done):
    folder, _ = done
    ran = regulars("report", "orders.csv", "--out", "quiet", "--quiet", cwd=folder)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.csv"], "missing.csv"),
        (["orders.csv", "--regular", "often"], "--regular"),
        (["orders.csv", "--as-of", "yesterday"], "2026-09-30"),
        (["orders.csv", "--lang", "xx"], "en, zh-hans, sv"),
        (["orders.csv", "--map", "customer"], "--map customer=CustomerID"),
        (["orders.csv", "--map", "customer=Kund"], "Kund"),
        (["orders.csv", "--dates", "either"], "day-first, month-first"),
        (["orders.csv", "--decimal", "dot"], "comma, point"),
        (["orders.csv", "--horizon", "0"], "from 1 to 3650"),
        (["orders.csv", "--as-of", "9999-12-31"], "2026-09-30"),
        (["orders.csv", "--currency", "kronor"], "such as SEK"),
        (["orders.csv", "--map", "amount=a", "--map", "amount=b"], "a and b"),
        ([], "FILE"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_mend_and_leaves_nothing(tmp_path, words, said):
    a_shop(tmp_path / "orders.csv", customers=3, days=30)
    ran = regulars("report", *words, "--out", "out", cwd=tmp_path)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "out").exists()


def test_a_history_without_customers_ends_with_3_and_says_what_it_would_take(tmp_path):
    orders(tmp_path / "orders.csv", [",2025-01-01,5.00", ",2025-01-02,6.00"])
    ran = regulars("report", "orders.csv", "--out", "out", cwd=tmp_path)
    assert ran.returncode == 3
    assert "--map customer=COLUMN" in ran.stderr
    assert not (tmp_path / "out").exists()


def test_it_speaks_the_language_asked_for_and_else_that_of_the_terminal(tmp_path):
    swedish = regulars("report", "nothing.csv", "--lang", "sv", cwd=tmp_path)
    terminal = regulars(
        "report", "nothing.csv", cwd=tmp_path, env=ENGLISH | {"LC_ALL": "sv_SE.UTF-8"}
    )
    english = regulars("report", "nothing.csv", cwd=tmp_path)
    assert swedish.stderr == terminal.stderr != english.stderr


def test_an_earlier_report_stays_whole_when_a_later_one_fails(tmp_path):
    a_shop(tmp_path / "orders.csv")
    regulars("report", "orders.csv", "--out", "out", "--quiet", cwd=tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    orders(tmp_path / "orders.csv", [",2025-01-01,5.00"])
    assert regulars("report", "orders.csv", "--out", "out", cwd=tmp_path).returncode == 3
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_the_page_fetches_nothing(done):
    page = (done[0] / "out" / "report.html").read_text(encoding="utf-8")
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page
    assert "<script" not in page


def test_the_version_is_that_of_the_package(tmp_path):
    import regulars as package

    assert regulars("--version", cwd=tmp_path).stdout.strip() == f"regulars {package.__version__}"


def test_an_example_company_can_be_reported(tmp_path):
    made = regulars("sample", "--out", "shop", "--customers", "300", cwd=tmp_path)
    assert made.returncode == 0
    ran = regulars("report", Path("shop") / "orders.csv", "--out", "out", cwd=tmp_path)
    assert ran.returncode == 0
    truth = json.loads((tmp_path / "shop" / "truth.json").read_text())
    document = json.loads((tmp_path / "out" / "report.json").read_text())
    assert document["input"]["rows_put_aside"] == 0
    assert document["currency"] == truth["currency"]


def test_a_terminal_without_the_signs_gets_the_report_all_the_same(tmp_path):
    a_shop(tmp_path / "orders.csv")
    ran = regulars(
        *("report", "orders.csv", "--out", "out", "--lang", "zh-hans"),
        cwd=tmp_path,
        env=ENGLISH | {"PYTHONIOENCODING": "ascii"},
    )
    assert (ran.returncode, (tmp_path / "out" / "report.html").exists()) == (0, True)
