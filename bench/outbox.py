"""`python -m bench.outbox [--messages N]`: the outbox's mails a second beside bare smtplib.

A mail server that only takes, in a process of its own on loopback, gets the same mails twice: from
smtplib alone, over one connection, and from the outbox: queued in transactions of their own, then
claimed, asked of the gate, sent and recorded one by one, by one sender and by four as the worker
has. Goal: with four senders at least a tenth of what smtplib alone does.
"""

import argparse
import email.policy
import multiprocessing
import smtplib
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from bench.imports import prepare
from bench.measured import machine
from regulars.kit.ids import new_id
from regulars.kit.postgres import Layout, Server
from regulars.kit.postgres.account import account
from regulars.messages.reach import MailWay

GOAL = 0.1
SENDER = "Lindqvist Te <hello@lindqvist.example>"
TEXT = "Hello,\n\nWe promised Sencha by Tuesday, and it is done.\n\nLindqvist Te"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=2_000)
    asked = parser.parse_args()
    print(f"{date.today()}, {machine()}")
    with tempfile.TemporaryDirectory(prefix="regulars-outbox-") as made, sink() as port:
        folder = Path(made)
        folder.chmod(0o711)
        server = Server(Layout(folder / "house", account()))
        server.start()
        try:
            prepare(server)
            pool_as_the_house_does()
            bare = bare_smtplib(asked.messages, port)
            print(f"smtplib alone      {bare:7,.0f} mails a second")
            queue_messages(asked.messages)
            one = drained(1, port, asked.messages)
            print(f"one sender         {one:7,.0f} mails a second, {one / bare:.2f} of it")
            queue_messages(asked.messages)
            four = drained(4, port, asked.messages)
        finally:
            server.stop()
    is_kept = four >= GOAL * bare
    print(f"four senders       {four:7,.0f} mails a second, {four / bare:.2f} of it", end=" ")
    print(f"({'within' if is_kept else 'UNDER'} {GOAL:g})")
    return int(not is_kept)


def pool_as_the_house_does() -> None:
    """Senders give their connection back while they send."""
    from django.db import connection

    connection.settings_dict["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 4}


@contextmanager
def sink() -> Iterator[int]:
    """A mail server that takes everything and keeps nothing; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    is_up = multiprocessing.get_context("spawn").Event()
    running = multiprocessing.get_context("spawn").Process(target=take, args=(port, is_up))
    running.start()
    is_up.wait(30)
    yield port
    running.terminate()
    running.join()


def take(port: int, is_up: threading.Event) -> None:
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Sink

    Controller(Sink(), hostname="127.0.0.1", port=port).start()
    is_up.set()
    threading.Event().wait()


def bare_smtplib(n: int, port: int) -> float:
    """Mails a second that smtplib hands over, the mail made anew for each as the outbox does."""
    from regulars.book.models.consent import MessagePurpose
    from regulars.messages.carriers.carrier import Dispatch
    from regulars.messages.carriers.mail_message import mail_of
    from regulars.messages.letter import Letter

    way, payload = way_to(port), Letter("As promised: Sencha", TEXT).payload()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        began = time.perf_counter()
        for nth in range(n):
            dispatch = Dispatch(
                id=new_id(),
                key=f"bare{nth}",
                kind="promise.kept",
                purpose=MessagePurpose.SERVICE,
                address=f"ana{nth}@example.org",
                payload=payload,
                admitted_at=datetime.now(UTC),
                attempt=1,
            )
            mail = mail_of(dispatch, way).message(policy=email.policy.SMTP).as_bytes()
            connection.sendmail("hello@lindqvist.example", [dispatch.address], mail)
        return n / (time.perf_counter() - began)


def queue_messages(n: int) -> None:
    """Queue messages to customers, each in a transaction of its own, and say how fast."""
    from regulars.book.models.consent import MessagePurpose
    from regulars.book.services.customers import take_down_customer
    from regulars.messages.letter import Letter
    from regulars.messages.models.outgoing import OutgoingChannel
    from regulars.messages.services.outbox import Draft, queue

    batch = new_id()
    people = [
        take_down_customer(name=f"Ana {nth}", source="bench", source_key=f"{batch} {nth}", by=None)
        for nth in range(n)
    ]
    payload = Letter("As promised: Sencha", TEXT).payload()
    began = time.perf_counter()
    for nth, customer in enumerate(people):
        draft = Draft(
            channel=OutgoingChannel.EMAIL,
            kind="promise.kept",
            purpose=MessagePurpose.SERVICE,
            key=f"{batch} {nth}",
            payload=payload,
            address=f"ana{nth}@example.org",
            customer=customer,
        )
        queue(draft, by=None)
    print(f"queued             {n / (time.perf_counter() - began):7,.0f} a second")


def drained(n_senders: int, port: int, n: int) -> float:
    """Mails a second that so many senders get out, until none waits."""
    from django.conf import settings
    from django.db import connection

    from regulars.messages.carriers.mail import SmtpCarrier
    from regulars.messages.models import Outgoing
    from regulars.messages.models.outgoing import OutgoingState
    from regulars.messages.services.sending import send_next

    way = way_to(port)
    settings.MAILERS = {"default": way.mailer}
    before = Outgoing.objects.filter(state=OutgoingState.SENT).count()

    def drain() -> None:
        carrier = SmtpCarrier(way)
        while send_next(carrier):
            pass
        carrier.close()
        connection.close()

    senders = [threading.Thread(target=drain) for _ in range(n_senders)]
    began = time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    seconds = time.perf_counter() - began
    if (sent := Outgoing.objects.filter(state=OutgoingState.SENT).count() - before) != n:
        sys.exit(f"{sent} of {n} were sent")
    return n / seconds


def way_to(port: int) -> MailWay:
    mailer = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 20},
    }
    return MailWay("smtp", mailer, SENDER, "")


if __name__ == "__main__":
    sys.exit(main())
