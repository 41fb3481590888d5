"""The part of the analysts' page that needs a house: its blocks run on a small book."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from regulars.book.models.contact import ContactKind
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.exporting import export_tables
from regulars.book.services.offering import ensure_views
from regulars.kit.postgres import Role
from tests.book.shop import bought, customer, gave_back, line
from tests.support.cast import told

PAGE = Path(__file__).resolve().parents[2] / "docs" / "notebook.md"
BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def small_book(committed, tmp_path, monkeypatch):
    ensure_epoch()
    ensure_views()
    for n in range(30):
        who = customer(f"Customer {n}")
        for nth in range(1 + n % 4):
            at = BEGAN + timedelta(days=n + 20 * nth)
            order = bought([line(price=1000 + n)], f"{n} {nth}", customer=who, placed_at=at)
        if n % 7 == 0:
            gave_back(order, (1, "1", 500), key=f"back {n}", returned_at=at + timedelta(days=3))
        if n < 4:
            call = Met(
                ContactKind.CALL, BEGAN + timedelta(days=n + 10), waiting_seconds=100 + 10 * n
            )
            note_contact(who, call, **told())
    bought(key="anonymous")
    export_tables(None, tmp_path / "tables")
    connection.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANALYST_DATABASE", committed.conninfo(Role.ANALYST, "committed"))


def run_blocks():
    printed = []
    names = {"print": lambda *what: printed.append(" ".join(map(str, what)))}
    text = PAGE.read_text(encoding="utf-8")
    for block in re.finditer(r"^```python book\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        lines_before = text[: block.start(1)].count("\n")
        exec(compile("\n" * lines_before + block[1], str(PAGE), "exec"), names)
    return names, printed


def of_each(book, table):
    found = book.arrays(book.frame(table))
    return sorted(zip(*(found[name].tolist() for name in sorted(found)), strict=True), key=str)


def test_every_block_runs_and_files_and_views_give_the_same_customers(small_book):
    names, printed = run_blocks()
    assert printed[0].startswith("30 customers; ")
    assert of_each(names["book"], "customers") == of_each(names["book"], "same_customers")
    assert len(of_each(names["book"], "customers")) == 30
    # Of the four who called, one waited longer than two minutes: the fourth, who bought later.
    assert names["waited"] == (1, 1)
    assert printed[1] == "(1, 1)"
    assert os.environ["ANALYST_DATABASE"]
