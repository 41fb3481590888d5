"""By walking the models, so that a table that is added later is held to it too."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.book.models import (
    Affiliation,
    Consent,
    Contact,
    Customer,
    Dispute,
    Event,
    Identity,
    ImportantDay,
    Interest,
    Invoice,
    JoinSuggestion,
    Note,
    Order,
    OrderLine,
    Promise,
    Return,
    ReturnLine,
    SearchEntry,
)
from regulars.book.queries.affiliations import organisations_of
from regulars.book.queries.consents import consents_of
from regulars.book.queries.contacts import contacts_of
from regulars.book.queries.days import days_of
from regulars.book.queries.interests import interests_of
from regulars.book.queries.invoices import invoices_of
from regulars.book.queries.orders import orders_of, returns_of
from regulars.book.queries.promises import promises_of
from regulars.book.queries.search import found_customers
from regulars.book.queries.story import story_of
from regulars.book.queries.suggestions import conflicts_to_decide
from regulars.book.queries.wholes import identities_of
from regulars.book.services.erasing import erase_customer
from regulars.book.services.joining import (
    AlreadyOneCustomer,
    NotJoined,
    join_customers,
    split_customers,
)
from regulars.company.models import AuditEntry
from tests.support.cast import told, works_here
from tests.support.lives import hanging_models, lived

pytestmark = pytest.mark.django_db
HANGING = hanging_models()
# What an erasure leaves: times, amounts and codes, by which the figures stay true.
STAYS = {
    Consent,
    Contact,
    Dispute,
    Event,
    Invoice,
    Order,
    OrderLine,
    Promise,
    Return,
    ReturnLine,
}


def hung_on(who):
    """{model: ids of its rows from which a key leads to the record}."""
    held = {}
    for model, paths in HANGING.items():
        leads = Q()
        for path in paths:
            leads |= Q(**{path: who.pk})
        held[model] = set(model.objects.filter(leads).values_list("pk", flat=True))
    return held


def all_rows():
    """Every row of the house but those of the two tables that only grow."""
    return {
        model: list(model.objects.order_by("pk").values())
        for model in apps.get_models()
        if model not in (Event, AuditEntry)
    }


def test_the_example_leaves_no_table_out():
    assert {model.__name__ for model, rows in hung_on(lived("Ottilia")).items() if not rows} == (
        set()
    )


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 2), st.integers(0, 2)), max_size=8),
    undoing=st.permutations(range(3)),
)
def test_whatever_is_joined_and_split_leaves_every_row_where_it_was(steps, undoing, three):
    before, hung = all_rows(), [hung_on(who) for who in three]
    for is_join, one, other in steps:
        try:
            if is_join:
                join_customers(three[one], three[other], **told())
            else:
                split_customers(three[one], **told())
        except (AlreadyOneCustomer, NotJoined):
            continue
        for who, rows in zip(three, hung, strict=True):
            now = hung_on(who)
            assert {model: now[model] for model in rows if model is not Event} == {
                model: rows[model] for model in rows if model is not Event
            }
            assert now[Event] >= rows[Event]
    for nth in undoing:
        if Customer.objects.get(pk=three[nth].pk).joined_into_id is not None:
            split_customers(three[nth], **told())
    assert all_rows() == before


@pytest.fixture
def three(db):
    return [lived(f"Ottilia{nth}", nth) for nth in range(3)]


def seen(who, cy):
    """{model: ids of what a question about the customer answers}."""
    return {
        Affiliation: {each.pk for each in organisations_of(who)},
        Consent: {each.pk for each in consents_of(who)},
        Contact: {each.pk for each in contacts_of(who)},
        Dispute: {each.pk for bill in invoices_of(who) for each in bill.disputes.all()},
        Event: {each.pk for each in story_of(who)},
        Identity: {each.pk for each in identities_of(who)},
        ImportantDay: {each.day.pk for each in days_of(who)},
        Interest: {each.pk for each in interests_of([who.pk])[who.pk]},
        Invoice: {each.pk for each in invoices_of(who)},
        JoinSuggestion: {
            each.suggestion.pk
            for each in conflicts_to_decide(cy)
            if who.whole_id in (each.first.whole_id, each.second.whole_id)
        },
        Note: {
            note.pk
            for about in (*contacts_of(who), *promises_of(who))
            for note in about.notes.all()
        },
        Order: {each.order.pk for each in orders_of(who)},
        OrderLine: {line.pk for each in orders_of(who) for line in each.order.lines.all()},
        Promise: {each.pk for each in promises_of(who)},
        Return: {each.pk for each in returns_of(who)},
        ReturnLine: {line.pk for each in returns_of(who) for line in each.lines.all()},
        SearchEntry: {
            who.pk
            for each in identities_of(who)
            if who.whole_id == found_customers(each.value)[0].customer.pk
        },
    }


def test_every_table_is_asked_of_all_records_of_a_customer():
    ana, anna, cy = lived("Ottilia", 1), lived("Nikolina", 2), works_here("Cy")
    one, other = seen(ana, cy), seen(anna, cy)
    assert one.keys() == HANGING.keys()
    join_customers(ana, anna, **told())
    ana, anna = Customer.objects.get(pk=ana.pk), Customer.objects.get(pk=anna.pk)
    both = seen(ana, cy)
    # Of what both hold alike one is shown: the consent, and the interest in one topic.
    for model in (Consent, Interest):
        assert both[model] in (one[model], other[model])
    for model in HANGING.keys() - {Consent, Interest, SearchEntry, Event}:
        assert both[model] == one[model] | other[model], model
    assert both[Event] > one[Event] | other[Event]
    assert both[SearchEntry] == {ana.pk}
    assert seen(anna, cy) == both | {SearchEntry: {anna.pk}}


def test_an_erasure_leaves_no_word_of_who_it_was_in_any_table():
    ana, anna = lived("Ottilia", 1), lived("Nikolina", 2)
    bo = lived("Benjamin", 3)
    join_customers(ana, anna, **told())
    erase_customer(ana, by=None)
    for who in (ana, anna):
        assert {model for model, rows in hung_on(who).items() if rows} == STAYS
    for word in ("ottilia", "nikolina", "+46701234561", "+46701234562"):
        assert tables_with(word) == []
    assert tables_with("benjamin") == [
        "book_affiliation",
        "book_customer",
        "book_identity",
        "book_importantday",
        "book_note",
        "book_searchentry",
    ]
    assert all(hung_on(bo).values())


def tables_with(word):
    """Every table of the database, the house's or not, with a row that holds the word."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for name in tables:
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{name}" held'
                " WHERE lower(held::text) LIKE '%%' || %s || '%%')",
                [word],
            )
            found += [name] * cursor.fetchone()[0]
    return found
