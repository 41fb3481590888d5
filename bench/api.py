"""`python -m bench.api [--orders N] [--singles N]`: orders through the API, many at once or alone.

A house's web server (granian, 2 workers of 4 threads) answers over loopback on a database of its
own. First one request with a batch of 10,000 orders, new and then again; what then stands in the
tables is copied out, and copied into an empty book with the same constraints, indexes and triggers:
the bare COPY. Then four clients send single orders as fast as they are answered, each with an
idempotency key; beside them, before and after, four connections commit the bare rows of one order
(order, line, event) in a transaction each. Goal: 95 of 100 single orders within 50 ms.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.imports import copy, databases, prepare
from bench.measured import machine
from regulars.kit.ids import new_id
from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account

GOAL_MS, CLIENTS, PORT = 50.0, 4, 18_473
AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
BARE = """
WITH made AS (
  INSERT INTO book_order (id, status, channel, branch, placed_at, currency, gross_minor,
    discount_minor, tax_minor, shipping_minor, version, source, source_key)
  VALUES (%(id)s, 'placed', 'web', '', now(), 'SEK', 9000, 0, 0, 0, 1, 'bare', %(key)s)
), line AS (
  INSERT INTO book_orderline (order_id, position, quantity, gross_minor, discount_minor, coupon)
  VALUES (%(id)s, 1, 2, 9000, 0, '')
)
INSERT INTO book_event (kind, channel, subject, subject_id, amount_minor, currency, codes,
  occurred_at, source, source_key)
VALUES ('order.placed', 'web', 'order', %(id)s, 9000, 'SEK', '{}', now(), 'bare', %(key)s)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=10_000, help="in one batch")
    parser.add_argument("--singles", type=int, default=400, help="of each client")
    asked = parser.parse_args()
    print(f"{date.today()}, {machine()}")
    with tempfile.TemporaryDirectory(prefix="regulars-api-") as made:
        folder = Path(made)
        folder.chmod(0o711)
        server = Server(Layout(folder / "house", account()))
        server.start()
        try:
            prepare(server)
            with databases(server, "posted", "copied"):
                token = key()
                with web(server, "posted"):
                    batch(server, token, asked.orders, folder)
                    p95 = singles(server, token, asked.singles)
        finally:
            server.stop()
    return int(p95 > GOAL_MS)


def key() -> str:
    """A key that may do everything."""
    from regulars.company.models import Staff
    from regulars.company.rights import Role as StaffRole
    from regulars.company.scopes import Scope
    from regulars.company.services.keys import make_key

    dee = Staff.objects.create(name="Dee", email="dee@example.org", role=StaffRole.OWNER)
    return make_key(name="bench", scopes=list(Scope), by=dee)[1]


@contextmanager
def web(server: Server, name: str) -> Iterator[None]:
    """The house's web server on one of the databases."""
    address = server.address(Role.OWNER).replace("@/regulars?", f"@/{name}?")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "2"),
            *("--blocking-threads", "4", "--host", "127.0.0.1", "--port", str(PORT)),
            *("--log-level", "warning", "regulars.wsgi:application"),
        ],
        env=os.environ | {"DATABASE_URL": address, "REGULARS_API_REQUESTS_A_MINUTE": "1000000"},
    )
    try:
        for _ in range(600):
            try:
                send("GET", "/api/v1/openapi.json", "")
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def send(
    method: str,
    path: str,
    token: str,
    body: bytes = b"",
    line: http.client.HTTPConnection | None = None,
    **headers: str,
) -> Any:
    """The answer, read as JSON; anything but 2xx ends the bench."""
    line = line or http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
    told = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | headers
    line.request(method, path, body, told)
    answer = line.getresponse()
    content = answer.read()
    if answer.status >= 300:
        sys.exit(f"{path}: {answer.status} {content[:500]!r}")
    return json.loads(content)


def order(number: str, n: int) -> dict[str, Any]:
    """An order of two lines."""
    line = {"quantity": 2, "unit_price_minor": 4500, "gross_minor": 9000}
    return {
        "source": "webshop",
        "external_id": number,
        "placed_at": (AT + timedelta(minutes=n)).isoformat(),
        "currency": "SEK",
        "channel": "web",
        "customer": {"email": f"customer{n % 3000}@example.org"},
        "lines": [line | {"product_code": f"tea-{(n + nth) % 200}"} for nth in range(2)],
    }


def batch(server: Server, token: str, n: int, folder: Path) -> None:
    """Post a batch, post it again, and copy what came of it."""
    body = json.dumps({"items": [order(str(nth), nth) for nth in range(n)]}).encode()
    print(f"one batch of {n:,} orders, {len(body) / 1e6:.1f} MB")
    seconds = {}
    for what in ("new", "same"):
        began = time.perf_counter()
        told = send("POST", "/api/v1/orders/batch", token, body, **{"Idempotency-Key": what})
        seconds[what] = time.perf_counter() - began
        if told[f"n_{what}"] != n:
            sys.exit(f"{what}: {told['n_new']} new, {told['n_refused']} refused")
        rate = n / seconds[what]
        print(f"{what:8} {seconds[what]:.2f} s: {rate:,.0f} orders a second")
    n_rows, bare = copy(server, "posted", "copied", folder)
    print(
        f"copied   the same {n_rows:,} rows of all tables in {bare:.2f} s: {n / bare:,.0f} a second"
    )
    print(f"ratio    {seconds['new'] / bare:.2f}", flush=True)


def singles(server: Server, token: str, n: int) -> float:
    """Single orders beside bare transactions; gives the 95th of 100 in ms."""

    def through_api(client: int) -> Callable[[int], object]:
        line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)

        def one(nth: int) -> object:
            number = f"{client}-{nth}"
            told = json.dumps(order(number, client * n + nth)).encode()
            name = {"Idempotency-Key": number}
            return send("POST", "/api/v1/orders", token, told, line, **name)

        return one

    def bare(client: int) -> Callable[[int], object]:
        con = psycopg.connect(server.conninfo(Role.OWNER, "posted"))

        def one(nth: int) -> object:
            con.execute(BARE, {"id": new_id(), "key": f"{time.time_ns()}-{client}-{nth}"})
            con.commit()
            return con

        return one

    at_four(20, through_api)  # until the workers have imported everything
    before = at_four(n, bare)
    alone = at_four(n, through_api)
    after = at_four(n, bare)
    base = statistics.quantiles(before + after, n=20)
    told = statistics.quantiles(alone, n=20)
    for what, shown in (("bare", base), ("single", told)):
        print(f"{what:8} median {shown[9]:.1f} ms, 95 of 100 within {shown[18]:.1f} ms")
    within = "within" if told[18] <= GOAL_MS else "OVER"
    print(f"ratio    {told[9] / base[9]:.1f} of the medians; {within} {GOAL_MS:g} ms")
    return told[18]


def at_four(n: int, client_of: Callable[[int], Callable[[int], object]]) -> list[float]:
    """The times in ms of n acts of each of four clients, all at once."""

    def run(client: int) -> list[float]:
        act, times = client_of(client), []
        for nth in range(n):
            began = time.perf_counter()
            act(nth)
            times.append((time.perf_counter() - began) * 1000)
        return times

    with ThreadPoolExecutor(CLIENTS) as threads:
        return [each for times in threads.map(run, range(CLIENTS)) for each in times]


if __name__ == "__main__":
    sys.exit(main())
