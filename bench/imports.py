"""`python -m bench.imports [--customers N]`: orders into the book beside a bare COPY of the same.

The example company's file of order lines is imported into a new house as the command does it
(`book.importing`): read, columns chosen, values cleaned, rows put together as orders, and posted:
customers with what they are known by, products, orders, lines, returns and events, with ids, checks
and counts, committed every 5,000 rows. What then stands in the tables is copied out, and copied
into an empty book with the same constraints, indexes and triggers: the bare COPY. Both run on one
server with its ordinary settings; each round has databases of its own. Goals: at most 4 times as
long, and no transaction over 2 s.
"""

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg

from bench.measured import machine
from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account
from regulars.sample import write_company

GOAL, LONGEST = 4.0, 2.0
TABLES = {
    "book_customer": "id, kind, relationship, name, language, made_at",
    "book_identity": "id, kind, source, value, customer_id",
    "book_category": "id, name, source, code, parent_id",
    "book_product": "id, name, source, code, category_id",
    "book_order": "id, status, channel, branch, placed_at, currency, gross_minor, discount_minor,"
    " tax_minor, shipping_minor, version, source, source_key, customer_id",
    "book_orderline": "id, position, quantity, unit_price_minor, gross_minor, discount_minor,"
    " coupon, order_id, product_id",
    "book_return": "id, reason, channel, returned_at, currency, refund_minor, tax_minor,"
    " shipping_minor, version, source, source_key, customer_id, order_id",
    "book_returnline": "id, quantity, refund_minor, order_line_id, product_id, return_id",
    "book_event": "kind, customer_id, channel, staff_id, subject, subject_id, amount_minor,"
    " currency, codes, occurred_at, source, source_key",
}
OLDEST = """
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float
      FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=100_000, help="about 10 lines each")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(f"{date.today()}, {machine()}")
    with tempfile.TemporaryDirectory(prefix="regulars-import-") as made:
        folder = Path(made)
        folder.chmod(0o711)
        file = write_company(folder / "shop", customers=asked.customers, format="parquet")
        server = Server(Layout(folder / "house", account()))
        server.start()
        try:
            ratios = rounds(server, file.orders_path, folder, asked.rounds)
        finally:
            server.stop()
    ratio = statistics.median(ratios)
    print(
        f"median of {len(ratios)}: {ratio:.2f} ({'within' if ratio <= GOAL else 'OVER'} {GOAL:g})"
    )
    return int(ratio > GOAL)


def rounds(server: Server, file: Path, folder: Path, n: int) -> list[float]:
    """Import, copy out, copy in, n times; gives the ratios of the times."""
    prepare(server)
    ratios = []
    for nth in range(n):
        posted, copied = f"posted{nth}", f"copied{nth}"
        with databases(server, posted, copied):
            n_rows, seconds, longest = imported(server, file, folder)
            print(f"imported {n_rows:,} rows in {seconds:.1f} s: {n_rows / seconds:,.0f} a second,")
            is_short = "within" if longest <= LONGEST else "OVER"
            print(f"         the longest transaction {longest:.2f} s ({is_short} {LONGEST:g} s)")
            n_rows, again, _ = imported(server, file, folder)
            print(f"again    {again:.1f} s: {n_rows / again:,.0f} a second, nothing changed")
            n_copied, bare = copy(server, posted, copied, folder)
            print(f"copied   the same {n_copied:,} rows of all tables in {bare:.1f} s")
        ratios.append(seconds / bare)
        print(f"ratio    {ratios[-1]:.2f}", flush=True)
    return ratios


def prepare(server: Server) -> None:
    """Migrate the database that the others are made from."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "regulars.settings",
        "REGULARS_SECRET_KEY": "k" * 60,
        "DATABASE_URL": server.address(Role.OWNER),
    }
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from regulars.book.services.epochs import ensure_epoch

    settings.DATABASES["default"]["OPTIONS"].pop("pool")
    call_command("migrate", verbosity=0)
    ensure_epoch()
    connection.close()


@contextmanager
def databases(server: Server, posted: str, copied: str) -> Iterator[None]:
    """Two empty books; Django writes into the first."""
    from django.db import connection

    with psycopg.connect(server.conninfo(Role.KEEPER, "postgres"), autocommit=True) as keeper:
        for name in (posted, copied):
            keeper.execute(f"CREATE DATABASE {name} TEMPLATE regulars OWNER {Role.OWNER}".encode())
        connection.settings_dict["NAME"] = posted
        yield
        connection.close()
        for name in (posted, copied):
            keeper.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def imported(server: Server, file: Path, folder: Path) -> tuple[int, float, float]:
    """Rows, seconds in all, and how long the longest transaction was open."""
    from regulars.book.importing.asked import Asked
    from regulars.book.importing.run import import_files

    with watched(server) as oldest:
        began = time.perf_counter()
        made = import_files([file], Asked(source="shop", kind="orders"), aside=folder / "aside")
        seconds = time.perf_counter() - began
    if made.n_put_aside or made.counts.n_changed:
        sys.exit(f"put aside {made.reasons}, changed {made.counts.n_changed}")
    return made.counts.n_read, seconds, max(oldest)


@contextmanager
def watched(server: Server) -> Iterator[list[float]]:
    """How long the oldest transaction that writes has been open, twenty times a second."""
    ages, is_over = [0.0], threading.Event()

    def watch() -> None:
        with psycopg.connect(server.conninfo(Role.KEEPER, "postgres"), autocommit=True) as keeper:
            while not is_over.wait(0.05):
                ages.append(keeper.execute(OLDEST).fetchone()[0])

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield ages
    finally:
        is_over.set()
        thread.join()


def copy(server: Server, posted: str, copied: str, folder: Path) -> tuple[int, float]:
    """Rows of all tables, and the seconds that a bare COPY of them takes."""
    n_rows, seconds = 0, 0.0
    with (
        psycopg.connect(server.conninfo(Role.OWNER, posted), autocommit=True) as source,
        psycopg.connect(server.conninfo(Role.OWNER, copied)) as target,
    ):
        for table, columns in TABLES.items():
            file = folder / table
            with (
                file.open("wb") as rows,
                source.cursor().copy(
                    f"COPY (SELECT {columns} FROM {table}) TO STDOUT (FORMAT binary)".encode()
                ) as out,
            ):
                for block in out:
                    rows.write(block)
            began = time.perf_counter()
            cursor = target.cursor()
            with (
                file.open("rb") as rows,
                cursor.copy(
                    f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)".encode()
                ) as into,
            ):
                while block := rows.read(1 << 20):
                    into.write(block)
            seconds += time.perf_counter() - began
            n_rows += cursor.rowcount
            file.unlink()
        began = time.perf_counter()
        target.commit()
        seconds += time.perf_counter() - began
    return n_rows, seconds


if __name__ == "__main__":
    sys.exit(main())
