"""Reaching a database, and refusing one that does not answer or is too old."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

OLDEST = 16


@contextmanager
def connected(conninfo: str) -> Iterator[psycopg.Connection]:
    """A connection; refused with the cause where there is none to be had."""
    try:
        connection = psycopg.connect(conninfo, connect_timeout=10)
    except psycopg.Error as error:
        raise Refusal(
            "no_database",
            N_("The database does not answer: {cause}"),
            N_("See that it runs and that DATABASE_URL is right."),
            cause=" ".join(str(error).split()),
        ) from None
    with connection:
        yield connection


def major_of_server(connection: psycopg.Connection) -> int:
    """Its version: 16, 17, 18."""
    return connection.info.server_version // 10_000


def refuse_unusable(conninfo: str) -> None:
    """Refuse a database that nothing can be started on."""
    with connected(conninfo) as connection:
        major = major_of_server(connection)
    if major < OLDEST:
        raise Refusal(
            "postgres_too_old",
            N_("The database is PostgreSQL {major}."),
            N_("Regulars needs {oldest} or newer."),
            major=major,
            oldest=OLDEST,
        )
