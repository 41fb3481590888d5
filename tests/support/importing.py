"""Imports of texts written on the spot, their counts checked each time."""

import csv
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow.compute as pc
from django.db.models import F, Sum

from regulars.book.importing.asked import Asked
from regulars.book.importing.run import import_files
from regulars.book.models import FileImport, Order, Return
from regulars.book.tables import order_lines
from regulars.intake import ReadOptions, read_history


class Import:
    """One import and what it left in the folder of rows put aside."""

    def __init__(self, made, folder):
        self.made, self.folder = made, folder

    def counts(self):
        """(new, same, changed, put aside)."""
        counts = self.made.counts
        return counts.n_new, counts.n_same, counts.n_changed, self.made.n_put_aside

    def reasons(self):
        return dict(self.made.reasons)

    def aside(self):
        """The rows put aside, as dicts, over all files."""
        rows = []
        for path in self.made.put_aside:
            with Path(path).open(encoding="utf-8-sig", newline="") as file:
                rows += csv.DictReader(file)
        return rows


def imported(folder, *paths, **asked):
    """Import files, and check that every row is accounted for, on the terminal and in the table."""
    folder = Path(folder) / "aside"
    made = import_files([Path(path) for path in paths], Asked(**asked), aside=folder)
    counts = made.counts
    assert counts.n_read == counts.n_new + counts.n_same + counts.n_changed + made.n_put_aside
    held = FileImport.objects.get(pk=made.id)
    assert held.state == "done"
    assert (held.n_read, held.n_new, held.n_same, held.n_changed, held.n_put_aside) == (
        counts.n_read,
        counts.n_new,
        counts.n_same,
        counts.n_changed,
        made.n_put_aside,
    )
    done = Import(made, folder)
    assert len(done.aside()) == made.n_put_aside
    return done


def import_text(folder, text, name="file.csv", **asked):
    path = Path(folder) / name
    path.write_text(text, encoding="utf-8")
    return imported(folder, path, **asked)


def report_totals(*paths, **options):
    """(customers who bought, orders bought, net) as the report counts them."""
    con = duckdb.connect()
    read_history(con, [Path(path) for path in paths], options=ReadOptions(**options))
    (found,) = con.sql(
        "SELECT count(DISTINCT customer) FILTER (is_purchase), "
        "count(DISTINCT order_key) FILTER (is_purchase), CAST(sum(net_minor) AS BIGINT) FROM lines"
    ).fetchall()
    return found


def book_totals():
    """The same of the book; what was paid beside the goods is part of what an order came to."""
    with order_lines(ZoneInfo("UTC")) as lines:
        told = lines.read_all()
    bought = told.filter(told["is_purchase"])
    placed = Order.objects.filter(status="placed")
    beside = Sum(F("shipping_minor") + F("tax_minor"), default=0)
    net = pc.sum(told["net_minor"]).as_py() or 0
    return (
        pc.count_distinct(bought["customer"]).as_py(),
        pc.count_distinct(bought["order_key"]).as_py(),
        net + placed.aggregate(n=beside)["n"] - Return.objects.aggregate(n=beside)["n"],
    )
