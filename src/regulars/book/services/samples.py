"""What the database's planner samples of a table are copies that an erasure does not reach.

ANALYZE keeps up to some hundred values of each column, and leaves those of a table that became
empty. So it takes none of what says who somebody is. Search keys need theirs, or finding becomes
slow: they are sampled anew each night.
"""

from collections.abc import Iterator

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BinaryField, CharField, JSONField, TextField

from regulars.book.held import Fate, held_tables

_SHORTEST = 80  # shorter texts are codes

# Takes pairs of table and column; gives those of which values are sampled, and their type.
SAMPLED = """
SELECT a.attrelid::regclass::text, a.attname, format_type(a.atttypid, a.atttypmod)
  FROM unnest(%(tables)s::text[], %(columns)s::text[]) AS wanted(of_table, of_column)
  JOIN pg_attribute a ON a.attrelid = to_regclass(wanted.of_table) AND a.attname = of_column
 WHERE coalesce(a.attstattarget, -1) <> 0
 ORDER BY 1, 2
"""


def personal_columns() -> Iterator[tuple[str, str]]:
    """(table, column) of every text, JSON or bytes that an erasure takes; search keys left out."""
    for table in held_tables():
        if table.fate is Fate.STAYS:
            continue
        for field in table.model._meta.concrete_fields:
            is_text = isinstance(field, CharField) and (field.max_length or 0) >= _SHORTEST
            is_free = isinstance(field, (TextField, JSONField, BinaryField))
            if (is_text or is_free) and not isinstance(field, ArrayField):
                yield table.model._meta.db_table, str(field.column)


def stop_sampling() -> int:
    """As the owner of the tables: no samples of these columns from now on; gives how many.

    What was sampled before goes with it: a column that is given its own type loses its samples.
    """
    tables, columns = zip(*personal_columns(), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(SAMPLED, {"tables": list(tables), "columns": list(columns)})
        sampled = cursor.fetchall()
        for table, column, of_type in sampled:
            cursor.execute(
                f'ALTER TABLE {table} ALTER "{column}" TYPE {of_type},'
                f' ALTER "{column}" SET STATISTICS 0'
            )
    return len(sampled)


def renew_search_samples() -> None:
    """Sample the keys of those who are there now; the app may, by a function of the owner's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT renew_search_samples()")
