"""Texts are found by their English sentence, and their places filled."""

from regulars.kit.texts import say, say_n


def test_a_count_is_filled_in_as_it_is_or_as_it_is_given():
    assert say_n("{n} file", "{n} files", 1200, "en") == "1200 files"
    assert say_n("{n} file", "{n} files", 1200, "en", n="1,200") == "1,200 files"
    assert say_n("{n} file", "{n} files", 1, "en") == "1 file"


def test_a_place_may_have_any_name():
    assert say("{message} in {lang}", "en", message="Tea", lang="sv") == "Tea in sv"
