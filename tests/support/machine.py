"""What the tests need of the machine beyond Python: found, or installed where that is allowed.

`make browser` runs this. It says what it found; exit code 1 tells that something is missing.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OLDEST_JAVA = 17
_FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


def chromium() -> str | None:
    """The path of a Chromium, by the names it goes by."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def chinese_font() -> str | None:
    """A font with Chinese characters; without one, pages in Chinese are drawn as boxes."""
    if shutil.which("fc-list"):
        listed = _said("fc-list", ":lang=zh-cn", "file")
        return listed.split(":")[0].strip() or None
    return next((str(path) for folder in _FONT_FOLDERS for path in folder.rglob("*CJK*")), None)


def pdf_tools() -> str | None:
    """Poppler's pdfinfo, which counts the pages of a print."""
    return shutil.which("pdfinfo")


def java() -> str | None:
    """A Java runtime new enough for Spark."""
    path = shutil.which("java")
    if not path:
        return None
    version = re.search(r'version "(\d+)', _said(path, "-version"))
    return path if version and int(version[1]) >= _OLDEST_JAVA else None


def imap_server() -> str | None:
    """Dovecot, which mail is fetched from."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass(frozen=True)
class Need:
    """Something the tests need, how it is found, and the Debian package that brings it."""

    name: str
    found: Callable[[], str | None]
    package: str


NEEDS = (
    Need("Chromium", chromium, "chromium"),
    Need("a Chinese font", chinese_font, "fonts-noto-cjk"),
    Need("PDF tools (pdfinfo)", pdf_tools, "poppler-utils"),
    Need(f"Java {_OLDEST_JAVA} or newer", java, "default-jre-headless"),
    Need("an IMAP server (Dovecot)", imap_server, "dovecot-imapd"),
)


def main() -> int:
    """Find everything, install what is missing where that is allowed, and say how it stands."""
    missing = _missing()
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        _install([need.package for need in missing])
        missing = _missing()
    for need in NEEDS:
        print(f"{need.name}: {need.found() or 'missing'}")
    if missing:
        packages = " ".join(need.package for need in missing)
        print(f"Install what is missing, on Debian or Ubuntu: sudo apt-get install {packages}")
    return 1 if missing else 0


def _missing() -> list[Need]:
    return [need for need in NEEDS if need.found() is None]


def _install(packages: list[str]) -> None:
    """Ask apt for packages; what it could not bring is found missing afterwards."""
    quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)
    for command in (("apt-get", "update", "-qq"), install):
        subprocess.run(command, env=quietly, check=False)


def _said(*command: str) -> str:
    """What a command says, on either stream."""
    run = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return run.stdout


if __name__ == "__main__":
    sys.exit(main())
