"""Every text a person reads has its words in every language."""

import re

import pytest

from tests.support.texts import TRANSLATED, catalogue, found

PLACE = re.compile(r"\{[^{}]*\}")


def places(text):
    return set(PLACE.findall(text.replace("{{", "").replace("}}", "")))  # braces themselves


@pytest.fixture(params=TRANSLATED)
def lang(request):
    return request.param


def test_every_text_in_source_and_templates_has_words_in_the_language(lang):
    held = catalogue(lang)
    missing = []
    for where, message in found():
        entry = held.get(message)
        words = entry.string if entry and entry.id == message else ""
        if not words or (isinstance(words, tuple) and not all(words)):
            missing.append(f"{where}: {message}")
    assert missing == []


def test_no_words_are_left_of_texts_that_are_gone(lang):
    wanted = {message for _, message in found()}
    assert [entry.id for entry in catalogue(lang) if entry.id and entry.id not in wanted] == []


def test_no_words_are_only_a_guess(lang):
    assert [entry.id for entry in catalogue(lang) if entry.id and entry.fuzzy] == []


def test_words_have_the_same_places_as_the_text(lang):
    wrong = []
    for entry in catalogue(lang):
        texts = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        words = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        wanted = places(texts[-1])
        # "the next day" may do without its 1; a language with one form must have all places.
        for form, said in enumerate(words):
            may_drop_n = len(words) > 1 and form == 0
            missing = wanted - places(said) - ({"{n}"} if may_drop_n else set())
            if missing or places(said) - wanted:
                wrong.append((texts, said))
    assert wrong == []


def test_chinese_words_use_full_width_marks():
    half_width = re.compile(r"[一-鿿][,;:?!]|[,;:?!][一-鿿]")
    texts = [entry.string for entry in catalogue("zh-hans") if entry.id]
    said = [word for text in texts for word in ([text] if isinstance(text, str) else text)]
    assert [text for text in said if half_width.search(text)] == []


def test_swedish_percent_signs_stand_apart_by_a_space_that_does_not_break():
    texts = [entry.string for entry in catalogue("sv") if entry.id]
    said = [word for text in texts for word in ([text] if isinstance(text, str) else text)]
    assert [text for text in said if re.search(r"\d ?%", text)] == []
