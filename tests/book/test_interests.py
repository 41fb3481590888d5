import pytest
from django.db.utils import IntegrityError

from regulars.book.models import Interest
from regulars.book.models.interest import InterestOrigin
from regulars.book.queries.interests import interests_of
from regulars.book.services.fitting import BadValue
from regulars.book.services.interests import Liking, drop_interest, note_interest
from tests.support.cast import at, audited, customer, everything, kinds_of, told, works_here

pytestmark = pytest.mark.django_db
LEARNED = InterestOrigin.LEARNED
MONDAY, TUESDAY = at("2026-03-02 10:00"), at("2026-03-03 10:00")


def held(who):
    return [(i.topic, i.is_wanted, i.strength_share) for i in interests_of([who.pk])[who.pk]]


def test_what_was_told_outranks_what_was_learned_and_the_strongest_come_first():
    ana = customer()
    note_interest(ana, Liking("tea/green", strength_share=0.9, origin=LEARNED), **told())
    note_interest(ana, Liking("tea/green", is_wanted=False, strength_share=0.4), **told())
    note_interest(ana, Liking("coffee", strength_share=0.7, origin=LEARNED), **told())
    assert held(ana) == [("coffee", True, 0.7), ("tea/green", False, 0.4)]
    assert kinds_of(ana) == ["interest.learned", "interest.told", "interest.learned"]


def test_the_latest_word_holds_in_whatever_order_words_arrive():
    ana = customer()
    note_interest(ana, Liking("coffee", is_wanted=False), at=TUESDAY, **told())
    note_interest(ana, Liking("coffee"), at=MONDAY, **told())
    assert held(ana) == [("coffee", False, 1.0)]
    note_interest(ana, Liking("coffee", strength_share=0.5), **told())
    assert held(ana) == [("coffee", True, 0.5)]


def test_told_twice_it_is_one():
    ana, same = customer(), told(key="same")
    assert note_interest(ana, Liking("coffee"), **same) == note_interest(
        ana, Liking("coffee"), **same
    )
    assert kinds_of(ana) == ["interest.told"]


def test_what_never_was_one_is_dropped_and_repeating_brings_it_not_back():
    ana, cy, telling, dropping = customer(), works_here("Cy"), told(), told()
    interest = note_interest(ana, Liking("coffee"), **telling)
    for _ in range(2):
        drop_interest(interest, **(dropping | {"by": cy.pk}))
    assert note_interest(ana, Liking("coffee"), **telling) is None
    assert (interests_of([ana.pk]), audited()) == ({}, [("interest.dropped", cy.pk)])


def test_many_customers_are_asked_for_in_two_statements(django_assert_num_queries):
    everybody = [customer(name) for name in ("Ana", "Bo", "Third")]
    for each in everybody[:2]:
        note_interest(each, Liking("coffee"), **told())
    with django_assert_num_queries(2):
        found = interests_of([each.pk for each in everybody])
    assert set(found) == {each.pk for each in everybody[:2]}


@pytest.mark.parametrize(
    ("liking", "field"),
    [
        (Liking("Green tea"), "topic"),
        (Liking(""), "topic"),
        (Liking("x" * 61), "topic"),
        (Liking("tea", strength_share=0), "strength_share"),
        (Liking("tea", strength_share=1.01), "strength_share"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_name_and_nothing_is_noted(liking, field):
    ana = customer()
    before = everything()
    with pytest.raises(BadValue) as refused:
        note_interest(ana, liking, **told())
    assert (refused.value.facts["field"], everything()) == (field, before)


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ({}, "interest_once_per_topic_and_origin"),
        ({"topic": "Green tea"}, "interest_topic_is_a_code"),
        ({"topic": "tea", "origin": "guessed"}, "interest_origin_is_known"),
        ({"topic": "tea", "strength_share": 0}, "interest_strength_is_a_share"),
        ({"topic": "tea", "strength_share": 1.5}, "interest_strength_is_a_share"),
    ],
)
def test_the_database_itself_refuses(values, law):
    said = {"customer": customer(), "topic": "coffee", "origin": "told", "is_wanted": True}
    Interest.objects.create(noted_at=MONDAY, **said)
    with pytest.raises(IntegrityError, match=law):
        Interest.objects.create(noted_at=MONDAY, **(said | values))
