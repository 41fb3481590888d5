import os
import sys

import pytest

from regulars.cli import privileges
from regulars.cli.privileges import why_not_run_by
from regulars.kit.postgres.account import Account, account

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts parts as another user")


@pytest.fixture
def installed(monkeypatch, open_folder):
    """An interpreter of our making, in a folder that every account may enter."""

    def install(name, said="", code=0):
        folder = open_folder / name
        folder.mkdir(mode=0o755)
        program = folder / "python"
        program.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit {code}\n")
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))
        monkeypatch.setattr(sys, "prefix", str(folder))
        monkeypatch.setattr(privileges.regulars, "__file__", str(folder / "__init__.py"))
        return folder

    return install


def test_we_ourselves_are_never_kept_from_it(installed):
    installed("fails", code=1)
    ours = Account(name="us", uid=os.geteuid(), gid=os.getegid())
    assert why_not_run_by(ours) is None


@as_root
def test_an_account_that_may_read_what_is_installed_runs_the_parts(installed):
    installed("open")
    assert why_not_run_by(account()) is None


@as_root
def test_the_first_folder_that_is_closed_to_the_account_is_named(installed):
    folder = installed("closed")
    folder.chmod(0o700)
    assert why_not_run_by(account()) == f"{folder}: Permission denied"


@as_root
def test_what_else_is_in_the_way_is_told_in_its_own_words(installed):
    installed("lacking", said="No module named granian", code=1)
    assert why_not_run_by(account()) == "No module named granian"
