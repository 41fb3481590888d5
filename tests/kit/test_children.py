import os

import pytest

from regulars.kit.children import _lives


@pytest.mark.parametrize(
    ("refusal", "lives"), [(ProcessLookupError, False), (PermissionError, True), (None, True)]
)
def test_a_supervisor_of_another_user_is_alive_although_we_may_not_signal_it(
    monkeypatch, refusal, lives
):
    def kill(pid, number):
        if refusal:
            raise refusal

    monkeypatch.setattr(os, "kill", kill)
    assert _lives(4711) is lives
