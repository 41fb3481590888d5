"""Files that overlap: exact repeats of a line are counted once, as multisets."""

from regulars.intake import repeats
from tests.intake.histories import read_files, written

HEADER = "customer,placed_at,order_id,sku,quantity,unit_price\n"
A = "1,2026-01-01 10:00:00,O1,M,2,1.50\n"
B = "2,2026-01-02 11:30:00,O2,C,1,4.00\n"
C = "3,2026-01-03 12:45:00,O3,M,5,1.50\n"


def read_two(folder, first, second, header=HEADER, second_header=None):
    return read_files(
        written(folder, header + first, "first.csv"),
        written(folder, (second_header or header) + second, "second.csv"),
    )


def test_a_line_that_stands_in_both_files_is_counted_once_and_named(tmp_path):
    read = read_two(tmp_path, A + B, B + C)
    assert read.net() == 300 + 400 + 750
    (overlap,) = read.history.repeats
    assert (overlap.file, overlap.other, overlap.n_rows) == ("second.csv", "first.csv", 1)
    assert (overlap.first_on.isoformat(), overlap.last_on.isoformat()) == ("2026-01-02",) * 2
    (row,) = read.put_aside(tmp_path)
    assert (row["file"], row["row"]) == ("second.csv", "2")
    assert row["reason"] == "The same line stands in another file already."


def test_a_line_counts_as_often_as_in_the_file_that_has_it_most(tmp_path):
    assert read_two(tmp_path, A + A, A).history.rows_used == 2
    assert read_two(tmp_path, A, A + A + A).history.rows_used == 3
    assert read_two(tmp_path, A + A, A + A).history.rows_used == 2


def test_repeats_within_one_file_are_lines_of_their_own(tmp_path):
    assert read_files(written(tmp_path, HEADER + A + A)).history.rows_used == 2


def test_three_files_count_the_most_as_well(tmp_path):
    paths = [written(tmp_path, HEADER + A * n, f"{n}.csv") for n in (1, 3, 2)]
    read = read_files(*paths)
    assert read.history.rows_used == 3
    assert sum(overlap.n_rows for overlap in read.history.repeats) == 3


def test_an_overlap_without_repeats_is_noticed(tmp_path):
    read = read_two(tmp_path, A + C, B)
    assert [overlap.n_rows for overlap in read.history.repeats] == [0]
    assert read.history.rows_used == 3


def test_files_that_do_not_overlap_are_not_compared(tmp_path):
    assert read_two(tmp_path, A, B).history.repeats == []


def test_a_difference_in_any_field_makes_another_line(tmp_path):
    for other in ("O9,M,2,1.50", "O1,X,2,1.50", "O1,M,3,1.50", "O1,M,2,1.60"):
        second = f"1,2026-01-01 10:00:00,{other}\n"
        assert read_two(tmp_path, A, second).history.rows_used == 2
    assert read_two(tmp_path, A, A.replace("10:00:00", "10:00:01")).history.rows_used == 2


def test_the_same_line_is_known_in_another_way_of_writing(tmp_path):
    second = "O1;M;2;1,50;01.01.2026 10:00;1.0\n"
    header = "Bestellnummer;Artikelnummer;Menge;Einzelpreis;Bestelldatum;Kundennummer\n"
    assert read_two(tmp_path, A, second, second_header=header).history.rows_used == 1


def test_a_file_that_blanks_order_and_product_is_compared_on_the_rest(tmp_path):
    cancelled = "1,2026-01-01 10:00:00,C1,M,-2,1.50\n"
    blanked = "1,2026-01-01 10:00:00,,,-2,1.50\n"
    assert read_two(tmp_path, cancelled, blanked).history.rows_used == 1
    assert read_two(tmp_path, blanked, cancelled).history.rows_used == 1
    assert read_two(tmp_path, cancelled, blanked * 2).history.rows_used == 2


def test_without_a_time_of_day_a_blanked_line_is_not_taken_for_a_repeat(tmp_path):
    full, blanked = "1,2026-01-01,C1,M,-2,1.50\n", "1,2026-01-01,,,-2,1.50\n"
    read = read_two(tmp_path, full + A, blanked + A)
    assert read.history.reasons == {"repeat": 1}


def test_a_row_with_a_problem_keeps_its_own_reason(tmp_path):
    bad = A.replace("1.50", "much")
    read = read_two(tmp_path, A + B, bad + B)
    assert read.history.reasons == {"bad_amount": 1, "repeat": 1}


def test_of_many_files_only_those_that_share_a_customer_and_day_are_compared(tmp_path, monkeypatch):
    compared = []
    compare = repeats._compare
    monkeypatch.setattr(
        repeats,
        "_compare",
        lambda con, a, b, *more: compared.append(1) or compare(con, a, b, *more),
    )
    rows = [f"{n},2026-01-05,1.50\n{n},2026-02-05,1.50\n" for n in (*range(6), 5)]
    files = [
        written(tmp_path, "customer,date,amount\n" + text, name=f"{place}.csv")
        for place, text in enumerate(rows)
    ]
    history = read_files(*files).history
    assert (history.rows_used, history.reasons, len(compared)) == (12, {"repeat": 2}, 1)


def test_a_file_that_has_given_up_all_is_not_compared_again(tmp_path, monkeypatch):
    compared = []
    whole = repeats._compare

    def noted(con, a, b, *rest):
        compared.append((b.file.file, a.file.file))
        return whole(con, a, b, *rest)

    monkeypatch.setattr(repeats, "_compare", noted)
    paths = [written(tmp_path, HEADER + A + B, f"{n}.csv") for n in range(4)]
    read = read_files(*paths)
    assert compared == [("1.csv", "0.csv"), ("2.csv", "0.csv"), ("3.csv", "0.csv")]
    assert read.history.rows_used == 2
    assert [overlap.n_rows for overlap in read.history.repeats] == [2, 2, 0, 2, 0, 0]


def test_exports_of_the_last_days_are_compared_on_what_each_has_alone(tmp_path):
    days = [A, B, C]
    paths = [
        written(tmp_path, HEADER + "".join(days[: n + 1]), f"{n}.csv") for n in range(len(days))
    ]
    read = read_files(*paths)
    assert read.history.rows_used == 3
    assert [overlap.n_rows for overlap in read.history.repeats] == [1, 1, 1]
