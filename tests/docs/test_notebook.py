"""The page for analysts: every block runs, in order, and says what the page says."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from regulars.measure.card import MODEL_NAMES, RULE_NAMES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "notebook.md"


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What stands after the last block, and all that was printed on the way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("notebook")))
        yield run_page()


def run_page() -> dict[str, Any]:
    printed: list[str] = []
    names: dict[str, Any] = {
        "__name__": "notebook",
        "print": lambda *what: printed.append(" ".join(map(str, what))),
    }
    text = PAGE.read_text(encoding="utf-8")
    for block in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        # Empty lines before it make a traceback point into the page.
        lines_before = text[: block.start(1)].count("\n")
        exec(compile("\n" * lines_before + block[1], str(PAGE), "exec"), names)
    return names | {"printed": printed}


def test_eight_customers_are_not_fitted(notebook):
    assert notebook["printed"][0].startswith("False ")


def test_the_fit_of_the_company_is_near_what_was_planted_and_the_same_on_cells(notebook):
    model = notebook["model"]
    assert (model.converged, model.n_customers) == (True, len(notebook["everybody"]["x"]))
    assert list(model.params) == ["r", "alpha", "a", "b"]
    assert notebook["same"].estimates == pytest.approx(model.estimates, rel=1e-8)
    planted = 0.75 / (0.75 + 3.4)  # chance of leaving after a purchase
    a, b = model.params["a"], model.params["b"]
    assert a / (a + b) == pytest.approx(planted, abs=0.06)


def test_predictions_fit_each_other(notebook):
    alive, purchases, buys = (notebook[name] for name in ("alive", "purchases", "buys"))
    assert ((buys >= 0) & (buys <= np.minimum(alive, purchases) + 1e-12) & (alive <= 1)).all()
    assert 0.5 < notebook["none_to_three"].sum() < 1
    due = notebook["next_time"]
    assert ((due.low_80 <= due.median) & (due.median <= due.high_80)).all()
    assert 0 < due.is_overdue.sum() < len(alive)
    assert notebook["worth_minor"].sum() > 0


def test_what_cannot_be_right_is_refused_as_the_page_says(notebook):
    assert "t_x > T at row 1: 40.0 > 38.9" in notebook["printed"]


def test_the_card_has_every_candidate_and_a_season_planted_serves(notebook):
    card = notebook["chosen"].card
    assert [entry.name for entry in card.entries] == [*RULE_NAMES, *MODEL_NAMES]
    assert card.serving in MODEL_NAMES
    assert card.season.is_on


def test_the_forecast_starts_from_today_and_moves_with_what_if(notebook):
    ahead, other = notebook["ahead"], notebook["if_fewer_left"]
    assert ahead.share == pytest.approx(notebook["everybody"]["is_regular"].sum() / ahead.n_base)
    assert len(ahead.steps) == 6
    assert other.steps[-1].median > ahead.steps[-1].median
    goal = notebook["goal"]
    assert sum(goal.probabilities) + goal.not_within == pytest.approx(1)


def test_the_trial_finds_the_plus_it_was_made_with(notebook):
    plain, sharper = notebook["plain"].effect, notebook["sharper"].effect
    assert notebook["sizes"].is_sound
    assert plain.low < 3 < plain.high
    assert sharper.low < 3 < sharper.high
    assert sharper.high - sharper.low < plain.high - plain.low
    assert 0.4 < notebook["sharper"].gain_share < 0.9
