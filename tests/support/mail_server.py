"""A real SMTP server on loopback that does as the recipient's name says."""

import asyncio
import ssl
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.house import free_port


class Received:
    """What the server took, and what it says to whom."""

    def __init__(self):
        self.mails, self.raw, self.recipients = [], [], []
        self.answers = {}  # recipient -> answer to RCPT
        self.data_answers = {}  # recipient -> answer after DATA
        self.sender_answer = "250 OK"
        self.delay = 0.0  # seconds before the answer to DATA
        self.cut = set()  # recipients whose connection ends after DATA, before the answer

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - the name that is called
        envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the name that is called
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the name that is called
        (to,) = envelope.rcpt_tos
        answer = self.data_answers.get(to, "250 taken")
        if answer.startswith("250"):
            self.raw.append(envelope.content)
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.recipients.append(to)
        await asyncio.sleep(self.delay)
        if to in self.cut:
            self.cut.discard(to)
            server.transport.abort()
        return answer

    @property
    def ids(self):
        return [mail["Message-ID"] for mail in self.mails]

    def until(self, n):
        end = time.monotonic() + 60
        while len(self.mails) < n:
            assert time.monotonic() < end, f"{len(self.mails)} of {n} came"
            time.sleep(0.02)


@contextmanager
def mail_server(**options):
    """A server and what it received; `options` are aiosmtpd's."""
    received = Received()
    running = Controller(received, hostname="127.0.0.1", port=free_port(), **options)
    running.start()
    try:
        yield received, running.port
    finally:
        running.stop()


def signed_by_itself(folder):
    """A certificate for localhost: the file to trust, and the server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, private = folder / "trusted.pem", folder / "private.pem"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, private)
    return trusted, context


def only(user, password):
    """Lets one account in."""

    def check(server, session, envelope, mechanism, given):
        told = isinstance(given, LoginPassword) and (given.login, given.password)
        return AuthResult(success=told == (user.encode(), password.encode()), handled=False)

    return check
