"""A real Chromium for tests of pages, with what it complains about and asks for written down."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.machine import chromium

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Watched:
    """A page with every message on its console and every address it asked for."""

    page: Page
    messages: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)


@contextmanager
def browser() -> Iterator[Browser]:
    """A running browser; the test is skipped where the machine has none."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: run `make browser`")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield running
        running.close()


@contextmanager
def opened(
    running: Browser, file: Path, *, width: int = 1440, scheme: str = "light"
) -> Iterator[Watched]:
    """A file opened from disk, as its reader would."""
    page = running.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    watched = Watched(page)
    page.on("console", lambda message: watched.messages.append(message.text))
    page.on("pageerror", lambda error: watched.messages.append(str(error)))
    page.on("request", lambda request: watched.asked_for.append(request.url))
    page.goto(file.as_uri())
    yield watched
    page.close()


def open_all(page: Page) -> None:
    """Open everything that opens."""
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
