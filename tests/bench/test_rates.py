import pytest

from bench.rates import Rate, judge_together


def rate(hits, n, **promise):
    return Rate("a rate", hits=hits, n=n, **promise)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [  # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 5
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
    ],
)
def test_the_bounds_of_a_rate_are_those_of_clopper_and_pearson(hits, n, low, high):
    found = rate(hits, n, level=0.95).bounds
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)
    mirrored = rate(n - hits, n, level=0.95).bounds
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx(found)


def test_ninety_of_a_hundred_do_not_pass_for_ninety_five_among_thirteen_figures():
    # P(at most 180 of 200) = 0.0027 and P(at most 181) = 0.0058 at 0.95; 0.05 / 13 = 0.0038.
    figures = [rate(hits, 200, at_least=0.95) for hits in (180, 181, *[190] * 11)]
    judge_together(figures)
    assert [figure.is_kept for figure in figures] == [False] + [True] * 12


def test_the_more_promises_are_judged_together_the_more_it_takes_to_miss_one():
    alone, among_many = rate(184, 200, at_least=0.95), rate(184, 200, at_least=0.95)
    judge_together([alone])
    judge_together([among_many, *(rate(190, 200, at_most=1.0) for _ in range(9))])
    assert (alone.is_kept, among_many.is_kept) == (False, True)


def test_what_promises_nothing_takes_no_part_of_the_chance():
    judged, beside = rate(184, 200, at_least=0.95), [rate(0, 200) for _ in range(50)]
    judge_together([judged, *beside])
    assert not judged.is_kept
    assert judged.line().endswith("MISSED")
    assert beside[0].line().endswith("(0.0 to 2.6)")
