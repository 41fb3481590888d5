import pytest
from django.db import connection
from django.db.utils import IntegrityError

from regulars.company.models import AuditEntry, Company
from regulars.company.queries.company import the_company
from regulars.company.services.company import (
    FirstLanguageNotOffered,
    UnknownCurrency,
    UnknownTimeZone,
    change_company,
)

pytestmark = pytest.mark.django_db
SAID = {
    "name": "Lindqvist Te & Kaffe",
    "time_zone": "Europe/Stockholm",
    "currency": "SEK",
    "languages": ["sv", "en"],
    "first_language": "sv",
}


def state():
    return Company.objects.values().get()


def test_a_new_house_has_one_company_that_has_not_said_who_it_is():
    company = the_company()
    assert (company.name, company.time_zone, company.currency) == ("", "UTC", "EUR")
    assert (company.languages, company.first_language) == (["en", "zh-hans", "sv"], "en")


def test_what_is_said_is_kept_and_each_change_is_noted_with_both_values(dee):
    change_company(**SAID, by=dee)
    assert state() == {"id": 1, **SAID, "languages": ["en", "sv"]}
    change_company(**SAID | {"currency": " cny "}, by=dee)
    noted = AuditEntry.objects.filter(action="company.changed")
    facts = [entry.facts for entry in noted]
    assert len(facts) == 6
    for fact in [
        {"field": "name", "old": "", "new": "Lindqvist Te & Kaffe"},
        {"field": "time_zone", "old": "UTC", "new": "Europe/Stockholm"},
        {"field": "currency", "old": "EUR", "new": "SEK"},
        {"field": "languages", "old": "en zh-hans sv", "new": "en sv"},
        {"field": "first_language", "old": "en", "new": "sv"},
        {"field": "currency", "old": "SEK", "new": "CNY"},
    ]:
        assert fact in facts
    assert {entry.staff_id for entry in noted} == {dee.pk}


def test_saying_the_same_again_notes_nothing(dee):
    change_company(**SAID, by=dee)
    n = AuditEntry.objects.count()
    change_company(**SAID, by=dee)
    assert AuditEntry.objects.count() == n


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"time_zone": "Stockholm"}, UnknownTimeZone),
        ({"currency": "ABC"}, UnknownCurrency),
        ({"first_language": "zh-hans"}, FirstLanguageNotOffered),
        ({"languages": []}, FirstLanguageNotOffered),
    ],
)
def test_a_refused_change_leaves_everything_as_it_was(dee, wrong, refusal):
    before = state()
    with pytest.raises(refusal):
        change_company(**SAID | wrong, by=dee)
    assert state() == before
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ({"currency": "kr"}, "company_currency_is_a_code"),
        ({"languages": ["en", "tlh"]}, "company_languages_are_ours"),
        ({"first_language": "da"}, "company_first_language_is_offered"),
        ({"id": 2}, "company_is_one_row"),
    ],
)
def test_the_database_holds_the_law_itself(change, law):
    with pytest.raises(IntegrityError, match=law):
        Company.objects.update(**change)


def test_the_role_that_runs_the_house_may_change_it(dee):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE regulars_app")
        assert change_company(**SAID, by=dee).name == "Lindqvist Te & Kaffe"
