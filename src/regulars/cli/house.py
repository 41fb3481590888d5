"""One running house: the database, the web server and the worker of jobs, kept alive together."""

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection

from regulars.cli.children import Child
from regulars.cli.prepare import Prepared, prepare
from regulars.kit import env
from regulars.kit.errors import Refusal
from regulars.kit.postgres import Role, Server, Started
from regulars.kit.postgres.account import Account
from regulars.kit.progress import Progress
from regulars.kit.texts import N_

WEB_WORKERS, WEB_THREADS = 2, 4
ANSWER_SECONDS = 60.0
LOOK_SECONDS = 0.2
PORT_SECONDS = 10.0


@dataclass
class House:
    """What runs, and how it is started, watched and stopped.

    `server` is None where DATABASE_URL names a database of the company's own.
    """

    server: Server | None
    environment: dict[str, str]
    host: str
    port: int
    tell: Progress
    account: Account | None = None  # as whom its parts run; None: as ourselves
    children: list[Child] = field(default_factory=list)

    def start_database(self) -> Started | None:
        """Start the embedded database, if it is ours to start."""
        self._refuse_a_taken_port()
        return self.server.start() if self.server else None

    def prepare(self) -> Prepared:
        """Migrate, as the role that owns the tables."""
        return prepare(self.environment_of(Role.OWNER), self.account)

    def open(self) -> None:
        """Start the web server and the worker; returns when the first page can be had."""
        environment = self.environment_of(Role.APP) | {"REGULARS_SUPERVISOR": str(os.getpid())}
        web = [
            *("granian", "--interface", "wsgi", "--no-ws", "--host", self.host),
            *("--port", str(self.port), "--workers", str(WEB_WORKERS), "--log-level", "warning"),
            *("--blocking-threads", str(WEB_THREADS), "--respawn-failed-workers"),
            *("--workers-kill-timeout", "10s", "regulars.wsgi:application"),
        ]
        self.children = [
            Child("web", web, environment, self.account),
            Child("jobs", ["regulars.jobs"], environment, self.account),
        ]
        for child in self.children:
            child.start()
        self._wait_for_an_answer()

    def environment_of(self, role: Role) -> dict[str, str]:
        """What a part needs that works in the database in this role."""
        told = os.environ | self.environment
        if self.server:
            told["DATABASE_URL"] = self.server.address(role)
        return env.with_secrets_read(told) | {"HOME": "/"} if self.account else told

    def look(self) -> None:
        """Start again whatever ended, and say so."""
        if self.server and not self.server.is_running:
            self.tell(N_("The database ended; starting it again."), None)
            self.server.start()
            self.tell(N_("The database runs again; nothing that was stored is lost."), None)
        for child in self.children:
            if (code := child.revive()) is not None:
                self.tell(
                    N_("{name} ended ({code}); starting it again."),
                    None,
                    name=child.name,
                    code=code,
                )

    def watch(self) -> None:
        """Keep everything alive until interrupted."""
        while True:
            time.sleep(LOOK_SECONDS)
            self.look()

    def close(self) -> None:
        """Stop everything in order: requests and jobs first, the database last."""
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.wait_stopped()
        if self.server:
            self.server.stop()

    def _refuse_a_taken_port(self) -> None:
        """Refuse before anything starts; web workers of a killed house need a moment to end."""
        until = time.monotonic() + PORT_SECONDS
        while (cause := self._port_trouble()) is not None:
            if time.monotonic() > until:
                raise Refusal(
                    "port_taken",
                    N_("Nothing can be opened on {host} port {port}: {cause}."),
                    N_("Stop what listens there, or choose another with --port."),
                    host=self.host,
                    port=self.port,
                    cause=cause,
                )
            time.sleep(LOOK_SECONDS)

    def _port_trouble(self) -> str | None:
        try:
            family, kind, *_, address = socket.getaddrinfo(self.host, self.port)[0]
            with _acting_as(self.account), socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            return error.strerror
        return None

    def _wait_for_an_answer(self) -> None:
        """Any answer will do: in production this machine itself is not an allowed host."""
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            with contextlib.closing(HTTPConnection(here, self.port, timeout=5)) as asked:
                try:
                    asked.request("GET", "/health")
                    asked.getresponse()
                    return
                except OSError:
                    time.sleep(0.1)
        raise Refusal(
            "no_answer",
            N_("The web server did not answer within {seconds} s."),
            N_("See what it wrote above; regulars doctor looks at each part."),
            seconds=round(ANSWER_SECONDS),
        )


@contextlib.contextmanager
def _acting_as(account: Account | None) -> Iterator[None]:
    """Be another user for a moment: what root may do, the web server may not."""
    if account is None:
        yield
        return
    os.seteuid(account.uid)
    try:
        yield
    finally:
        os.seteuid(0)
