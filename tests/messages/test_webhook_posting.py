"""One POST: encrypted and to the right one, bounded in time and size, its connection used again."""

import contextlib
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from regulars.messages.webhooks import posting
from regulars.messages.webhooks.addresses import target_of
from regulars.messages.webhooks.posting import NotAnswered, Poster
from tests.messages.webhooked import LOOPBACK

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def talking(talk, context=None):
    """A server that does with each connection what it is told; gives (URL, connections so far)."""
    listening = socket.create_server(("127.0.0.1", 0))
    connections = []

    def serve():
        while True:
            try:
                bare, _ = listening.accept()
            except OSError:
                return
            connections.append(bare)
            threading.Thread(target=speak, args=(bare,)).start()

    def speak(bare):
        with (
            contextlib.suppress(OSError),  # the other side has left
            context.wrap_socket(bare, server_side=True) if context else bare as sock,
        ):
            talk(sock)

    loop = threading.Thread(target=serve)
    loop.start()
    scheme = "https" if context else "http"
    try:
        yield f"{scheme}://localhost:{listening.getsockname()[1]}/in", connections
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        loop.join()
        for each in connections:
            each.close()


def asked_of(sock):
    """One request, to the end of its body of two bytes."""
    told = b""
    while not told.endswith(b"\r\n\r\n{}"):
        more = sock.recv(4096)
        if not more:
            raise OSError
        told += more
    return told


def answering(answer):
    def talk(sock):
        while True:
            asked_of(sock)
            sock.sendall(answer)

    return talk


def post(url, poster=None):
    poster = poster or Poster(LOOPBACK)
    return poster.post(target_of(url, LOOPBACK), b"{}", {"webhook-id": "evt_1"})


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(posting, "ANSWER_SECONDS", 0.5)


def test_a_connection_is_used_again_and_after_a_while_its_name_is_looked_up_anew(monkeypatch):
    with talking(answering(OK)) as (url, connections):
        poster = Poster(LOOPBACK)
        answers = [post(url, poster) for _ in range(3)]
        assert [(each.status, each.beginning) for each in answers] == [(200, b"ok")] * 3
        assert len(connections) == 1
        monkeypatch.setattr(posting, "LINE_SECONDS", -1)
        post(url, poster)
        assert len(connections) == 2
        poster.close()


def test_a_kept_connection_that_the_other_side_has_closed_is_made_anew():
    def once(sock):
        asked_of(sock)
        sock.sendall(OK)

    with talking(once) as (url, connections):
        poster = Poster(LOOPBACK)
        assert [post(url, poster).status for _ in range(3)] == [200, 200, 200]
        assert len(connections) == 3
        poster.close()


def test_an_answer_that_drips_is_given_up_in_time(hurried):
    def drip(sock):
        asked_of(sock)
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
        while True:
            sock.sendall(b"x")
            time.sleep(0.05)

    with talking(drip) as (url, _), pytest.raises(NotAnswered, match="timed_out"):
        post(url)


def test_headers_that_drip_are_given_up_in_time_too(hurried):
    def drip(sock):
        asked_of(sock)
        while True:
            sock.sendall(b"H")
            time.sleep(0.05)

    with talking(drip) as (url, _), pytest.raises(NotAnswered, match="timed_out"):
        post(url)


def test_nobody_who_says_nothing_is_waited_for(hurried):
    with talking(lambda sock: time.sleep(2)) as (url, _), pytest.raises(NotAnswered) as error:
        post(url)
    assert error.value.reason == "timed_out"


def test_of_an_endless_answer_only_the_beginning_is_read():
    def endless(sock):
        asked_of(sock)
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sock.sendall(b"x" * 65_536)

    with talking(endless) as (url, connections):
        poster = Poster(LOOPBACK)
        assert post(url, poster).beginning == b"x" * posting.LONGEST_ANSWER
        assert post(url, poster).status == 200
        assert len(connections) == 2  # what came after is not taken for the next answer
        poster.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "cut_off"),
        (b"220 mail.example ESMTP\r\n", "bad_answer"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "bad_answer"),
    ],
)
def test_what_is_no_answer_of_http_is_none(answer, reason):
    def talk(sock):
        asked_of(sock)
        sock.sendall(answer)

    with talking(talk) as (url, _), pytest.raises(NotAnswered, match=reason):
        post(url)


def test_where_nobody_listens_it_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotAnswered, match="unreachable"):
        post(f"http://127.0.0.1:{port}/")


@pytest.fixture
def certified(tmp_path):
    """Makes a server's context with a certificate for a name, and a client's that trusts it."""

    def make(name):
        key = ec.generate_private_key(ec.SECP256R1())
        called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(called)
            .issuer_name(called)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        file, pem = tmp_path / "pem", serialization.Encoding.PEM
        private = key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + certificate.public_bytes(pem))
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(file)
        return server, ssl.create_default_context(cadata=certificate.public_bytes(pem).decode())

    return make


def test_the_certificate_is_checked_against_the_name_though_an_address_is_connected_to(certified):
    server, trusting = certified("localhost")
    with talking(answering(OK), server) as (url, connections):
        poster = Poster(LOOPBACK, trusting)
        assert [post(url, poster).status for _ in range(2)] == [200, 200]
        assert len(connections) == 1
        poster.close()


@pytest.mark.parametrize("name", ["other.example", "localhost"])
def test_a_certificate_of_another_name_or_of_nobody_we_trust_is_refused(certified, name):
    server, trusting = certified(name)
    poster = Poster(LOOPBACK, trusting if name == "other.example" else None)
    with talking(answering(OK), server) as (url, _), pytest.raises(NotAnswered) as error:
        post(url, poster)
    assert error.value.reason == "tls_failed"
