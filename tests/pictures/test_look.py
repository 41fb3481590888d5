"""The look: small sheets, colours only in the tokens, symbols by name."""

import re
from pathlib import Path

import pytest

from regulars.pictures import look

FOLDER = Path(look.__file__).parent
SHEETS = sorted(FOLDER.glob("*.css"))
PARTS = [sheet for sheet in SHEETS if sheet.name != "tokens.css"]
RAW_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", re.IGNORECASE)


@pytest.mark.parametrize("sheet", PARTS, ids=lambda sheet: sheet.stem)
def test_a_sheet_is_small(sheet):
    assert len(sheet.read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("sheet", PARTS, ids=lambda sheet: sheet.stem)
def test_no_colour_is_written_outside_the_tokens(sheet):
    assert RAW_COLOUR.findall(sheet.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("sheet", PARTS, ids=lambda sheet: sheet.stem)
def test_every_rule_of_a_sheet_lies_in_a_layer_that_the_tokens_order(sheet):
    order = re.search(r"@layer ([a-z, ]+);", (FOLDER / "tokens.css").read_text(encoding="utf-8"))
    layers = re.findall(r"^@layer ([a-z]+) {", sheet.read_text(encoding="utf-8"), re.MULTILINE)
    assert layers
    assert set(layers) <= set(order[1].split(", "))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_every_token_that_is_used_exists(sheet):
    known = set(re.findall(r"(--[a-z0-9-]+):", (FOLDER / "tokens.css").read_text(encoding="utf-8")))
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", sheet.read_text(encoding="utf-8")))
    assert used - known == set()


def test_a_page_s_sheet_begins_with_the_tokens_and_ends_with_paper():
    sheet = look.sheet(["lead"])
    assert sheet.startswith("/* Tokens")
    assert sheet.index(".lead__say") < sheet.index("@page")
    assert ".todo__item {" not in sheet.split("@layer print {")[0]


def test_symbols_are_those_asked_for_and_each_once():
    drawn = look.symbols(["shop", "open", "shop"])
    assert re.findall(r'<symbol id="([a-z]+)"', drawn) == ["open", "shop"]


def test_an_unknown_symbol_is_refused():
    with pytest.raises(KeyError, match="unicorn"):
        look.symbols(["unicorn"])
