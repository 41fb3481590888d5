"""Records to compare, gathered on the disk: however many they are, memory holds few at a time."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import duckdb
import pyarrow as pa

from regulars.measure.blocking import MOST_SHARING, blocks
from regulars.measure.linkage import MACROS, Record

_LISTS = ("emails", "locals", "words", "phones")
_TEXTS = ("first_name", "last_name", "full_name", "born_on", "city")
COLUMNS = pa.schema(
    [("key", pa.string())]
    + [(name, pa.string()) for name in _TEXTS]
    + [(name, pa.list_(pa.string())) for name in (*_LISTS, "blocks")]
)
_MEMORY, _THREADS = "1GB", 2  # each thread holds some more of its own
_AT_ONCE = 100_000  # records in a part


@dataclass(frozen=True)
class Records:
    """Records in a database: table `records`, numbered, and whose key each number is in `keys`."""

    connection: duckdb.DuckDBPyConnection
    n: int

    @property
    def n_parts(self) -> int:
        """In how many parts their pairs are compared."""
        return max(ceil(self.n / _AT_ONCE), 1)


def tabulated(records: Iterable[tuple[str, Record]]) -> pa.Table:
    """Records with their keys, one a row, as `gathered` takes them.

    Takes   pairs of a key and a record.
    Gives   a table as COLUMNS says; what is unknown is NULL.
    Error   none: nothing is estimated.
    Beware  keys are told apart as texts, and each must come once.
    Source  the keys to be found by: `blocks`.
    """
    rows = [
        {name: getattr(record, name) or None for name in (*_TEXTS, *_LISTS)}
        | {"key": key, "blocks": sorted(blocks(record))}
        for key, record in records
    ]
    return pa.Table.from_pylist(rows, COLUMNS)


@contextmanager
def gathered(tables: Iterable[pa.Table], folder: Path) -> Iterator[Records]:
    """All records in one database, each with the keys that lead from it to others.

    Takes   tables as `tabulated` gives them, read one by one, and a folder for them meanwhile.
    Gives   the records, as `fit` and `probable_pairs` take them, until the end of the block.
    Error   none: nothing is estimated.
    Beware  the folder holds names and addresses in the clear; who made it removes it. It takes
            about a gigabyte for a million records.
    Source  a key that only one record has leads nowhere, and one that more than MOST_SHARING have.
    """
    with duckdb.connect(
        folder / "records.duckdb",
        config={
            "memory_limit": _MEMORY,
            "threads": _THREADS,
            "temp_directory": str(folder / "spilled"),
        },
    ) as connection:
        connection.execute("SET preserve_insertion_order = false")
        for macro in MACROS:
            connection.execute(macro)
        yield Records(connection, _filled(connection, tables))


def _filled(connection: duckdb.DuckDBPyConnection, tables: Iterable[pa.Table]) -> int:
    """Fill `records` and `keys`; gives how many records there are."""
    connection.register("part", COLUMNS.empty_table())
    connection.execute("CREATE TABLE told AS SELECT 0::bigint AS unique_id, * FROM part")
    n = 0
    for table in tables:
        numbers = pa.array(range(n, n + table.num_rows), pa.int64())
        connection.register("part", table.add_column(0, "unique_id", numbers))
        connection.execute("INSERT INTO told SELECT * FROM part")
        n += table.num_rows
    connection.unregister("part")
    connection.execute("CREATE TABLE keys AS SELECT unique_id, key FROM told")
    connection.execute(
        "CREATE TABLE leads AS SELECT unique_id, hash(unnest(blocks)) AS block FROM told"
    )
    connection.execute(
        f"""CREATE TABLE records AS SELECT told.* EXCLUDE (key, blocks), coalesce(few, []) AS blocks
          FROM told LEFT JOIN (
            SELECT unique_id, list(block) AS few FROM leads SEMI JOIN (
              SELECT block FROM leads GROUP BY 1 HAVING count(*) BETWEEN 2 AND {MOST_SHARING}
            ) USING (block) GROUP BY 1
          ) USING (unique_id)"""
    )
    connection.execute("DROP TABLE told")
    connection.execute("DROP TABLE leads")
    return n
