"""What the sections say, case by case: words follow figures, and nothing unproven is claimed."""

import ast
import importlib.util
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from regulars.intake.names import FIELDS
from regulars.measure.figure import Figure
from regulars.measure.regulars import Definition
from regulars.report import proofs
from regulars.report.facts import Backtest, SlippingFacts
from regulars.report.sections import (
    concentration,
    data,
    expected,
    lead,
    model,
    share,
    slipping,
    stages,
    staying,
)
from regulars.report.words import Words
from tests.report.facts_example import no_amounts, rich, tiny


def words(facts, lang="en"):
    return Words.of(facts, lang)


def plain(said):
    return said.striptags().replace(", how do we know", "").replace("\N{NO-BREAK SPACE}", " ")


def with_regulars(**changes):
    return replace(rich(), regulars=replace(rich().regulars, **changes))


@pytest.mark.parametrize(
    ("low", "value", "high", "sentence"),
    [
        (0.001, 0.02, 0.04, "More than a year ago."),
        (-0.04, -0.02, -0.001, "Fewer than a year ago."),
        (-0.001, 0.02, 0.04, "No clear change since a year ago."),
        (0.0, 0.02, 0.04, "No clear change since a year ago."),
    ],
)
def test_a_change_is_named_only_when_its_range_leaves_out_zero(low, value, high, sentence):
    facts = with_regulars(year_ago=Figure(value, low, high, n=9, method="newcombe"))
    assert plain(lead.view(facts, words(facts)).more[0]) == sentence


def test_without_a_year_of_history_nothing_is_said_of_a_change():
    facts = with_regulars(year_ago=Figure.unknown("history_too_short", needs=730))
    said = [plain(sentence) for sentence in lead.view(facts, words(facts)).more]
    assert said == [
        "1,204 who used to come back are slipping away, together worth about SEK 882,000 a year."
    ]
    unforetold = replace(facts, forecast=None)
    assert plain(share.view(unforetold, words(facts)).picture.finding) == (
        "31% are regulars now. A year of history more will tell whether that is a rise."
    )


def test_chinese_sentences_follow_each_other_without_a_space():
    facts = rich()
    told = words(facts, "zh-hans").together(lead.view(facts, words(facts, "zh-hans")).more)
    assert plain(told).startswith("比一年前多。1,204")


def test_a_shop_without_any_regular_says_none():
    facts = with_regulars(n=0, n_base=9, share=Figure(0.0, 0.0, 0.3, n=9, method="wilson"))
    said = plain(lead.view(facts, words(facts)).says)
    assert said == "None of your 9 customers is a regular yet."


def test_where_nobody_slips_the_page_says_so_and_lists_nobody():
    facts = replace(rich(), slipping=SlippingFacts(n=0, worth_a_year_minor=0, rows=()))
    found = slipping.view(facts, words(facts))
    assert plain(found.says) == "Nobody who used to come back is slipping away."
    assert list(found.lines) == []
    assert lead.view(facts, words(facts)).turns == []


def test_a_single_customer_is_spoken_of_in_the_singular():
    told = SlippingFacts(n=1, worth_a_year_minor=120_000, rows=rich().slipping.rows[:1])
    facts = replace(rich(), slipping=told)
    assert plain(lead.view(facts, words(facts)).more[1]) == (
        "1 who used to come back is slipping away, worth about SEK 1,200 a year."
    )
    found = slipping.view(facts, words(facts))
    assert plain(found.where).startswith("All of them are also in customers.csv")


def test_a_rhythm_of_one_day_is_every_day_and_an_unknown_one_is_silence():
    row = replace(rich().slipping.rows[0], usual_gap_days=1.0, silent_days=9)
    assert plain(slipping.what_changed(row, words(rich()))) == "Every day, now 9 days"
    unknown = replace(row, usual_gap_days=None)
    assert plain(slipping.what_changed(unknown, words(rich()))) == "Silent for 9 days"


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.55, 0.59, "no"),
        (0.79, 0.83, "holds"),
        (0.80, 0.80, "holds"),
        (0.60, 0.90, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_the_rule_of_thumb_gets_a_verdict_only_from_a_range_that_can_tell(low, high, verdict):
    assert concentration.verdict(Figure(0.7, low, high, n=20)) == verdict


def test_without_amounts_the_curve_is_of_purchases():
    facts = no_amounts()
    finding = concentration.view(facts, words(facts)).picture.finding
    assert plain(finding) == "One in five customers makes 57% of purchases, not 80%."


def test_the_bars_add_up_and_come_in_order():
    parts = stages.view(rich(), words(rich())).often.parts
    assert [(part.kind, plain(part.count)) for part in parts] == [
        ("regular", "2,830"),
        ("repeat", "5,776"),
        ("first", "9,334"),
    ]
    assert parts[0].start == "0.00"
    ends = [float(part.start) + float(part.width) for part in parts]
    assert ends == sorted(ends)
    assert 99 < ends[-1] <= 100


def test_with_a_definition_of_one_day_regulars_are_no_part_of_the_bar():
    facts = with_regulars(definition=Definition(1, 30, 365))
    parts = stages.view(facts, words(facts)).often.parts
    assert [part.kind for part in parts] == ["repeat", "first"]


def test_a_share_of_fewer_than_five_is_not_shown():
    told = rich().cohorts
    first, *others = told.cohorts
    few = replace(first.cells[1], n_at_risk=4)
    facts = replace(
        rich(),
        cohorts=replace(
            told, cohorts=[replace(first, cells=[first.cells[0], few, *first.cells[2:]]), *others]
        ),
    )
    row = staying.view(facts, words(facts)).picture.table.rows[0]
    assert [cell.text for cell in row][3:] == [""] * (len(row) - 3)


def test_quarters_are_named_as_quarters():
    facts = replace(rich(), cohorts=replace(rich().cohorts, unit="quarter"))
    table = staying.view(facts, words(facts)).picture.table
    assert table.rows[-1][0].text == "Q4 2026"


def past(*pairs):
    return [
        Backtest(date(2026, month, 1), wanted, came, wanted, came, 100)
        for month, (wanted, came) in enumerate(pairs, start=1)
    ]


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([(90, 100)], "Tried 1 time on the past, it was off by 10%."),
        (
            [(90, 100), (130, 100)],
            "Tried 2 times on the past, it was off by 20% on average.",
        ),
        (
            [(90, 100), (80, 100), (70, 100)],
            "Tried 3 times on the past, it was off by 20% on average, always too low.",
        ),
        (
            [(110, 100), (120, 100), (130, 100)],
            "Tried 3 times on the past, it was off by 20% on average, always too high.",
        ),
        ([(5, 0)], "Tried 1 time on the past, it was off by 500%."),
    ],
)
def test_the_record_of_earlier_forecasts_is_told_as_it_is(pairs, sentence):
    facts = replace(rich(), expected=replace(rich().expected, backtests=past(*pairs)))
    assert plain(expected.view(facts, words(facts)).picture.finding) == sentence


def test_where_nothing_was_expected_and_nothing_came_nothing_is_drawn():
    facts = replace(rich(), expected=replace(rich().expected, backtests=past((0, 0), (0, 0))))
    assert expected.view(facts, words(facts)).picture is None


def test_without_a_record_the_page_says_why_the_ranges_are_wide():
    facts = replace(rich(), expected=replace(rich().expected, backtests=()))
    found = expected.view(facts, words(facts))
    assert found.picture is None
    assert "three times 90 days" in plain(found.no_record)


def test_the_model_says_what_it_learned_in_ordinary_words():
    said = [plain(sentence) for sentence in model.view(rich(), words(rich())).learned]
    assert said == [
        "As long as they are customers, they come 4.5 times a year on average.",
        "Of 100 who come for the first time, 30 do not come back.",
    ]


def test_the_account_of_the_rows_adds_up_on_the_page():
    found = data.view(rich(), words(rich()))
    read, used, aside = (
        int(figure.replace(",", "")) for figure in (found.read, found.used, found.put_aside)
    )
    assert read == used + aside
    assert sum(int(row[1].text) for row in found.reasons.rows) == aside


def test_a_column_taken_alike_in_both_files_stands_once():
    rows = data.view(rich(), words(rich())).columns.rows
    assert [row[0].text for row in rows] == ["Kund-ID", "Datum", "Belopp", "Ordernr", "Artikel"]
    assert {row[0].sub for row in rows} == {""}


def test_a_column_of_one_file_among_several_names_its_file():
    facts = replace(rich(), input=replace(rich().input, columns=rich().input.columns[:1]))
    (row,) = data.view(facts, words(facts)).columns.rows
    assert row[0].sub == "orders.csv"


def test_files_that_overlap_without_a_repeat_are_named_too():
    repeat = replace(rich().input.repeats[0], n_rows=0)
    facts = replace(rich(), input=replace(rich().input, repeats=[repeat]))
    said = [plain(note) for note in data.view(facts, words(facts)).notes]
    assert (
        "orders_2026.csv and orders.csv overlap (1 Jan 2026 to 9 Jan 2026), but no line stands in "
        "both." in said
    )


def test_a_reason_without_words_of_its_own_still_gets_a_sentence_and_a_mend():
    found = words(tiny()).cannot_code("something_new")
    assert plain(found.why) == "Cannot be told from this history."
    assert found.mend


def test_every_field_a_column_can_be_has_its_word():
    assert set(FIELDS) - set(data._MEANINGS) == set()


def test_every_method_the_report_s_measures_name_has_its_words():
    listed = "import sys, regulars.report.assemble; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    ours = [name for name in run.stdout.split() if name.startswith("regulars.")]
    named = set()
    for path in (importlib.util.find_spec(name).origin for name in ours):
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "method":
                named |= {node.value.value} if isinstance(node.value, ast.Constant) else set()
    assert {"wilson", "influence"} <= named
    assert named - set(proofs._METHODS) == set()
