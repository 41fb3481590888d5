"""Who the rows of a file speak of: each combination of keys looked up once."""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from regulars.book.importing.asked import Asked
from regulars.book.models.customer import CustomerKind, IdentityKind, Relationship
from regulars.book.phones import international
from regulars.book.services.bulk_people import Found, Key, PersonTold, external, find_people
from regulars.kit.progress import Progress
from regulars.kit.texts import N_

_KINDS = (IdentityKind.EMAIL, IdentityKind.PHONE, IdentityKind.CARD)


def person_told(row: Mapping[str, str | None], *, source: str, country: str | None) -> PersonTold:
    """A customer as a row tells them: `external`, `account`, e-mail, phone, card and names.

    A phone number that cannot be is left out.
    """
    keys: list[Key] = [
        external(source, value) for name in ("external", "account") if (value := row.get(name))
    ]
    for kind in _KINDS:
        value = row.get(kind.value)
        if value and kind is IdentityKind.PHONE:
            value = international(value, country)
        if value:
            keys.append((kind.value, "", value))
    return PersonTold(
        keys=tuple(dict.fromkeys(keys)),
        name=(row.get("name") or _together(row))[:200],
        language=(row.get("language") or "").replace("_", "-")[:20],
        kind=_among(CustomerKind, row.get("party")),
        relationship=_among(Relationship, row.get("relationship")),
    )


def _together(row: Mapping[str, str | None]) -> str:
    return " ".join(part for name in ("first_name", "last_name") if (part := row.get(name)))


def _among[T: (CustomerKind, Relationship)](words: type[T], told: str | None) -> T | None:
    return words(told) if told in {word.value for word in words} else None


def look_up(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    *,
    asked: Asked,
    progress: Progress,
    name: str = "name",
) -> None:
    """Find or take down everybody a table names, and add `customer` and `conflict` to its rows.

    `columns` gives for each of external, email, phone, card the table's own name of it; `name` is
    SQL of what they are called.
    """
    keys = ", ".join(f'"{own}"' for own in columns.values())
    told = con.sql(
        f"SELECT {keys}, max({name}) AS name FROM {table} "
        f"WHERE coalesce({keys}) IS NOT NULL GROUP BY {keys} ORDER BY min(file), min(row)"
    ).to_arrow_table()
    told = told.rename_columns([*columns, "name"])
    rows = told.to_pylist()
    people = [person_told(row, source=asked.source, country=asked.country) for row in rows]
    found: list[Found] = []
    for start in range(0, len(people), 10_000):
        progress(N_("Finding the customers"), start / len(people))
        found += find_people(people[start : start + 10_000], source=asked.source)
    join_found(con, table, columns, told, found)


def join_found(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    told: pa.Table,
    found: Sequence[Found],
) -> None:
    """Add to each row of a table who it is; NULL where nobody is told or the keys conflict."""
    ids = pa.array([str(f.customer_id) if f.customer_id else None for f in found], pa.string())
    conflicts = pa.array([", ".join(f.conflict) or None for f in found], pa.string())
    con.register("found_", told.append_column("customer", ids).append_column("conflict", conflicts))
    agree = " AND ".join(
        f't."{own}" IS NOT DISTINCT FROM f."{name}"' for name, own in columns.items()
    )
    con.execute(
        f"CREATE OR REPLACE TABLE {table} AS SELECT t.*, f.customer, f.conflict "
        f"FROM {table} t LEFT JOIN found_ f ON {agree}"
    )
    con.unregister("found_")


def put_conflicts_aside(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Add the rows whose keys belong to different customers to `aside`."""
    con.execute(
        "INSERT INTO aside SELECT file, row, '', conflict, 'identity_conflict', NULL "
        f"FROM {table} WHERE conflict IS NOT NULL"
    )
