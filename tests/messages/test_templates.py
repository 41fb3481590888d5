"""Templates: a small safe language, the company's own words, and the reader's language."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from regulars.book.models.consent import MessagePurpose
from regulars.book.services.fitting import BadValue
from regulars.company.models import AuditEntry, Company
from regulars.company.rights import Role
from regulars.kit.texts import LANGUAGES
from regulars.messages.models import TemplateVersion
from regulars.messages.queries.templates import (
    NoSuchTemplate,
    letter_of,
    our_language,
    preview,
    wording_of,
)
from regulars.messages.services.templates import save_template
from regulars.messages.shipped import SHIPPED
from regulars.messages.template_text import (
    BadTemplate,
    MissingValue,
    UnknownVariable,
    ValueKind,
    filled,
    names_in,
    written,
)
from tests.book.shop import staff

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DUE = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)


def test_names_are_filled_in_and_braces_can_be_written():
    text = "{promised} by {due_at}: {{not a name}}"
    assert names_in(text) == {"promised", "due_at"}
    values = {"promised": "Tea", "due_at": "Tuesday"}
    assert filled(text, values) == "Tea by Tuesday: {not a name}"


@pytest.mark.parametrize(
    "text",
    ["{a.b}", "{a[0]}", "{a!r}", "{a:>10}", "{}", "{0}", "{", "}", "{a", "{__class__}", "{A}"],
)
def test_there_is_nothing_else_in_the_language(text):
    with pytest.raises(BadTemplate):
        names_in(text)


@given(st.text(), st.text(min_size=1))
def test_a_value_is_never_read_as_a_template(value, other):
    values = {"a": f"x{value}", "b": other}
    assert filled("{a}", values) == f"x{value}"


@pytest.mark.parametrize("values", [{}, {"name": ""}, {"name": " \n"}])
def test_a_value_that_is_not_there_is_refused_and_no_empty_place(values):
    with pytest.raises(MissingValue, match="a value for name"):
        filled("Hello {name}", values)


@pytest.mark.parametrize(
    ("value", "kind", "language", "said"),
    [
        (DUE, ValueKind.MOMENT, "en", "December 1, 2026, 2:30:00\u202fPM +0100"),
        (date(2026, 12, 1), ValueKind.DAY, "sv", "1 december 2026"),
        (date(2026, 12, 1), ValueKind.DAY, "zh-hans", "2026年12月1日"),
        ("Ana\r\nBcc: bo@example.org\u2028", ValueKind.TEXT, "en", "Ana Bcc: bo@example.org"),
        ("https://a.example/x", ValueKind.LINK, "en", "https://a.example/x"),
    ],
)
def test_values_are_written_as_the_reader_s_language_does(value, kind, language, said):
    assert written(value, kind, language, STOCKHOLM) == said


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("javascript:alert(1)", ValueKind.LINK),
        ("https://a.example/ b", ValueKind.LINK),
        ("tomorrow", ValueKind.MOMENT),
        (DUE, ValueKind.TEXT),
        (DUE, ValueKind.DAY),
    ],
)
def test_a_value_of_another_kind_is_a_fault(value, kind):
    with pytest.raises(TypeError):
        written(value, kind, "en", STOCKHOLM)


@pytest.mark.parametrize(
    ("tag", "ours"),
    [("sv-FI", "sv"), ("zh-CN", "zh-hans"), ("zh_Hans_SG", "zh-hans"), ("EN-gb", "en"),
     ("de", None), ("", None)],
)  # fmt: skip
def test_a_customer_s_language_is_found_among_ours(tag, ours):
    assert our_language(tag) == ours


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_every_shipped_template_says_something_in_every_language(code, language):
    Company.objects.update(name="Lindqvist Te", time_zone="Europe/Stockholm")
    letter = preview(code, language)
    assert letter.language == language
    assert letter.subject
    assert "Lindqvist Te" in letter.text
    assert "{" not in letter.subject + letter.text
    used = names_in(SHIPPED[code].subject) | names_in("".join(SHIPPED[code].paragraphs))
    assert used == set(SHIPPED[code].variables)


@pytest.mark.django_db
def test_own_words_replace_the_shipped_ones_in_their_language_and_are_kept_by_version():
    Company.objects.update(name="Lindqvist Te")
    dee = staff("Dee", Role.OWNER)
    told = {"language": "sv", "subject": "Tack", "by": dee.pk}
    first = save_template("promise.kept", text="{promised} är klart.", **told)
    assert save_template("promise.kept", text="{promised} är klart.", **told) == first
    save_template("promise.kept", text="Nu är {promised} klart.", **told)
    rows = TemplateVersion.objects.order_by("version").values_list("version", "text")
    assert list(rows) == [(1, "{promised} är klart."), (2, "Nu är {promised} klart.")]
    values = {"promised": "Sencha", "due_at": DUE}
    _, swedish = letter_of("promise.kept", "sv", values)
    assert (swedish.subject, swedish.text) == ("Tack", "Nu är Sencha klart.")
    _, english = letter_of("promise.kept", "en", values)
    assert english.subject == "As promised: Sencha"
    assert AuditEntry.objects.filter(action="template.saved").count() == 2


@pytest.mark.django_db
def test_a_version_is_never_changed():
    made = save_template("offer.spring", language="en", subject="S", text="T", by=None)
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="append-only"):
        cursor.execute("UPDATE message_templateversion SET text = 'x' WHERE id = %s", [made.pk])


@pytest.mark.django_db
def test_where_the_reader_s_language_is_not_said_the_company_s_is():
    Company.objects.update(first_language="sv")
    for language in ("en", "sv"):
        save_template(
            "offer.spring",
            language=language,
            subject=language,
            text="x",
            purpose=MessagePurpose.OFFERS,
            by=None,
        )
    told_in, wording = wording_of("offer.spring", "zh-hans")
    assert (told_in, wording.subject, wording.purpose) == ("sv", "sv", MessagePurpose.OFFERS)
    assert wording_of("offer.spring", "en")[0] == "en"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"text": "{name}"}, UnknownVariable),
        ({"subject": "{name}"}, UnknownVariable),
        ({"text": "{due.year}"}, BadTemplate),
        ({"text": " "}, BadValue),
        ({"text": "a\0b"}, BadValue),
        ({"subject": "a\nBcc: b@example.org"}, BadValue),
        ({"subject": "s" * 201}, BadValue),
        ({"language": "de"}, BadValue),
    ],
)
def test_what_cannot_be_filled_in_is_refused_when_it_is_saved(told, error):
    right = {"language": "en", "subject": "S", "text": "{due}"}
    with pytest.raises(error):
        save_template("offer.spring", **(right | told), variables={"due": ValueKind.DAY}, by=None)
    assert not TemplateVersion.objects.exists()


@pytest.mark.django_db
def test_an_unknown_template_is_refused_by_name():
    with pytest.raises(NoSuchTemplate, match="There is no template"):
        wording_of("offer.spring", "en")
