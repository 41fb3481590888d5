"""The rules of the house that no linter knows."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "regulars"
LIMITS = {".py": 400, ".html": 150, ".css": 120}
HEADINGS = ("Takes", "Gives", "Error", "Beware", "Source")


def test_no_file_has_grown_too_long():
    long = {
        str(path.relative_to(ROOT)): n
        for folder in ("src", "tests", "bench")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in LIMITS
        and (n := len(path.read_text(encoding="utf-8").splitlines())) > LIMITS[path.suffix]
    }
    assert long == {}


ENGINES = {"engine.py", "spark.py"}  # where tables live; they measure nothing


def public_functions():
    """Functions of measure's own modules, and those that a package below it hands out."""
    measure = SOURCE / "measure"
    for path in sorted(measure.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        shown = None if path.parent == measure else handed_out(path.parent)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if any(getattr(mark, "id", "") == "overload" for mark in node.decorator_list):
                continue
            if path.name not in ENGINES and (shown is None or node.name in shown):
                yield pytest.param(node, id=f"{path.relative_to(SOURCE)}:{node.name}")


def handed_out(package):
    """The names in `__all__` of a package, its parent's included."""
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    lists = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    return {item.value for each in lists if isinstance(each, ast.List) for item in each.elts}


@pytest.mark.parametrize("function", list(public_functions()))
def test_a_public_measure_says_what_it_takes_gives_and_where_it_comes_from(function):
    lines = [line.strip() for line in (ast.get_docstring(function) or "").splitlines()]
    first = lines[0] if lines else ""
    assert first.endswith("."), "the first line is a sentence"
    if is_small(function):
        return
    missing = [head for head in HEADINGS if not any(line.startswith(head) for line in lines)]
    assert missing == []


def is_small(function):
    """Five lines of code or fewer explain themselves: a sentence is enough."""
    body = function.body[1:]
    return not body or body[-1].end_lineno - body[0].lineno < 5


def test_colours_are_written_in_the_tokens_only():
    raw = {
        path.name
        for path in (SOURCE / "pictures" / "look").rglob("*.css")
        if path.name != "tokens.css" and "#" in "".join(colours(path))
    }
    assert raw == set()


def colours(path):
    """Declarations' values of a style sheet, without selectors, that hold a colour by number."""
    text = path.read_text(encoding="utf-8")
    for declaration in text.replace("}", ";").split(";"):
        _, _, value = declaration.partition(":")
        if any(f"#{digit}" in value.lower() for digit in "0123456789abcdef"):
            yield value
