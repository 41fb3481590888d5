"""What may not lie in the repository, and what must."""

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_locks_are_hashed_and_name_no_address():
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text()
        pins = re.findall(r"^[a-z0-9][^=\s]*==", text, re.MULTILINE)
        assert pins
        assert text.count("--hash=sha256:") >= len(pins)
        assert "://" not in text


def test_every_direct_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {
        "base.lock": project["dependencies"],
        "house.lock": project["dependencies"] + project["optional-dependencies"]["house"],
        "dev.lock": project["dependencies"]
        + project["optional-dependencies"]["dev"]
        + project["optional-dependencies"]["spark"]
        + project["optional-dependencies"]["house"],
    }
    for name, requirements in wanted.items():
        text = (ROOT / "requirements" / name).read_text()
        for requirement in requirements:
            package = re.split(r"[<>=\[ ]", requirement)[0]
            assert re.search(rf"^{package}==", text, re.MULTILINE), f"{package} in {name}"


def test_no_data_and_no_binary_but_pictures_is_committed():
    found = {path.suffix for path in tracked()}
    assert found & {".parquet", ".csv", ".xlsx", ".db", ".duckdb", ".mo", ".whl"} == set()


def test_no_lock_of_another_tool_is_committed():
    assert "uv.lock" not in {path.name for path in tracked()}
