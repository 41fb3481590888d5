"""What the report says on a terminal: counts in their numbers, columns once however many files."""

from tests.cli.test_report_command import a_shop, orders, regulars


def test_one_row_is_spoken_of_in_the_singular(tmp_path):
    orders(tmp_path / "one.csv", ["k1,2025-01-01,5.00"])
    ran = regulars("report", "one.csv", "--out", "out", cwd=tmp_path)
    assert ran.returncode == 0
    assert "1 row read = 1 used + 0 put aside." in ran.stdout


def test_files_with_the_same_columns_are_told_of_once(tmp_path):
    names = [f"day{n:03}.csv" for n in range(40)]
    for n, name in enumerate(names):
        orders(tmp_path / name, [f"k{n % 7},2025-02-{n % 28 + 1:02},{n}.50"])
    orders(tmp_path / "other.csv", ["k1,2025-03-09,8.00"], header="kundnr,datum,belopp")
    ran = regulars("report", *names, "other.csv", "--out", "out", cwd=tmp_path)
    assert ran.returncode == 0
    assert "40 files with the same columns, such as day000.csv:" in ran.stdout
    assert "other.csv:" in ran.stdout
    assert sum("by its name" in line for line in ran.stdout.splitlines()) == 6
    assert len(ran.stdout.splitlines()) < 40


def test_files_that_are_all_different_are_told_of_up_to_a_number(tmp_path):
    names = [f"shop{n}.csv" for n in range(11)]
    for n, name in enumerate(names):
        orders(
            tmp_path / name, [f"k{n},2025-02-0{n % 9 + 1},4.00"], header=f"customer,date,amount {n}"
        )
    ran = regulars("report", *names, "--out", "out", cwd=tmp_path)
    assert (ran.returncode, "shop7.csv:" in ran.stdout, "shop8.csv:" in ran.stdout) == (
        0,
        True,
        False,
    )
    assert "3 more sets of columns are not shown." in ran.stdout


def test_many_overlapping_files_fill_neither_terminal_nor_page(tmp_path):
    names = [f"day{n:03}.csv" for n in range(16)]
    for name in names:
        a_shop(tmp_path / name, customers=2, days=20)
    ran = regulars("report", *names, "--out", "out", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) < 40
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.count("day015.csv") < 10
    assert "more pairs of files overlap" in page
