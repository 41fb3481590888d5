"""The shapes of a text column: its values with every digit as 9, and how many rows have each.

A column of a million rows has few shapes, so whatever depends on how values are written is decided
from all rows at the cost of one pass.
"""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def shapes(con: duckdb.DuckDBPyConnection, relation: str, value: str) -> dict[str, int]:
    """Shape in lower case -> rows.

    Takes a relation and an SQL expression of type VARCHAR over it; NULL is left out.
    """
    counts: dict[str, int] = {}
    query = f"SELECT {value} AS value FROM {relation} WHERE value IS NOT NULL"
    for batch in con.sql(query).to_arrow_reader():
        found = pc.value_counts(_nines(batch.column(0).cast(pa.large_string())))
        for shape, n in zip(
            found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True
        ):
            plain = shape.lower()
            counts[plain] = counts.get(plain, 0) + n
    return counts


def _nines(texts: pa.Array) -> pa.Array:
    """The texts with every digit as 9, made on their bytes as they lie in memory."""
    _, offsets, data = texts.buffers()
    if data is None:
        return texts
    signs = np.frombuffer(data, np.uint8).copy()
    signs[(signs >= ord("0")) & (signs <= ord("9"))] = ord("9")
    return pa.Array.from_buffers(
        texts.type, len(texts), [None, offsets, pa.py_buffer(signs)], offset=texts.offset
    )


def told(column: str) -> str:
    """SQL: a text column trimmed, NULL where it says nothing."""
    return f"nullif(trim({column}), '')"
