"""Dee makes keys; programs ask with them."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from regulars.book.services.epochs import ensure_epoch
from regulars.company.models import Staff
from regulars.company.rights import Role
from regulars.company.scopes import Scope
from regulars.company.services.keys import make_key
from regulars.kit.postgres import Role as DatabaseRole
from tests.support.house import free_port
from tests.support.house_database import NAME


@pytest.fixture
def dee(db):
    return Staff.objects.create(name="Dee", email="dee@example.org", role=Role.OWNER)


def token_of(by, *scopes):
    _, token = make_key(name="Web shop", scopes=scopes or list(Scope), by=by)
    return token


class Program:
    """A program that asks with a key, or with none."""

    def __init__(self, client, token=None):
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path, query=None, **headers):
        return self.client.get(f"/api/v1{path}", query, headers=self.headers | headers)

    def send(self, path, body, method="post", **headers):
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return getattr(self.client, method)(
            f"/api/v1{path}",
            data=data,
            content_type="application/json",
            headers=self.headers | headers,
        )


@pytest.fixture
def stranger(client):
    return Program(client)


@pytest.fixture
def shop(client, dee):
    """A program that may do everything."""
    return Program(client, token_of(dee))


@pytest.fixture
def program(client, dee):
    """Make a program that may do some things only."""
    return lambda *scopes: Program(client, token_of(dee, *scopes))


@pytest.fixture
def address(committed):
    """A web server of the house on the database of this test."""
    ensure_epoch()
    port = free_port()
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
            *("--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4"),
            "regulars.wsgi:application",
        ],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "regulars.settings",
            "DATABASE_URL": committed.address(DatabaseRole.OWNER).replace(
                "@/regulars?", f"@/{NAME}?"
            ),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield answering(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(30)


def answering(address):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/api/v1/openapi.json", timeout=5) as answer:
                if answer.status == 200:
                    return address
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("never answered")
