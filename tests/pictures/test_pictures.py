"""What pictures draw, and that they may stand in a page under a strict CSP."""

import re
from datetime import date

import pytest

from regulars.kit.numbers import Numbers
from regulars.pictures.concentration import concentration
from regulars.pictures.course import Ahead, AheadPoint, CoursePoint, Goal, course
from regulars.pictures.foretold import ForetoldPoint, foretold
from regulars.pictures.moves import MoveLine, MoveWords, is_cut, moves
from regulars.pictures.parts import month_ticks, round_ticks
from regulars.pictures.staying import StayingRow, shown, staying

EN = Numbers("en")


def course_points():
    days = [date(2026, month, 28) for month in range(1, 11)]
    return [
        CoursePoint(on, 0.3 + 0.005 * step, 0.28 + 0.005 * step, 0.32 + 0.005 * step)
        for step, on in enumerate(days)
    ]


def a_course():
    return course(course_points(), now="34% now", numbers=EN)


def a_course_ahead(goal=0.5):
    points = [
        AheadPoint(date(2027, month, 28), 0.36, 0.36 - wide, 0.36 + wide, 0.35, 0.37)
        for month, wide in ((1, 0.02), (2, 0.03), (3, 0.04))
    ]
    ahead = Ahead(points, "9 in 10")
    wished = Goal(goal, "Goal")
    return course(course_points(), now="34% now", numbers=EN, ahead=ahead, goal=wished)


NAMES = ("regular", "comes again", "lost")
WENT = [
    MoveLine(0, 0, 800, 0.8),
    MoveLine(0, 1, 200, 0.2),
    MoveLine(1, 0, 45, 0.09),
    MoveLine(1, 2, 455, 0.91),
    MoveLine(2, 2, 900, 1.0),
]


def a_map_of_moves(lines=WENT):
    return moves(lines, words=MoveWords(NAMES, "at first", "91 days later"), numbers=EN)


def a_concentration():
    curve = [(0.0, 0.0), (0.2, 0.57), (0.5, 0.9), (1.0, 1.0)]
    words = {"here": "here: 57%", "rule": "rule of thumb: 80%"}
    return concentration(curve, top_share=0.57, **words, numbers=EN)


def a_staying(rows=16, columns=14):
    groups = [
        StayingRow(f"group {row}", f"{100 + row}", [0.4 / (step + 1) for step in range(columns)])
        for row in range(rows)
    ]
    return staying(groups, above="months later", numbers=EN)


def a_foretold():
    points = [ForetoldPoint(f"Q{n}", 100.0 + n, 110.0, f"\N{MINUS SIGN}{9 - n}%") for n in range(3)]
    return foretold(points, numbers=EN)


PICTURES = [a_course, a_course_ahead, a_map_of_moves, a_concentration, a_staying, a_foretold]


def words_in(svg):
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


@pytest.fixture(scope="module", params=PICTURES, ids=lambda made: made.__name__)
def drawn(request):
    return request.param()


def test_a_picture_has_nothing_that_a_strict_page_or_another_language_could_not_take(drawn):
    unwanted = r' (style|class|role|aria-(?!hidden)[a-z]+|font-family|xmlns[a-z:]*|id|href)="'
    for svg in (drawn.wide, drawn.narrow):
        assert re.findall(unwanted, svg) == []
        assert "http" not in svg


def test_a_picture_takes_its_size_from_the_page_and_is_hidden_from_readers_of_words(drawn):
    for svg in (drawn.wide, drawn.narrow):
        opening = svg[: svg.index(">") + 1]
        assert re.fullmatch(
            r'<svg aria-hidden="true" focusable="false" viewBox="0 0 \d+ \d+">', opening
        )


def test_every_colour_is_a_token_so_that_one_drawing_serves_day_night_and_paper(drawn):
    for svg in (drawn.wide, drawn.narrow):
        colours = set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg)) - {"none", "transparent"}
        assert colours
        assert {colour for colour in colours if not colour.startswith("var(--chart-")} == set()


def test_the_narrow_drawing_is_made_for_a_phone(drawn):
    assert 'viewBox="0 0 350 ' in drawn.narrow
    assert 'viewBox="0 0 660 ' in drawn.wide


def test_the_course_words_its_ticks_and_the_last_point():
    words = words_in(a_course().wide)
    assert "34% now" in words
    months = [word for word in words if word.endswith("2026")]
    assert months == ["Mar 2026", "May 2026", "Jul 2026", "Sept 2026"]


def test_the_course_goes_on_dotted_with_both_bands_and_the_goal_dashed():
    made = a_course_ahead().wide
    assert {"34% now", "9 in 10", "Goal"} <= set(words_in(made))
    assert re.findall(r'stroke-dasharray="([^"]*)"', made) == ["1,6", "6,5"]
    assert made.count('fill="var(--chart-band)"') == 2
    assert made.count('fill="var(--chart-band-2)"') == 1


def test_a_share_near_nothing_gets_ticks_that_differ():
    points = [CoursePoint(date(2026, month, 1), 0.0, 0.0, 0.0014) for month in (1, 2, 3)]
    words = words_in(course(points, now="0% now", numbers=EN).wide)
    ticks = [word for word in words if re.fullmatch(r"[0-9.]+%", word)]
    assert sorted(set(ticks)) == sorted(ticks)


def height_of(word, svg):
    heights = re.findall(rf"<text[^>]*translate\([^,]*,([^)]*)\)[^>]*>{word}</text>", svg)
    return float(heights[-1])


def test_where_the_goal_is_just_above_the_words_of_today_go_below():
    near, far = a_course_ahead(goal=0.36).wide, a_course_ahead(goal=0.5).wide
    apart = height_of("34% now", near) - height_of("Goal", near)
    assert apart > 30
    assert height_of("34% now", far) - height_of("Goal", far) > apart


def test_moves_are_as_wide_as_they_were_many_and_named_by_their_share():
    made = a_map_of_moves().wide
    widths = [float(width) for width in re.findall(r'stroke-width="([0-9.]+)"', made)]
    assert {15.0, 6.6, 1.5, 26.0} <= set(widths)
    assert {"80%", "20%", "91%", "100%"} <= set(words_in(made))
    assert "9%" not in words_in(made)


def test_moves_to_warmer_states_are_petrol_and_others_brick():
    strokes = re.findall(r'stroke="var\(--chart-([a-z]+)\)"', a_map_of_moves().wide)
    assert [strokes.count(colour) for colour in ("band", "hero", "bad")] == [2, 1, 2]


def test_a_map_says_whether_those_who_stayed_are_drawn_narrower():
    assert is_cut(WENT)
    assert not is_cut([MoveLine(0, 0, 100, 0.5), MoveLine(0, 1, 100, 0.5)])


def test_a_map_where_nobody_moved_is_drawn():
    assert "100%" in words_in(a_map_of_moves([MoveLine(0, 0, 7, 1.0)]).narrow)


def test_the_concentration_names_the_shop_s_point_and_the_rule_s():
    words = words_in(a_concentration().narrow)
    assert {"here: 57%", "rule of thumb: 80%", "20%", "100%"} <= set(words)


def test_staying_shows_the_latest_groups_and_as_many_as_fit():
    made = a_staying()
    wide, narrow = words_in(made.wide), words_in(made.narrow)
    assert [w for w in wide if w.startswith("group")] == [f"group {n}" for n in range(2, 16)]
    assert [w for w in narrow if w.startswith("group")] == [f"group {n}" for n in range(8, 16)]
    assert wide.count("40%") == 14
    assert narrow.count("40%") == 8


def test_staying_says_how_much_it_shows():
    rows = [StayingRow("a", "1", [0.1] * 3)] * 5
    assert shown(rows, is_narrow=False) == (5, 3)
    assert shown(rows * 4, is_narrow=True) == (8, 3)


def test_a_group_of_whom_nobody_came_back_is_drawn():
    made = staying([StayingRow("a", "9", [0.0, 0.0])], above="months later", numbers=EN)
    assert words_in(made.wide).count("0%") == 2


def test_foretold_names_each_time_and_how_far_off_it_was():
    assert {"Q0", "Q1", "Q2", "\N{MINUS SIGN}9%"} <= set(words_in(a_foretold().wide))


@pytest.mark.parametrize(
    ("first", "last", "at_most", "ticks"),
    [
        (date(2026, 1, 15), date(2026, 4, 2), 6, [(2026, 2), (2026, 3), (2026, 4)]),
        (date(2024, 9, 1), date(2026, 11, 20), 4, [(2025, 1), (2025, 7), (2026, 1), (2026, 7)]),
        (date(2026, 3, 2), date(2026, 3, 20), 6, []),
        (date(2000, 1, 1), date(2026, 1, 1), 4, [(2000, 1), (2010, 1), (2020, 1)]),
    ],
)
def test_month_ticks_are_a_step_apart_that_people_count_in(first, last, at_most, ticks):
    found = month_ticks(first, last, at_most=at_most)
    assert [(on.year, on.month) for on in found] == ticks


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.244, 0.32, [0.24, 0.26, 0.28, 0.3, 0.32]),
        (0.0, 4123.0, [0, 2000, 4000, 6000]),
        (0.3, 0.3, [0.3, 0.4, 0.5, 0.6]),
    ],
)
def test_ticks_are_round_and_span_what_is_shown(low, high, ticks):
    assert round_ticks(low, high) == ticks


def test_a_label_may_hold_marks_that_code_is_written_with():
    made = concentration(
        [(0.0, 0.0), (1.0, 1.0)], top_share=0.2, here="l'ici", rule="\\", numbers=EN
    )
    assert {"l'ici", "\\"} <= set(words_in(made.wide))
