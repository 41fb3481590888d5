import pytest

from regulars.measure.card.entries import winner
from regulars.measure.card.result import Entry


def row(name, behind, *, is_rule=False, is_tied=False):
    return Entry(name, is_rule=is_rule, has_season=False, behind=behind, is_tied=is_tied)


def rows(**behind):
    """Rows by name, tied with the best where less than .01 behind it."""
    rules = ("zero", "recency")
    return [
        row(name, lag, is_rule=name in rules, is_tied=lag < 0.01) for name, lag in behind.items()
    ]


@pytest.mark.parametrize(
    ("behind", "wins"),
    [
        ({"zero": 0.5, "recency": 0.2, "mbg_nbd": 0.0, "pareto_nbd": 0.1}, "mbg_nbd"),
        ({"zero": 0.5, "recency": 0.2, "mbg_nbd": 0.009, "pareto_nbd": 0.0}, "mbg_nbd"),
        ({"zero": 0.5, "recency": 0.2, "mbg_nbd": 0.02, "pareto_nbd": 0.0}, "pareto_nbd"),
        ({"zero": 0.005, "recency": 0.2, "mbg_nbd": 0.0, "pareto_nbd": 0.1}, "mbg_nbd"),
        ({"zero": 0.5, "recency": 0.0, "mbg_nbd": 0.001, "pareto_nbd": 0.1}, "recency"),
        ({"zero": 0.005, "recency": 0.0, "mbg_nbd": 0.001, "pareto_nbd": 0.1}, "zero"),
    ],
)
def test_the_lowest_wins_or_the_simplest_of_its_kind_tied_with_it(behind, wins):
    assert winner(rows(**behind)) == wins


def test_what_could_not_be_tried_cannot_win():
    untried = Entry("mbg_nbd", is_rule=False, has_season=False, why_not="all_alike")
    tried = row("zero", 0.0, is_rule=True, is_tied=True)
    assert winner([tried, untried]) == "zero"
