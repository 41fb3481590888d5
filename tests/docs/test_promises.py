"""The page on promises: its blocks run in order and find what the page says."""

import re
import tempfile
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "promises.md"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """What stands after the last block, and all that was printed on the way."""
    printed = []
    names = {
        "__name__": "promises",
        "print": lambda *what: printed.append(" ".join(map(str, what))),
    }
    text = PAGE.read_text(encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("promises")))
        for block in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            # Empty lines before it make a traceback point into the page.
            lines_before = text[: block.start(1)].count("\n")
            exec(compile("\n" * lines_before + block[1], str(PAGE), "exec"), names)
    return names | {"printed": printed}


def test_the_planted_effect_is_found_and_told(page):
    found = page["found"]
    assert page["printed"][-1] == "True"
    assert (found.verdict.verdict, found.is_sound) == ("holds", True)
    assert found.effect.difference.high < 0


def test_every_reason_to_be_in_no_set_is_explained(page):
    text = PAGE.read_text(encoding="utf-8")
    assert {why for why in page["found"].left_out if f"`{why}`" not in text} == set()


def test_what_is_left_out_and_what_is_matched_are_all_promises(page):
    found, followed = page["found"], page["followed"]
    in_sets = found.n_matched + found.n_partners
    assert in_sets + sum(found.left_out.values()) == followed.n_promises
