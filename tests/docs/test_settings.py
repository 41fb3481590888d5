"""Every setting has its paragraph, and every paragraph is of a setting."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"^(REGULARS_[A-Z_]+|DATABASE_URL(_FILE)?)$")
# Told by the house to its own children.
INNER = {"REGULARS_SUPERVISOR"}


def names_in_source():
    found = set()
    for path in (ROOT / "src" / "regulars").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and NAME.match(str(node.value)):
                found.add(node.value)
    return found - INNER


def test_every_setting_has_its_paragraph_and_the_other_way_round():
    told = re.findall(r"^`([A-Z_]+)`:", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    assert sorted(told) == sorted(names_in_source())
    assert len(told) == len(set(told))
