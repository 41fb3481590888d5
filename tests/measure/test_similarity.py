import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.measure.similarity import edits, jaro_winkler

WORDS = st.text("abcdefg", max_size=12)


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [  # Winkler 1990, table 1
        ("shackleford", "shackelford", 0.982),
        ("dunningham", "cunnigham", 0.896),
        ("nichleson", "nichulson", 0.956),
        ("jones", "johnson", 0.832),
        ("massey", "massie", 0.933),
        ("abroms", "abrams", 0.922),
        ("martha", "marhta", 0.961),
        ("", "", 0.0),
        ("a", "", 0.0),
    ],
)
def test_likeness_is_what_winkler_published(one, other, likeness):
    assert jaro_winkler(one, other) == pytest.approx(likeness, abs=0.0006)


@pytest.mark.parametrize(
    ("one", "other", "n"),
    [("ana", "ana", 0), ("ana", "anna", 1), ("ana", "naa", 1), ("ca", "abc", 3), ("", "ana", 3)],
)
def test_slips_are_counted(one, other, n):
    assert edits(one, other) == edits(other, one) == n


@given(st.lists(st.tuples(WORDS, WORDS), min_size=50, max_size=200))
def test_both_agree_with_the_engine_in_which_weights_are_learned(pairs):
    told = pa.table({"one": [one for one, _ in pairs], "other": [other for _, other in pairs]})
    with duckdb.connect() as engine:
        engine.register("told", told)
        found = engine.execute(
            "SELECT jaro_winkler_similarity(one, other), damerau_levenshtein(one, other) <= 1"
            " FROM told"
        ).fetchall()
    for pair, (likeness, is_one_slip) in zip(pairs, found, strict=True):
        assert jaro_winkler(*pair) == pytest.approx(likeness, abs=1e-12)
        assert (edits(*pair) <= 1) == is_one_slip
