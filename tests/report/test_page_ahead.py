"""What the page says of what comes, of movements, discounts and the sayings of the trade."""

import ast
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from regulars.measure import rules as measured
from regulars.measure.figure import Figure
from regulars.measure.forecast.result import WHY_NOT
from regulars.measure.state_map import STATES
from regulars.measure.verdict import CANNOT_TELL, Claim, Need, judge
from regulars.report.facts import GoalFacts
from regulars.report.page import render
from regulars.report.sections import (
    ahead,
    concentration,
    lead,
    moves,
    price,
    rules,
    share,
    slipping,
)
from regulars.report.words import Words
from tests.report.facts_example import no_model, rich, tiny
from tests.report.habits_example import no_forecast


def words(facts, lang="en"):
    return Words.of(facts, lang)


def plain(said):
    return said.striptags().replace(", how do we know", "").replace("\N{NO-BREAK SPACE}", " ")


def with_forecast(**changes):
    return replace(rich(), forecast=replace(rich().forecast, **changes))


def proof_of(proofs, proof_id):
    (found,) = [proof for proof in proofs if proof.id == proof_id]
    return {plain(term): plain(text) for term, text in found.lines}


LATE, SOON = (date(2027, 5, 19), 0.52), (date(2026, 12, 20), 0.1)


@pytest.mark.parametrize(
    ("goal", "sentence"),
    [
        (None, "In a year about 38% will be regulars; 9 times in 10 it is 34 to 42."),
        (
            GoalFacts(0.35, [SOON, LATE], 0.42),
            "At this pace you reach 35% around May 2027. The odds of making it by Nov 2027 are "
            "6 in 10.",
        ),
        (
            GoalFacts(0.35, [SOON, (date(2027, 5, 19), 0.3)], 0.68),
            "At this pace you do not reach 35% by Nov 2027. The odds of making it are 3 in 10.",
        ),
        (
            GoalFacts(0.3, [(date(2026, 11, 20), 1.0)], 0.0),
            "The goal of 30% is reached. In a year we expect 38%.",
        ),
    ],
)
def test_the_forecast_is_told_as_a_sentence_with_its_odds(goal, sentence):
    facts = with_forecast(goal=goal)
    assert plain(share.view(facts, words(facts)).picture.finding) == sentence


def test_the_forecast_tells_half_a_year_a_year_and_the_odds_of_later():
    found = share.view(rich(), words(rich())).tallies
    assert [(plain(t.label), plain(t.value), plain(t.range)) for t in found] == [
        ("A year ago", "29%", "risen since"),
        ("In six months", "35%", "9 in 10: 32 to 38"),
        ("In a year", "38%", "9 in 10: 34 to 42"),
        ("35% within the year", "8 in 10", "later or never: 2 in 10"),
    ]


def test_the_forecast_comes_with_its_record_and_a_what_if():
    assert [plain(note) for note in share.view(rich(), words(rich())).notes] == [
        "Tried on the past: the 9 in 10 band of 96 forecasts like this held 84 times, and the "
        "middle was off by 1.3 points of 100 on average.",
        "If a tenth fewer customers lapsed: 41% instead of 38% in a year.",
    ]


def test_a_small_what_if_is_told_to_a_tenth_of_a_point():
    facts = with_forecast(if_fewer=0.385)
    assert "38.5% instead of 38.2%" in plain(share.view(facts, words(facts)).notes[1])


def test_the_odds_of_the_goal_are_in_its_proof_every_three_months():
    lines = proof_of(share.view(rich(), words(rich())).proofs, "p-goal")
    assert lines["By Feb 2027"] == "2 in 10"
    assert lines["By Nov 2027"] == "8 in 10"
    assert lines["Not within the year"] == "2 in 10"


def test_a_goal_sure_to_be_reached_keeps_its_proof():
    certain = GoalFacts(0.32, [(date(2026, 12, 20), 0.9), (date(2027, 1, 19), 1.0)], 0.0)
    found = share.view(with_forecast(goal=certain), words(rich()))
    assert "over 9 in 10" in plain(found.picture.finding)
    assert "p-goal" in {proof.id for proof in found.proofs}


def test_the_table_goes_on_into_the_forecast():
    row = share.view(rich(), words(rich())).picture.table.rows[-1]
    assert [cell.text for cell in row] == ["15 Nov 2027", "38.2%", "9 in 10: 34.0 to 42.4"]
    assert plain(row[2].sub) == "as likely as not: 36.5 to 39.9"


@pytest.mark.parametrize(
    ("code", "needs", "sentence"),
    [
        ("too_few", 30, "9,129 customers bought in the last 365 days, 30 needed"),
        ("history_too_short", 1_460, "995 days of history, 1,460 needed"),
        ("not_identifiable", None, "customers differ or return too little"),
    ],
)
def test_where_the_forecast_cannot_be_told_it_says_why_and_what_it_would_take(
    code, needs, sentence
):
    facts = replace(rich(), forecast=no_forecast(code, needs))
    found = share.view(facts, words(facts))
    (cannot,) = found.cannots
    assert sentence in plain(cannot.why)
    assert cannot.mend
    assert plain(found.picture.finding).startswith("The share of regulars has grown: 31% now")


def test_beside_one_reading_it_still_says_that_the_forecast_cannot_be_told():
    told = rich()
    one = replace(told.regulars, course=told.regulars.course[-1:])
    facts = replace(told, regulars=one, forecast=no_forecast("history_too_short", 1_460))
    change, forecast = share.view(facts, words(facts)).cannots
    assert plain(change.why).endswith("there is one reading.")
    assert "995 days of history, 1,460 needed" in plain(forecast.why)


def test_every_reason_of_the_forecast_has_its_words():
    assert set(ahead._CANNOT) == set(WHY_NOT)


def test_the_movements_are_told_by_what_became_of_regulars():
    finding = plain(moves.view(rich(), words(rich())).picture.finding)
    assert finding == (
        "Of 100 regulars 70 are regulars 91 days later, 12 are slipping away and 4 are lost."
    )


def test_every_movement_stands_in_the_table_with_its_share_and_range():
    rows = moves.view(rich(), words(rich())).picture.table.rows
    assert [cell.text for cell in rows[0]] == ["regular", "regular", "7,830", "70%", "69.4 to 71.6"]
    assert len(rows) == len(rich().states.moves)


def test_moves_up_and_down_are_counted():
    found = moves.view(rich(), words(rich())).tallies
    assert [plain(t.value) for t in found] == ["6,852", "14,760", "1,604"]


def test_without_regulars_the_movements_are_told_without_them():
    told = rich().states
    facts = replace(
        rich(), states=replace(told, moves=[m for m in told.moves if m.before == "lost"])
    )
    finding = plain(moves.view(facts, words(facts)).picture.finding)
    assert finding == "Where customers stood, and where 91 days later."


def test_movements_need_a_model_and_a_quarter_beyond_the_window():
    facts = replace(rich(), states=None)
    assert "995 days of history, 271 needed" in plain(moves.view(facts, words(facts)).cannot.why)
    why = moves.view(no_model(), words(no_model())).cannot.why
    assert plain(why) == "Cannot tell yet: nobody has bought a second time."


def test_where_nobody_moved_nothing_is_drawn():
    told = rich().states
    stayed = [move for move in told.moves if move.before == move.after]
    facts = replace(rich(), states=replace(told, moves=stayed))
    found = moves.view(facts, words(facts))
    assert plain(found.cannot.why) == "Nobody moved from one state to another in this time."
    assert found.picture is None


def test_every_state_has_its_words():
    assert set(moves._STATES) == set(STATES)


def test_every_rule_that_is_measured_has_its_words_and_every_need_too():
    source = ast.parse(Path(measured.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(source) if isinstance(node, ast.Call)]
    named = {
        c.args[0].value for c in calls if isinstance(c.func, ast.Name) and c.func.id == "judge"
    }
    assert set(rules._RULES) == named
    needs = set(re.findall(r"`(\w+)`", Need.__doc__))
    assert set(rules._NEEDS) | {"customers"} == needs


def test_each_saying_gets_what_was_found_its_range_and_a_verdict():
    found = rules.view(rich(), words(rich()))
    assert [(line.verdict, plain(line.found), plain(line.likely)) for line in found.lines] == [
        ("no", "One fifth of the customers brings 57% of revenue.", "likely 56 to 58"),
        ("holds", "A regular brings 8.6 times what another customer does.", "likely 8.1 to 9.2"),
        (
            "unknown",
            "38% of those who bought the year before did not buy this year.",
            "likely 36 to 40",
        ),
        (
            "unknown",
            "0.4 more of 100 on several channels came back within a year.",
            "likely 2.1 fewer to 2.9 more",
        ),
        (
            "holds",
            "9.3 fewer of 100 won by a discount came back within a year.",
            "likely 6.9 to 11.6",
        ),
    ]
    assert plain(found.says) == (
        "5 sayings of the trade, tested here: 2 true, 1 not true, 2 still open."
    )


@pytest.mark.parametrize(
    ("n", "sentence"),
    [
        (None, "More customers of this kind would tell."),
        (1, "About 1 customer more would tell, if the figure stays what it is."),
        (4_321, "About 4,300 customers more would tell, if the figure stays what it is."),
        (
            123_456,
            "If there is a difference, it is small: it would take about 120,000 customers more to "
            "tell.",
        ),
    ],
)
def test_what_would_decide_a_saying_is_told_in_customers(n, sentence):
    told = replace(rich().rules[2], needs=(Need("customers", n),))
    facts = replace(rich(), rules=[told])
    (line,) = rules.view(facts, words(facts)).lines
    assert [plain(need) for need in line.needs] == [sentence]


def test_sayings_without_data_say_what_to_record():
    found = rules.view(tiny(), words(tiny()))
    assert {line.verdict for line in found.lines} == {"unknown"}
    assert [plain(line.needs[0]) for line in found.lines][2:] == [
        "A history of 730 days would tell; there are 22.",
        "Record on each order where it was placed: shop, web, phone.",
        "Record on each order line what was taken off, 0 where nothing.",
    ]
    assert found.proofs == []


def test_without_a_column_of_discounts_no_history_is_said_to_tell_of_them():
    told = replace(rich().rules[4], needs=(Need("history_days", 366),), verdict=CANNOT_TELL)
    facts = replace(rich(), rules=[told], discounts=None)
    (line,) = rules.view(facts, words(facts)).lines
    assert [plain(need) for need in line.needs] == [
        "Record on each order line what was taken off, 0 where nothing."
    ]


def test_a_page_without_sayings_leaves_the_section_out():
    html = render(replace(tiny(), rules=()), "en")
    assert 'id="rules"' not in html
    assert 'href="#rules"' not in html


@pytest.mark.parametrize(
    ("low", "value", "high", "sentence"),
    [
        (-0.116, -0.093, -0.069, "9 fewer of 100 won by a discount came back within a year"),
        (0.02, 0.05, 0.08, "5 more of 100 won by a discount came back within a year"),
        (-0.02, 0.01, 0.04, "Those won by a discount come back about as often: no clear"),
    ],
)
def test_a_difference_of_those_won_by_a_discount_is_claimed_only_where_proven(
    low, value, high, sentence
):
    told = rich().discounts
    difference = Figure(value, low, high, n=8_811, method="newcombe")
    facts = replace(rich(), discounts=replace(told, won=replace(told.won, difference=difference)))
    assert plain(price.view(facts, words(facts)).won_says).startswith(sentence)


def test_those_who_come_again_add_up_whether_or_not_they_buy_on_discount():
    parts = price.view(rich(), words(rich())).whole.parts
    counts = [int(plain(part.count).replace(",", "")) for part in parts]
    assert counts == [4_320, 3_761, 525]
    assert sum(counts) == 8_606


def test_without_a_column_of_discounts_the_page_says_what_to_record():
    found = price.view(no_model(), words(no_model()))
    assert plain(found.cannot.why) == "Cannot tell: no column says what was sold on discount."
    assert "what was taken off" in plain(found.cannot.mend)


def test_the_proofs_of_the_80_20_figures_say_what_they_were_before_returns():
    found = concentration.view(rich(), words(rich())).proofs
    before = [proof_of(found, proof)["Before returns"] for proof in ("p-top", "p-eighty", "p-gini")]
    assert before == ["56%", "35%", "0.574"]


def test_the_80_20_verdict_is_the_same_wherever_it_stands():
    for low, high in ((0.55, 0.59), (0.76, 0.84), (0.7, 0.9)):
        figure = Figure((low + high) / 2, low, high, n=900)
        told = judge("top_fifth", figure, Claim(0.75, 0.85))
        facts = replace(rich(), rules=[told])
        (line,) = rules.view(facts, words(facts)).lines
        assert concentration.verdict(figure) == line.verdict


def test_a_customer_known_by_a_number_alone_is_called_a_customer():
    row = replace(rich().slipping.rows[0], customer="10482", name=None)
    facts = replace(rich(), slipping=replace(rich().slipping, rows=[row]))
    assert lead.view(facts, words(facts)).turns[0].customer == "Customer 10482"
    assert lead.view(facts, words(facts, "zh-hans")).turns[0].customer == "顾客 10482"


def test_a_customer_with_a_name_keeps_the_number_beside_it():
    row = replace(rich().slipping.rows[0], customer="10482", name="Ana Bergström")
    facts = replace(rich(), slipping=replace(rich().slipping, rows=[row]))
    (line,) = slipping.view(facts, words(facts)).lines
    assert (line.customer, line.number) == ("Ana Bergström", "10482")
