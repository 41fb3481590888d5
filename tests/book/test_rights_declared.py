"""By inspection, so that a table that is added later is held to it too."""

import enum

from django.apps import apps
from django.db.models import UUIDField

from regulars.book import held as declarations
from regulars.book import held_words
from regulars.book.held import Fate, held_tables
from regulars.book.models import Customer
from regulars.company.models import AuditEntry
from regulars.kit.texts import LANGUAGES, say

# What speaks of customers without a relation: found by the audit log's own query.
BY_A_QUERY = {AuditEntry}
# Of models whose field holds no customer although its name says so.
NAMES = {"customer", "customer_id", "person_id"}


def leads_to_a_customer():
    """Every model with a way of relations to a customer, however long, or with a customer's id."""
    found = {Customer}
    models = [each for each in apps.get_models() if each._meta.app_label not in {"auth", "admin"}]
    for model in models:
        loose = {f.name for f in model._meta.get_fields() if isinstance(f, UUIDField)}
        if loose & NAMES:
            found.add(model)
    while True:
        more = {
            model
            for model in models
            for field in model._meta.get_fields()
            if getattr(field, "related_model", None) in found and not field.auto_created
        }
        if more <= found:
            return found
        found |= more


def test_every_table_that_leads_to_a_customer_is_declared_once():
    declared = [table.model for table in held_tables()]
    assert len(declared) == len(set(declared))
    assert leads_to_a_customer() - set(declared) - BY_A_QUERY == set()
    assert set(declared) - leads_to_a_customer() - _by_address() == set()


def _by_address():
    return {table.model for table in held_tables() if table.address}


def test_every_way_and_every_column_that_is_declared_is_there():
    for table in held_tables():
        fields = [column.field for column in table.columns]
        currencies = [column.currency for column in table.columns if column.currency]
        found = table.model.objects.values(*fields, *currencies, *table.of)
        assert str(found.query)


def test_every_text_a_person_can_be_in_is_declared_for_the_copy():
    """A column of text that is not shown would be held and not told."""
    free = {"SearchEntry", "Event"}
    for table in held_tables():
        if table.model.__name__ in free:
            continue
        shown = {column.field for column in table.columns}
        texts = {
            field.name
            for field in table.model._meta.get_fields()
            if field.get_internal_type() in {"TextField", "JSONField"} and not field.is_relation
        }
        # Outcomes by field, without a word of what the records say; where it stands in the codes.
        assert texts - shown <= {"evidence"}, table.name


def test_every_code_of_a_declared_table_has_words_in_three_languages():
    codes = set()
    for module in {table.model.__module__ for table in declarations._BOOK}:
        for each in vars(__import__(module, fromlist=["x"])).values():
            is_code = isinstance(each, type) and issubclass(each, enum.StrEnum)
            if is_code and each.__module__ == module:
                codes |= {str(code) for code in each}
    # Of tables that no person sees, or shown as times.
    unseen = {"broken", "kept", "kept_late"}
    assert codes - unseen - set(held_words.CODES) == set()
    for lang in LANGUAGES:
        assert all(say(words, lang) for words in held_words.CODES.values())


def test_what_an_erasure_lets_go_is_what_says_who_it_was():
    by_fate = {fate: {t.name for t in declarations._BOOK if t.fate is fate} for fate in Fate}
    assert by_fate[Fate.EMPTIED] == {"customers"}
    assert by_fate[Fate.GOES] == {
        "identities",
        "interests",
        "days",
        "affiliations",
        "notes",
        "suggestions",
        "search_keys",
    }
