import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.kit.ids import from_readable, new_id, readable


def test_an_id_is_of_version_7_and_carries_its_time():
    before = time.time_ns() // 1_000_000
    made = new_id()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_ids_of_different_milliseconds_sort_by_time():
    made = []
    for _ in range(20):
        made.append(new_id())
        time.sleep(0.0015)
    assert made == sorted(made)


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
