"""One POST to an address that was checked: bounded in time and size, and no redirect followed."""

import contextlib
import http.client
import io
import socket
import ssl
import time
from collections.abc import Buffer, Mapping
from dataclasses import dataclass

from regulars.messages.webhooks.addresses import AddressForbidden, Target, addresses_of
from regulars.messages.webhooks.reach import WebhookReach

CONNECT_SECONDS = 5.0
# From the first byte of a request to the last of its answer. With the look-up of the name and one
# more try on a new connection it stays below the lease of a message.
ANSWER_SECONDS = 15.0
LONGEST_ANSWER = 16_384
# A connection is used again for so long; then its name is looked up anew.
LINE_SECONDS = 60.0
_MOST_LINES = 16
_MOST_ADDRESSES = 2
_AGENT = "Regulars-Webhooks/1"


@dataclass(frozen=True)
class Answered:
    """What the other side said."""

    status: int
    retry_after: str
    beginning: bytes


class NotAnswered(Exception):
    """No answer came; the reason is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Stale(Exception):
    """A connection that was kept is not there any more; nothing is known to have arrived."""


class Poster:
    """Posts, and keeps its connections for the next ones; for one thread."""

    def __init__(self, reach: WebhookReach, context: ssl.SSLContext | None = None) -> None:
        self.reach = reach
        self._context = context or ssl.create_default_context()
        self._lines: dict[tuple[str, str, int], _Line] = {}

    def post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> Answered:
        """Send, and give the answer, whatever it says; `NotAnswered` where none came."""
        place = (target.scheme, target.host, target.port)
        line = self._lines.pop(place, None)
        try:
            if line is not None and not line.is_old:
                with contextlib.suppress(_Stale):
                    return self._ask(line, target, body, headers)
            elif line is not None:
                line.close()
            return self._ask(self._new_line(target), target, body, headers)
        except _Stale as error:
            raise NotAnswered("cut_off") from error

    def close(self) -> None:
        """Let go of all connections."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    def _ask(
        self, line: "_Line", target: Target, body: bytes, headers: Mapping[str, str]
    ) -> Answered:
        told = {
            "Host": target.authority,
            "Content-Type": "application/json",
            "User-Agent": _AGENT,
            "Accept-Encoding": "identity",
        }
        try:
            answered, is_kept = line.ask(target.path, body, told | dict(headers))
        except TimeoutError as error:
            line.close()
            raise NotAnswered("timed_out") from error
        except (http.client.RemoteDisconnected, ConnectionError, ssl.SSLError) as error:
            line.close()
            raise _Stale from error
        except (http.client.HTTPException, OSError) as error:
            line.close()
            raise NotAnswered("bad_answer") from error
        if is_kept and len(self._lines) < _MOST_LINES:
            self._lines[target.scheme, target.host, target.port] = line
        else:
            line.close()
        return answered

    def _new_line(self, target: Target) -> "_Line":
        try:
            addresses = addresses_of(target, self.reach)[:_MOST_ADDRESSES]
        except AddressForbidden as error:
            raise NotAnswered("address_forbidden") from error
        except (OSError, UnicodeError) as error:
            raise NotAnswered("no_such_host") from error
        for address in addresses:
            try:
                return _Line(target, address, self._context)
            except ssl.SSLError as error:
                raise NotAnswered("tls_failed") from error
            except OSError:
                continue
        raise NotAnswered("unreachable")


class _Line(http.client.HTTPConnection):
    """A connection to one address that was checked; the name counts for its certificate alone."""

    auto_open = 0  # it would look the name up again

    def __init__(self, target: Target, address: str, context: ssl.SSLContext) -> None:
        super().__init__(target.host, target.port)
        bare = socket.create_connection((address, target.port), timeout=CONNECT_SECONDS)
        try:
            bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if target.scheme == "https":
                bare = context.wrap_socket(bare, server_hostname=target.host.rstrip("."))
        except OSError:
            bare.close()
            raise
        self._timed = _Timed(bare)
        self.sock = self._timed
        self._opened_at = time.monotonic()

    @property
    def is_old(self) -> bool:
        """Whether its name is to be looked up again."""
        return time.monotonic() - self._opened_at > LINE_SECONDS

    def ask(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[Answered, bool]:
        """The answer, and whether the connection can be used again."""
        self._timed.ends_at = time.monotonic() + ANSWER_SECONDS
        self.request("POST", path, body, headers)
        answer = self.getresponse()
        with answer:
            beginning = answer.read(LONGEST_ANSWER)
            is_kept = answer.isclosed() and not answer.will_close
            retry_after = answer.getheader("Retry-After") or ""
            return Answered(answer.status, retry_after, beginning), is_kept


class _Timed:
    """A socket whose reads and writes all together end in time; each alone would not do."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.ends_at = 0.0

    def limit(self) -> None:
        """Give the next step what is left of the time."""
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        self.limit()
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What is read from it."""
        return io.BufferedReader(_Timely(self._sock.makefile("rb", buffering=0), self))

    def close(self) -> None:
        """Close it; what still reads from it may go on."""
        self._sock.close()


class _Timely(io.RawIOBase):
    """Reads from a socket for as long as there is time."""

    def __init__(self, stream: socket.SocketIO, timed: _Timed) -> None:
        self._stream, self._timed = stream, timed

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: Buffer) -> int | None:
        """The next bytes."""
        self._timed.limit()
        return self._stream.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket."""
        self._stream.close()
        super().close()
