import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit import ids
from regulars.kit.ids import from_readable, new_id, readable


def test_an_id_is_of_version_7_and_carries_its_time():
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_ids_sort_as_they_were_made_within_a_millisecond_too():
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(each.version, each.variant) for each in made} == {(7, "specified in RFC 4122")}


def test_ids_go_on_upwards_while_the_clock_is_set_back(monkeypatch):
    before = new_id()
    an_hour_ago = time.time_ns() - 3600 * 10**9
    monkeypatch.setattr(ids.time, "time_ns", lambda: an_hour_ago)
    assert before < new_id() < new_id()


def test_many_threads_make_no_id_twice():
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(), range(8_000)))
    assert len(set(made)) == len(made)


FORKED = """
import os, time
from regulars.kit.ids import new_id
still = time.time_ns()
time.time_ns = lambda: still
new_id()
child = os.fork()
if child:
    os.waitpid(child, 0)
os.write(1, f"{new_id().int}\\n".encode())
os._exit(0)
"""


def test_a_forked_process_does_not_count_on_beside_its_parent():
    done = subprocess.run(
        [sys.executable, "-c", FORKED], capture_output=True, text=True, check=True
    )
    ours, theirs = map(int, done.stdout.split())
    assert abs(ours - theirs) > 2**40


def test_no_two_are_alike():
    assert len({new_id() for _ in range(20_000)}) == 20_000


@given(st.uuids())
def test_the_readable_form_is_read_back(value):
    text = readable("cus", value)
    assert from_readable("cus", text) == value
    assert from_readable("ord", text) is None


def test_the_readable_form_of_known_ids():
    assert readable("cus", UUID(int=0)) == "cus_" + "0" * 26
    assert readable("cus", UUID(int=(1 << 128) - 1)) == "cus_7" + "z" * 25


@pytest.mark.parametrize(
    "text", ["", "cus_", "cus_8" + "z" * 25, "cus_" + "l" * 26, "cus" + "0" * 26]
)
def test_what_was_never_written_so_is_nobody(text):
    assert from_readable("cus", text) is None
