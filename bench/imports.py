"""`python -m bench.imports [--customers N]`: orders into the book beside a bare COPY of the same.

The example company's order lines are posted into a new house (`book.services.bulk_orders`):
customers with what they are known by, products, orders, lines and events, with ids, checks and
counts, committed every 5,000 rows. What then stands in the tables is copied out, and copied into an
empty book with the same constraints, indexes and triggers: the bare COPY. Both run on one server
with its ordinary settings; each round has databases of its own. Goal: at most 4 times as long.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa

from bench.measured import machine
from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account
from regulars.sample import write_company

GOAL = 4.0
TABLES = {
    "book_customer": "id, kind, relationship, name, language, made_at",
    "book_identity": "id, kind, source, value, customer_id",
    "book_category": "id, name, source, code, parent_id",
    "book_product": "id, name, source, code, category_id",
    "book_order": "id, status, channel, branch, placed_at, currency, gross_minor, discount_minor,"
    " tax_minor, shipping_minor, version, source, source_key, customer_id",
    "book_orderline": "id, position, quantity, unit_price_minor, gross_minor, discount_minor,"
    " coupon, order_id, product_id",
    "book_event": "kind, customer_id, channel, staff_id, subject, subject_id, amount_minor,"
    " currency, codes, occurred_at, source, source_key",
}
LINES = """
    select order_number::varchar as order_key, customer_number::varchar as customer_key,
        customer_name, ordered_at::timestamp as placed_at, null::timestamp as cancelled_at,
        lower(channel) as channel, '' as branch, currency, 0::bigint as tax_minor,
        0::bigint as shipping_minor, product as product_code, product as product_name,
        category as category_code, quantity::decimal(12, 3) as quantity,
        (unit_price * 100)::bigint as unit_price_minor,
        ((line_total + discount) * 100)::bigint as gross_minor,
        (discount * 100)::bigint as discount_minor, '' as coupon
    from '{file}' where line_total >= 0 and quantity > 0 order by order_key
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=36_000, help="about 28 lines each")
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
            ratios = rounds(server, Lines(file.orders_path), folder, asked.rounds)
        finally:
            server.stop()
    ratio = statistics.median(ratios)
    print(
        f"median of {len(ratios)}: {ratio:.2f} ({'within' if ratio <= GOAL else 'OVER'} {GOAL:g})"
    )
    return int(ratio > GOAL)


class Lines:
    """The company's order lines as an import hands them over; read and sorted anew each time."""

    def __init__(self, file: Path) -> None:
        self._query = LINES.format(file=file)

    def read(self) -> pa.RecordBatchReader:
        """Batches of rows, sorted by order."""
        return duckdb.sql(self._query).to_arrow_reader(100_000)


def rounds(server: Server, lines: Lines, folder: Path, n: int) -> list[float]:
    """Post, copy out, copy in, n times; gives the ratios of the times."""
    prepare(server)
    ratios = []
    for nth in range(n):
        posted, copied = f"posted{nth}", f"copied{nth}"
        with databases(server, posted, copied):
            n_rows, seconds, longest = post(lines)
            print(
                f"posted   {n_rows:,} lines in {seconds:.1f} s: {n_rows / seconds:,.0f} a second,"
            )
            print(f"         the longest from one commit to the next {longest:.2f} s")
            n_rows, again, _ = post(lines)
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


def post(lines: Lines) -> tuple[int, float, float]:
    """Rows, seconds in all, and the longest time between two commits."""
    from regulars.book.services.bulk_orders import OrderSource, Posted, post_orders

    done, commits = Posted(), []
    began = time.perf_counter()
    for done in post_orders(lines.read(), source=OrderSource(name="shop")):  # noqa: B007
        commits.append(time.perf_counter())
    longest = max(later - sooner for sooner, later in pairwise(commits))
    if done.n_refused or done.n_changed:
        sys.exit(f"refused {done.n_refused}, changed {done.n_changed}: {done.refused[:3]}")
    return done.n_read, time.perf_counter() - began, longest


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
