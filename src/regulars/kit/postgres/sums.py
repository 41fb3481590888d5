"""What a database holds, table by table, in a form that can be compared."""

from dataclasses import dataclass

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class TableSum:
    """What a table holds: its rows, and a sum over them that does not depend on their order."""

    n_rows: int
    checksum: str


def table_sums(connection: psycopg.Connection) -> dict[str, TableSum]:
    """Rows and checksum of every table, in one written form whatever the session's settings."""
    connection.execute("SET LOCAL timezone = 'UTC'")
    question = sql.SQL(
        "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text"
        " FROM {} t"
    )
    return {
        name: TableSum(
            *(connection.execute(question.format(sql.Identifier(name))).fetchone() or ())
        )
        for name in table_names(connection)
    }


def table_names(connection: psycopg.Connection) -> list[str]:
    """The tables of the house."""
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    )
    return [name for (name,) in found]
