"""Start, watch and stop the one server of an installation."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO
from urllib.parse import quote

import psycopg

from regulars.kit.children import tied_to_us
from regulars.kit.errors import Refusal
from regulars.kit.postgres import cluster, processes
from regulars.kit.postgres.binaries import NEWEST, Binaries, find
from regulars.kit.postgres.layout import PORT, Layout
from regulars.kit.postgres.log import Log
from regulars.kit.postgres.passwords import Role, passwords
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_

STOP_SECONDS = 60.0
START_SECONDS = 60.0
_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "idle_in_transaction_session_timeout": "30s",
    "lc_messages": "C",  # the log is read by us
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # A statement that fails holds names and addresses, and so does the detail of its error: neither
    # is written where no erasure reaches it.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class Started:
    """What a start found and did."""

    seconds: float
    is_new: bool  # the cluster was made
    has_recovered: bool  # it had been killed or cut off, and put itself right
    n_stopped: int  # processes of an earlier start that still ran


class Server:
    """The embedded PostgreSQL of one installation. One process at a time may hold it."""

    def __init__(
        self,
        layout: Layout,
        *,
        major: int | None = None,
        settings: Mapping[str, str] | None = None,
        tell: Progress = silent,
    ) -> None:
        self.layout, self.tell = layout, tell
        self._major, self._settings = major, dict(settings or {})
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the server we started is still there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The pid of the server we started."""
        return self._process.pid if self._process else None

    def start(self) -> Started:
        """Make the cluster if there is none, put right what a crash left, start, and wait."""
        began = time.monotonic()
        self.layout.prepare()
        self._hold()
        binaries = self.binaries()
        n_stopped = self._stop_leftovers()
        is_new = self._ensure_cluster(binaries)
        self._clear_stale_files()
        log = Log(self.layout.log)
        self._launch(binaries, log)
        self._wait_ready(log)
        with psycopg.connect(self.conninfo(Role.KEEPER, "postgres"), autocommit=True) as keeper:
            cluster.ensure_roles(keeper, passwords(self.layout.passwords))
        with psycopg.connect(self.conninfo(Role.KEEPER), autocommit=True) as keeper:
            cluster.ensure_grants(keeper)
        return Started(
            seconds=time.monotonic() - began,
            is_new=is_new,
            has_recovered=log.tells_of_recovery(),
            n_stopped=n_stopped,
        )

    def stop(self) -> None:
        """End all sessions and close the files cleanly; harder only where that does not help."""
        if self._process is not None:
            for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if self._process.poll() is None:
                    self._process.send_signal(how)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(STOP_SECONDS)
                    break
            processes.clear_orphans(self.layout.data)
            self._process = None
            with contextlib.suppress(OSError):
                self.layout.sockets.rmdir()
        self._release()

    def runs_elsewhere(self) -> bool:
        """Whether another process supervises this home and its server takes connections."""
        noted = processes.pid_file(self.layout.data)
        pid = processes.our_postmaster(self.layout.data)
        return pid is not None and noted is not None and noted.is_ready and self._process is None

    def discard(self) -> None:
        """Stop, and remove the whole home: what was made there turned out not to be usable."""
        self.stop()
        if self.layout.home.exists():
            shutil.rmtree(self.layout.home)

    def conninfo(self, role: Role, database: str = cluster.DATABASE) -> str:
        """How to connect as a role."""
        return psycopg.conninfo.make_conninfo(
            host=str(self.layout.sockets),
            port=PORT,
            user=role,
            password=passwords(self.layout.passwords)[role],
            dbname=database,
        )

    def address(self, role: Role) -> str:
        """The same as an address, for DATABASE_URL."""
        password = passwords(self.layout.passwords)[role]
        sockets = quote(str(self.layout.sockets))
        return f"postgresql://{role}:{password}@/{cluster.DATABASE}?host={sockets}&port={PORT}"

    def binaries(self) -> Binaries:
        """The programs of the version that made the data; of the newest for a new cluster."""
        major = cluster.major_of(self.layout.data) or self._major or NEWEST
        return find(major).within_reach_of(self.layout)

    def _hold(self) -> None:
        """Take the lock that the system frees when we are gone, however we go."""
        if self._lock is not None:
            return
        handle = os.open(self.layout.lock, os.O_RDWR | os.O_CREAT, 0o600)
        lock = os.fdopen(handle, "r+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with lock:
                raise Refusal(
                    "already_running",
                    N_("Regulars already runs on {home}, as process {pid}."),
                    N_("Stop that one first, or keep another house with REGULARS_HOME."),
                    home=self.layout.home,
                    pid=lock.read().strip() or "?",
                ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _stop_leftovers(self) -> int:
        """Stop the server of an earlier start whose supervisor was killed, and its children."""
        left = len(processes.of_cluster(self.layout.data))
        if (pid := processes.our_postmaster(self.layout.data)) is not None:
            self.tell(
                N_("Stopping the PostgreSQL of an earlier start, process {pid}"), None, pid=pid
            )
            processes.send(pid, signal.SIGINT)
            if not processes.wait_gone(self.layout.data, STOP_SECONDS):
                processes.send(pid, signal.SIGQUIT)
        if left:
            processes.clear_orphans(self.layout.data)
        if self._process is not None:
            self._process.wait()
        return left

    def _ensure_cluster(self, binaries: Binaries) -> bool:
        is_new = cluster.major_of(self.layout.data) is None
        is_lost = not is_new and not self.layout.passwords.exists()
        keeper_password = passwords(self.layout.passwords)[Role.KEEPER]
        if is_new:
            self.tell(N_("Making the database"), None)
            cluster.make(self.layout, binaries, keeper_password)
        if is_lost:
            self.tell(N_("The passwords were gone; making new ones"), None)
            cluster.set_keeper_password(self.layout, binaries, keeper_password)
        return is_new

    def _clear_stale_files(self) -> None:
        """No process of ours is left, so notes that name a pid speak of the dead or of strangers.

        PostgreSQL itself refuses to start when such a pid belongs to a living stranger.
        """
        (self.layout.data / "postmaster.pid").unlink(missing_ok=True)
        for stale in self.layout.sockets.glob(".s.PGSQL.*"):
            stale.unlink()

    def _launch(self, binaries: Binaries, log: Log) -> None:
        sockets = {"unix_socket_directories": str(self.layout.sockets)}
        settings = _SETTINGS | self._settings | sockets
        options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
        command = [binaries.program("postgres"), "-D", str(self.layout.data), *options]
        with log.opened(self.layout.account) as written:
            self._process = subprocess.Popen(
                tied_to_us(command, "INT"),
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                cwd="/",
                env=cluster.ENVIRONMENT,
                **self.layout.account.popen_options(),
            )

    def _wait_ready(self, log: Log) -> None:
        """Wait as long as a recovery needs; a server that neither recovers nor answers is stuck."""
        began = time.monotonic()
        while not self._is_ready():
            waited = time.monotonic() - began
            if not self.is_running or (waited > START_SECONDS and not log.tells_of_recovery()):
                self.stop()
                raise Refusal(
                    "postgres_does_not_start",
                    N_("PostgreSQL does not start: {cause}"),
                    N_("Mend that and start again; nothing was changed. The whole log: {log}"),
                    cause=log.last_words(),
                    log=log.path,
                )
            if log.tells_of_recovery():
                self.tell(
                    N_("The database was cut off and is putting itself right: {seconds} s"),
                    None,
                    seconds=round(waited),
                )
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        noted = processes.pid_file(self.layout.data)
        return noted is not None and noted.pid == self.pid and noted.is_ready
