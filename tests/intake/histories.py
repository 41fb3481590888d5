"""Histories read from texts written on the spot."""

import csv
from dataclasses import dataclass
from pathlib import Path

import duckdb

from regulars.intake import History, ReadOptions, read_history


@dataclass(frozen=True)
class Read:
    """A history with the connection that holds its lines."""

    history: History
    con: duckdb.DuckDBPyConnection

    def lines(self, columns="customer, day, order_key, net_minor, is_purchase"):
        """The lines as tuples, days as ISO text."""
        rows = self.con.sql(f"SELECT {columns} FROM lines ORDER BY ALL").fetchall()
        return [tuple(v.isoformat() if hasattr(v, "isoformat") else v for v in r) for r in rows]

    def net(self):
        """Net revenue of all lines in minor units."""
        return self.con.sql("SELECT CAST(sum(net_minor) AS BIGINT) FROM lines").fetchall()[0][0]

    def taken(self):
        """{field: column}."""
        return {column.meaning: column.column for column in self.history.columns}

    def note(self, meaning):
        """How a field was read."""
        return next(c.note for c in self.history.columns if c.meaning == meaning)

    def put_aside(self, folder):
        """The put-aside file as a list of dicts."""
        path = Path(folder) / "put-aside.csv"
        self.history.write_put_aside(path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


def read_files(*paths, keep=(), **options):
    con = duckdb.connect()
    history = read_history(con, list(paths), options=ReadOptions(**options), keep=keep)
    assert history.rows_read == history.rows_used + history.rows_put_aside
    assert con.sql("SELECT count(*) FROM lines").fetchall() == [(history.rows_used,)]
    assert sum(history.reasons.values()) == history.rows_put_aside
    return Read(history, con)


def written(folder, text, name="orders.csv", encoding="utf-8"):
    path = Path(folder) / name
    path.write_bytes(text.encode(encoding))
    return path


def read_text(folder, text, encoding="utf-8", **options):
    return read_files(written(folder, text, encoding=encoding), **options)
