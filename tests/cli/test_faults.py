"""The last guard: a fault of ours is said in a sentence, and its trace kept in a file."""

from pathlib import Path

import pytest

from regulars.cli.faults import OUR_FAULT, STOPPED, guarded, reader_language
from regulars.kit.errors import NothingToMeasure


def test_a_fault_of_ours_shows_no_traceback_and_says_where_it_is_kept(capsys):
    def breaks(**_):
        raise ZeroDivisionError("inner detail")

    assert guarded(breaks) == OUR_FAULT
    said = capsys.readouterr()
    assert (said.out, "Traceback" in said.err, "inner detail" in said.err) == ("", False, False)
    kept = Path(next(word for word in said.err.split() if "regulars-fault-" in word).rstrip(":"))
    assert "inner detail" in kept.read_text()
    kept.unlink()


def test_stopping_from_the_keyboard_is_no_fault(capsys):
    def stops(**_):
        raise KeyboardInterrupt

    assert guarded(stops) == STOPPED
    assert "Nothing was written" in capsys.readouterr().err


def test_a_refusal_says_what_is_wrong_and_then_the_mend(capsys):
    def refuses(**_):
        raise NothingToMeasure("x", "Only {n} row.", "Bring more.", n=1)

    assert guarded(refuses) == 3
    assert capsys.readouterr().err == "Only 1 row.\nBring more.\n"


@pytest.mark.parametrize(
    ("told", "spoken"),
    [
        ("sv_SE.UTF-8", "sv"),
        ("zh_CN.UTF-8", "zh-hans"),
        ("de_DE.UTF-8", "en"),
        ("C", "en"),
        ("", "en"),
    ],
)
def test_the_terminals_language_is_ours_where_we_speak_it(monkeypatch, told, spoken):
    monkeypatch.setenv("LC_ALL", told)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", told)
    assert reader_language() == spoken


def test_a_query_stopped_from_the_keyboard_is_no_fault(capsys):
    def stops(**_):
        raise RuntimeError("Query interrupted")

    assert (guarded(stops), guarded(lambda **_: STOPPED)) == (STOPPED, STOPPED)
    assert capsys.readouterr().err.count("Nothing was written") == 2
