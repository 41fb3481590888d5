"""Files come into their places at once, or not at all."""

import contextlib
import os
import time

import pytest

from regulars.kit.errors import InputRefused
from regulars.kit.folders import refuse_unwritable, staged


def test_files_come_into_their_places_only_when_all_went_well(tmp_path):
    (tmp_path / "a").write_text("old")
    with contextlib.suppress(ZeroDivisionError), staged(tmp_path) as folder:
        (folder / "a").write_text("new")
        raise ZeroDivisionError
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]
    with staged(tmp_path) as folder:
        (folder / "a").write_text("new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "new")]


def test_a_full_disk_is_said_with_the_folder(tmp_path):
    with (
        pytest.raises(InputRefused, match="No space left on device") as refused,
        staged(tmp_path),
    ):
        raise OSError(28, "No space left on device")
    assert str(tmp_path) in str(refused.value)


def test_what_a_killed_run_left_goes_and_what_another_run_holds_stays(tmp_path):
    left = tmp_path / ".new-left"
    left.mkdir()
    with staged(tmp_path) as held:
        for folder in (left, held):
            os.utime(folder, (time.time() - 60,) * 2)
        with staged(tmp_path):
            assert (left.exists(), held.exists()) == (False, True)


def test_a_file_where_the_folder_should_be_is_said_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputRefused, match="Not a directory"):
        refuse_unwritable(tmp_path / "file" / "out")
    assert refuse_unwritable(tmp_path / "new" / "out") is None
