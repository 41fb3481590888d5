"""Records that the book refused, back to the rows they were read from."""

import json
from collections.abc import Mapping

import duckdb
import pyarrow as pa

from regulars.kit.errors import Refusal


def put_refused_aside(
    con: duckdb.DuckDBPyConnection, refused: Mapping[str, Refusal], rows: str
) -> None:
    """Add the rows of refused records to `aside`, with what was said.

    Takes the refusals by key, and a query of key, file, row.
    """
    if not refused:
        return
    facts = [
        json.dumps({"cause": refusal.message, "mend": refusal.mend} | _plain(refusal.facts))
        for refusal in refused.values()
    ]
    con.register("refused_", pa.table({"key": list(refused), "facts": facts}))
    con.execute(
        "INSERT INTO aside SELECT r.file, r.row, '', r.key, 'refused', facts "
        f"FROM ({rows}) r JOIN refused_ ON r.key = refused_.key"
    )
    con.unregister("refused_")


def _plain(facts: Mapping[str, object]) -> dict[str, str]:
    return {name: str(fact) for name, fact in facts.items()}
