"""The recipes to run the house elsewhere: checked by linters, since no engine runs here."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
COMPOSE = (DEPLOY / "compose.yaml").read_text()
UNIT = (DEPLOY / "regulars.service").read_text()
# Read by systemd and by the temporary files of Python, not by Regulars.
OTHERS = {"XDG_RUNTIME_DIR"}


def linter(name):
    """A program of the development environment, or of the machine."""
    ours = str(Path(sys.executable).parent)
    found = shutil.which(name, path=os.pathsep.join([ours, os.environ["PATH"]]))
    return found or pytest.skip(f"{name} is not installed; make dev installs it")


def said_by(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_linter_of_container_recipes_finds_nothing():
    assert said_by(linter("hadolint"), DEPLOY / "Containerfile") == (0, "")


def test_the_linter_of_compose_files_finds_nothing():
    code, said = said_by(linter("compose-lint"), "--fail-on", "low", DEPLOY / "compose.yaml")
    assert (code, "no issues found" in said) == (0, True), said


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_systemd_itself_finds_nothing_wrong_with_the_unit(tmp_path):
    unit = tmp_path / "regulars.service"
    unit.write_text(UNIT.replace("/opt/regulars/.venv/bin/regulars", sys.executable))
    assert said_by("systemd-analyze", "verify", "--man=no", unit) == (0, "")


def instruction(name):
    """The words of the one instruction of this name."""
    ((words,),) = [re.findall(rf"^{name} (.*)", CONTAINERFILE, re.MULTILINE)]
    return words


def test_the_image_is_pinned_to_a_version_of_python_that_regulars_runs_on():
    image, _, tag = instruction("FROM").rpartition(":")
    assert image == "docker.io/library/python"
    assert tag.startswith((ROOT / ".python-version").read_text().strip() + "-")


def test_the_container_runs_as_a_user_that_is_not_root_and_is_the_one_it_makes():
    user, _, group = instruction("USER").partition(":")
    assert user == group == re.search(r"--uid (\d+)", CONTAINERFILE)[1]
    assert int(user) > 0


def test_only_what_the_house_needs_comes_into_the_image():
    copied = {
        word for line in re.findall(r"^COPY (.*)", CONTAINERFILE, re.M) for word in line.split()
    }
    sources = {name for name in copied if (ROOT / name).exists()}
    assert sources == {
        "requirements/house.lock",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "src",
        "./",
    }


def test_what_is_asked_of_the_health_is_answered_by_the_house():
    asked = CONTAINERFILE.partition("HEALTHCHECK")[2].partition("CMD")[2]
    assert "'/health'" in asked
    assert "8000" in asked
    assert instruction("EXPOSE") == "8000"


def test_every_setting_of_a_recipe_has_its_paragraph():
    told = re.findall(r"^`([A-Z_]+)`:", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    set_here = set(re.findall(r"^ENV (\w+)=", CONTAINERFILE, re.MULTILINE))
    set_here |= set(re.findall(r"^      ([A-Z_]+):", COMPOSE, re.MULTILINE))
    set_here |= {
        name
        for line in re.findall(r"^Environment=(.*)", UNIT, re.MULTILINE)
        for name in re.findall(r"(\w+)=", line)
    }
    assert {"REGULARS_HOME", "REGULARS_PRODUCTION", "REGULARS_SECRET_KEY_FILE"} <= set_here
    assert set_here - OTHERS <= set(told)


def test_the_data_of_the_container_lies_in_a_volume_of_the_compose_file():
    (volume,) = re.findall(r"^      - house:(\S+)", COMPOSE, re.MULTILINE)
    assert instruction("VOLUME") == volume
    assert re.search(r"REGULARS_HOME=(\S+)", CONTAINERFILE)[1].startswith(volume + "/")


def test_pages_are_open_to_the_host_alone_and_the_file_system_is_closed():
    assert re.findall(r"^      - \"(\S+:8000)\"", COMPOSE, re.MULTILINE) == ["127.0.0.1:8000:8000"]
    assert "read_only: true" in COMPOSE
    assert "cap_drop: [ALL]" in COMPOSE
