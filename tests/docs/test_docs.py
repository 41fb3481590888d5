"""The documentation is tested: what exists has its paragraph, what has a paragraph exists."""

import ast
import re
from pathlib import Path

import pytest
import typer

from regulars.cli.app import app
from regulars.intake.names import FIELDS
from regulars.intake.order_rows import ORDER_FIELDS
from regulars.intake.presets import PRESETS
from regulars.intake.reasons import REASONS
from regulars.intake.record_kinds import KINDS
from regulars.measure.models.fitted import WHY_NOT
from regulars.report.document import document
from tests.report.facts_example import rich

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def commands_of(group, above=""):
    """(name, command) of each command, those in groups too: "rights erase"."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


COMMANDS = dict(commands_of(typer.main.get_command(app)))


def text(name):
    return (DOCS / name).read_text(encoding="utf-8")


OPTIONS = "".join(map(text, ("report.md", "house.md", "import.md", "rights.md")))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_has_its_paragraph(name):
    said = OPTIONS
    assert f"`regulars {name}" in said
    options = [option for param in COMMANDS[name].params for option in param.opts]
    missing = [o for o in options if o.startswith("--") and o != "--help" and f"`{o}`" not in said]
    assert missing == []


def test_every_option_with_a_paragraph_exists():
    real = {option for command in COMMANDS.values() for p in command.params for option in p.opts}
    named = set(re.findall(r"^`(--[a-z-]+)`", OPTIONS, re.MULTILINE))
    assert named - real == set()


def key_paths(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from key_paths(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from key_paths(value[0], path)
    else:
        yield path


FREE_KEYS = (
    "input.reasons.",
    "input.columns.note_facts.",
    "model.params.",
    "model.standard_errors.",
)
FIGURE = {"value", "low", "high", "n", "level", "method", "first_on", "last_on", "why_not", "needs"}


def test_every_key_of_the_json_document_is_explained():
    said = text("report-json.md").replace("[]`", "`")
    missing = []
    for path in key_paths(document(rich())):
        if path.startswith(FREE_KEYS):
            continue
        last = path.split(".")[-1]
        above = (f"`{path.rsplit('.', up)[0]}`" in said for up in range(1, path.count(".") + 1))
        is_figure_named = last in FIGURE and any(above)
        if f"`{path}`" not in said and f"`{last}`" not in said and not is_figure_named:
            missing.append(path)
    assert missing == []


def codes_in_source(function, keyword=None):
    """Texts given to a call of this name (first argument, or a keyword), constants by name too."""
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in (ROOT / "src" / "regulars").rglob("*.py")
    ]
    constants = [
        (target.id, node.value.value)
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    found = []
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == function:
            found += node.args[:1]
        if isinstance(node, ast.Call) and keyword:
            found += [word.value for word in node.keywords if word.arg == keyword]
    written = [value.value for value in found if isinstance(value, ast.Constant)]
    names = {value.id for value in found if isinstance(value, ast.Name)}
    written += [value for name, value in constants if name in names]
    return {code for code in written if isinstance(code, str) and code}


def test_every_method_and_every_reason_why_not_is_in_the_glossary():
    said = text("glossary.md")
    codes = codes_in_source("unknown") | codes_in_source("Figure", keyword="method")
    missing = {code for code in codes | set(WHY_NOT) if f"**{code}**" not in said}
    assert missing == set()


def test_every_reason_to_put_a_row_aside_is_documented():
    said = text("put-aside.md")
    assert {code for code in REASONS if f"`{code}`" not in said} == set()


def test_links_in_the_documentation_lead_somewhere():
    broken = [
        f"{page.name}: {target}"
        for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_field_that_a_column_can_be_is_in_the_documentation_of_imports():
    said = text("import.md")
    fields = {*FIELDS, *ORDER_FIELDS, *(name for kind in KINDS.values() for name in kind.fields)}
    assert {name for name in fields if f"`{name}`" not in said} == set()
    assert {name for name in (*KINDS, *PRESETS) if f"`{name}`" not in said} == set()
