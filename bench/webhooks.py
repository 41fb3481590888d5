"""`python -m bench.webhooks [--messages N]`: webhooks a second beside a bare HTTP client.

A server that answers 204 and keeps nothing, in a process of its own on loopback, gets the same
bodies twice: from `http.client` alone over one connection, and as webhooks: read from the timeline
and queued, then claimed, signed, posted and recorded one by one with the log of each try, by one
sender and by two as the worker has. Ten go to each customer, one after another. Goal: queueing
keeps ahead of sending, and two senders get out 50 a second.
"""

import argparse
import asyncio
import http.client
import multiprocessing
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from ipaddress import ip_network
from multiprocessing.synchronize import Event as Flag
from pathlib import Path
from typing import Any

from bench.imports import prepare
from bench.measured import machine
from bench.outbox import pool_as_the_house_does
from regulars.kit.ids import new_id
from regulars.kit.postgres import Layout, Server
from regulars.kit.postgres.account import account

GOAL = 50
A_CUSTOMER = 10
ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=2_000)
    n = parser.parse_args().messages
    print(f"{date.today()}, {machine()}")
    with tempfile.TemporaryDirectory(prefix="regulars-webhooks-") as made, sink() as port:
        folder = Path(made)
        folder.chmod(0o711)
        server = Server(Layout(folder / "house", account()))
        server.start()
        try:
            prepare(server)
            pool_as_the_house_does()
            register(port)
            happen(n)
            queued = queued_a_second()
            print(f"queued             {queued:7,.0f} a second")
            bare = bare_client(port)
            print(f"http.client alone  {bare:7,.0f} posts a second")
            one = drained(1)
            print(f"one sender         {one:7,.0f} webhooks a second, {one / bare:.3f} of it")
            happen(n)
            queued_a_second()
            two = drained(2)
        finally:
            server.stop()
    is_kept = two >= GOAL and queued >= two
    print(f"two senders        {two:7,.0f} webhooks a second, {two / bare:.3f} of it", end=" ")
    print(f"({'at least' if is_kept else 'UNDER'} {GOAL})")
    return int(not is_kept)


@contextmanager
def sink() -> Iterator[int]:
    """A server that takes every POST and keeps nothing; gives its port."""
    spawning = multiprocessing.get_context("spawn")
    port, is_up = spawning.Value("i", 0), spawning.Event()
    running = spawning.Process(target=take, args=(port, is_up))
    running.start()
    is_up.wait(30)
    yield port.value
    running.terminate()
    running.join()


def take(port: Any, is_up: Flag) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length))
                writer.write(ANSWER)
        except asyncio.IncompleteReadError:
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        port.value = server.sockets[0].getsockname()[1]
        is_up.set()
        await server.serve_forever()

    asyncio.run(serve())


def register(port: int) -> None:
    from django.conf import settings

    from regulars.company.models import Staff
    from regulars.company.rights import Role
    from regulars.messages.webhooks.endpoints import add_endpoint
    from regulars.messages.webhooks.reach import WebhookReach

    settings.WEBHOOK_REACH = WebhookReach((ip_network("127.0.0.1"),), is_https_only=False)
    dee = Staff.objects.create(name="Dee", email="dee@example.org", role=Role.OWNER)
    url = f"http://127.0.0.1:{port}/hooks"
    add_endpoint(name="Sink", url=url, kinds=["order.placed"], by=dee)


def happen(n: int) -> None:
    """So many events, ten of each customer, all mixed."""
    from regulars.book.models import Customer, Event

    people = [Customer(name=f"Ana {nth}") for nth in range(-(-n // A_CUSTOMER))]
    Customer.objects.bulk_create(people)
    batch, now = new_id(), datetime.now(UTC)
    Event.objects.bulk_create(
        Event(
            kind="order.placed",
            customer=people[nth % len(people)],
            occurred_at=now,
            source="bench",
            source_key=f"{batch} {nth}",
            subject="order",
            subject_id=new_id(),
        )
        for nth in range(n)
    )


def queued_a_second() -> float:
    """Let the reader of the timeline queue what there is, in its batches."""
    from regulars.book.services.reading import read_events
    from regulars.messages.models import Outgoing
    from regulars.messages.webhooks.queueing import queue_webhooks

    before, began = Outgoing.objects.count(), time.perf_counter()
    while read_events("webhooks", queue_webhooks):
        pass
    seconds = time.perf_counter() - began
    return (Outgoing.objects.count() - before) / seconds


def bare_client(port: int) -> float:
    """Posts a second of the bodies that wait, each signed, over one connection."""
    from regulars.messages.models import Outgoing
    from regulars.messages.webhooks.payload import body_of
    from regulars.messages.webhooks.signing import headers_of, new_secret

    waiting = list(Outgoing.objects.select_related("content"))
    secret = new_secret()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began = time.perf_counter()
    for message in waiting:
        payload = message.content.payload
        body = body_of(payload, message.sequence)
        signed = headers_of(payload["id"], int(time.time()), body, [secret])
        connection.request("POST", "/hooks", body, dict(signed))
        connection.getresponse().read()
    seconds = time.perf_counter() - began
    connection.close()
    return len(waiting) / seconds


def drained(n_senders: int) -> float:
    """Webhooks a second that so many senders get out, until none waits."""
    from django.conf import settings
    from django.db import connection

    from regulars.messages.carriers.webhook import WebhookCarrier
    from regulars.messages.models import Outgoing
    from regulars.messages.models.outgoing import OutgoingState
    from regulars.messages.services.sending import send_next

    waiting = Outgoing.objects.exclude(state=OutgoingState.SENT)
    n = waiting.count()

    def drain() -> None:
        carrier = WebhookCarrier(settings.WEBHOOK_REACH)
        while waiting.exists():
            send_next(carrier)
        carrier.close()
        connection.close()

    senders = [threading.Thread(target=drain) for _ in range(n_senders)]
    began = time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return n / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
