"""A real IMAP server on loopback: Dovecot, with its files in a folder of the test's own."""

import getpass
import imaplib
import os
import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest

from tests.support.house import free_port

PASSWORD = "tea-and-cups"
_WAIT = 20.0


def config(folder, port):
    is_root = os.geteuid() == 0
    user = getpass.getuser()
    accounts = "" if is_root else f"default_internal_user = {user}\ndefault_login_user = {user}\n"
    uid, gid = (65534, 65534) if is_root else (os.geteuid(), os.getegid())
    return f"""{accounts}base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail
}}
service imap-login {{
  {"" if is_root else "chroot ="}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  {"" if is_root else "chroot ="}
}}
"""


class Server:
    """The server, with what a user of its one box does."""

    def __init__(self, folder, port):
        self.folder, self.port = folder, port

    @contextmanager
    def user(self):
        made = imaplib.IMAP4("127.0.0.1", self.port, timeout=_WAIT)
        try:
            made.login("hello", PASSWORD)
            made.select("INBOX")
            yield made
        finally:
            made.logout()

    def deliver(self, *mails, flags=""):
        with self.user() as box:
            for raw in mails:
                status, said = box.append("INBOX", flags, None, raw)
                assert status == "OK", said

    def seen(self):
        """(mails marked as seen, all mails)"""
        with self.user() as box:
            return tuple(len(box.search(None, asked)[1][0].split()) for asked in ("SEEN", "ALL"))

    def make_anew(self):
        """Give the box another UIDVALIDITY, as after it was restored."""
        folder = self.folder / "mail"
        numbers = folder / "dovecot-uidlist"
        held = numbers.read_text()
        numbers.write_text(re.sub(r"V(\d+)", lambda told: f"V{int(told[1]) + 1}", held, count=1))
        for index in folder.glob("dovecot.index*"):
            index.unlink()


@contextmanager
def running(folder):
    command = shutil.which("dovecot")
    if command is None:
        pytest.skip("no Dovecot on this machine: apt-get install dovecot-imapd")
    folder.joinpath("mail").mkdir()
    if os.geteuid() == 0:
        os.chown(folder / "mail", 65534, 65534)
    port = free_port()
    path = folder / "dovecot.conf"
    path.write_text(config(folder, port))
    process = subprocess.Popen([command, "-F", "-c", str(path)])
    try:
        _wait(port, folder)
        yield Server(folder, port)
    finally:
        process.terminate()
        process.wait(_WAIT)


def _wait(port, folder):
    until = time.monotonic() + _WAIT
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                if probe.recv(100).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError((folder / "log").read_text())
