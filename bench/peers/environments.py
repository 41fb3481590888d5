"""An environment of its own for each peer, made once and kept outside the repository."""

import subprocess
import sys
import venv
from pathlib import Path

from bench.measured import CACHE

PACKAGES = {
    "lifetimes": ("lifetimes==0.11.3", "setuptools<81"),
    "pymc": ("pymc-marketing==1.3.0",),
}


def python_of(peer: str) -> Path:
    """The peer's Python, its packages installed."""
    folder = CACHE / f"models-{peer}"
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        print(f"installing {', '.join(PACKAGES[peer])} into {folder} ...", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PACKAGES[peer]], check=True)
        ready.touch()
    return python
