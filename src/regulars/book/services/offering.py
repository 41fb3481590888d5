"""The views of the schema `analyst`, and the key that their pseudonyms are made with.

Views are made anew from `book.offered` whenever it says something else than those that stand. They
are dropped before tables change, which they would be in the way of.
"""

import hashlib
import secrets

from django.db import connection, transaction

from regulars.book.models import PseudonymKey
from regulars.book.offered import SQL_TYPES, TABLES, OfferedTable

SCHEMA = "analyst"
READERS = ("regulars_app", "regulars_analyst")  # whichever of them are there
_BLOCK = 64  # bytes of a block of SHA-256


def ensure_key() -> PseudonymKey:
    """The key, made once: pseudonyms stay the same from export to export, a restore included."""
    padded = secrets.token_bytes(32).ljust(_BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in padded) for pad in (0x36, 0x5C))
    key, _ = PseudonymKey.objects.get_or_create(pk=1, defaults={"inner": inner, "outer": outer})
    return key


def drop_views() -> None:
    """Take the views away, as the owner of the tables, before the tables change."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


@transaction.atomic
def ensure_views() -> bool:
    """Make the views that analysts read, unless they stand; False where we may make no schema."""
    ensure_key()
    wanted = _statements()
    digest = hashlib.sha256("".join(wanted).encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_database_privilege(current_database(), 'CREATE'),"
            " obj_description(to_regnamespace(%s), 'pg_namespace')",
            [SCHEMA],
        )
        may_make, standing = cursor.fetchone()
        if not may_make:
            return False
        if standing != digest:
            drop_views()
            for statement in wanted:
                cursor.execute(statement)
            cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{digest}'")
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(READERS)])
        for (role,) in cursor.fetchall():
            cursor.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role}")
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {role}")
    return True


def _statements() -> list[str]:
    return [f"CREATE SCHEMA {SCHEMA}", *(each for table in TABLES for each in _view(table))]


def _view(table: OfferedTable) -> list[str]:
    """Behind a barrier: no condition of an analyst's is asked of rows that the view leaves out."""
    name = f"{SCHEMA}.{table.name}"
    columns = ",\n  ".join(
        f'({column.sql})::{SQL_TYPES[column.type]} AS "{column.name}"' for column in table.columns
    )
    return [
        f"CREATE VIEW {name} WITH (security_barrier) AS\nSELECT {columns}\n  FROM {table.of}",
        f"COMMENT ON VIEW {name} IS {_quoted(table.meaning)}",
        *(
            f'COMMENT ON COLUMN {name}."{column.name}" IS'
            f" {_quoted(f'{column.meaning} ({column.unit})' if column.unit else column.meaning)}"
            for column in table.columns
        ),
    ]


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''").replace("%", "%%")
    return f"'{doubled}'"
