"""The page of the API: its examples run in order on a house, and say what the page says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from regulars.api.door import api
from regulars.company.models import Staff
from regulars.company.rights import Role
from tests.api.conftest import token_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_examples_run_and_print_what_stands_beside_them(address, monkeypatch, tmp_path):
    dee = Staff.objects.create(name="Dee", email="dee@example.org", role=Role.OWNER)
    monkeypatch.setenv("REGULARS", address)
    monkeypatch.setenv("KEY", token_of(dee))
    assert shutil.which("curl"), "the page uses curl"
    (command,) = blocks("bash")
    told = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert '"outcome":"new"' in told.stdout
    printed = []
    names = {"print": lambda *what: printed.append(" ".join(map(str, what)))}
    for block in blocks("python"):
        exec(compile(block, str(PAGE), "exec"), names)
    promised = re.findall(r"^ *print\(.*\) +# (.*)$", TEXT, re.MULTILINE)
    assert printed == promised
    assert len(promised) == 6


def test_every_resource_is_on_the_page():
    resources = {path.split("/")[3] for path in api.get_openapi_schema()["paths"]}
    assert len(resources) >= 12
    assert [name for name in sorted(resources) if f"/{name}" not in TEXT] == []


@pytest.mark.django_db
def test_the_reference_needs_nothing_from_elsewhere_and_nothing_inline(client):
    page = client.get("/api/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert re.findall(r"""(?:src|href)=["'](?!/)""", text) == []
    assert re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text) is None
    for address in re.findall(r'(?:src|href)="([^"]+)"', text):
        served = client.get(address)
        assert served.status_code == 200, address
        b"".join(served.streaming_content) if served.streaming else served.content
        served.close()


@pytest.mark.django_db
def test_the_description_says_what_it_is(client):
    schema = client.get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    operations = [each for path in schema["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(set(names)) == len(names) >= 40
    assert all("description" in each and each["security"] for each in operations)
    assert all("application/problem+json" in str(each["responses"]["422"]) for each in operations)
