from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from regulars.book.evidence import SAID
from regulars.book.known import Known
from regulars.book.models import Customer, JoinSuggestion, LinkageWeights
from regulars.book.models.customer import CustomerKind, IdentityKind
from regulars.book.models.day import DayKind
from regulars.book.queries.suggestions import (
    NoSuchSuggestion,
    conflicts_to_decide,
    joins_to_decide,
    n_conflicts_to_decide,
    n_joins_to_decide,
    suggestion_for,
)
from regulars.book.queries.wholes import wholes_of
from regulars.book.services import suggesting
from regulars.book.services.customers import take_down_customer
from regulars.book.services.days import Yearly, note_day
from regulars.book.services.erasing import erase_customer
from regulars.book.services.joining import NotTheSameKind, join_customers, split_customers
from regulars.book.services.linking import learn_and_suggest
from regulars.book.services.search_keys import renew_search_keys
from regulars.book.services.suggesting import (
    AlreadyDecided,
    Conflict,
    accept_suggestion,
    decline_suggestion,
    keep_weights,
    note_conflicts,
    suggest_joins_of,
    weigh_again,
    weights_in_use,
)
from regulars.company.queries.access import NotAllowed
from regulars.company.rights import Action
from regulars.kit.ids import readable
from regulars.measure.linkage import COMPARISONS, USUAL, Chances, Weights
from tests.support.cast import audited, everything, kinds_of, told, works_here

pytestmark = pytest.mark.django_db


def came(name, email="", phone="", born=None, kind=CustomerKind.PERSON):
    """Somebody who is new in the book, as the reader of the timeline leaves them."""
    said = ((IdentityKind.EMAIL, email), (IdentityKind.PHONE, phone))
    who = take_down_customer(
        name=name, kind=kind, known_by=[Known(*each) for each in said if each[1]], **told()
    )
    if born:
        note_day(who, Yearly(DayKind.BIRTHDAY, *born), **told())
    recognised(who)
    return who


def recognised(who):
    renew_search_keys([who.pk])
    return suggest_joins_of([who.pk])


def pairs():
    return {(each.first, each.second) for each in JoinSuggestion.objects.filter(state="open")}


@pytest.fixture
def two():
    ana = came("Ana Berg", "teapot@example.org", "+46701234567", (5, 1, 1990))
    return ana, came("Anna Berg", "teapot@example.com", born=(5, 1, 1990))


def suggestion():
    return JoinSuggestion.objects.get()


def test_a_new_record_that_is_probably_known_is_suggested_and_not_joined(two):
    assert pairs() == {two}
    assert wholes_of([each.pk for each in two]) == {each.pk: each.pk for each in two}
    assert suggestion().probability > 0.99


def test_the_evidence_is_told_in_words_the_strongest_first(two):
    (shown,) = joins_to_decide(works_here("Cy"))
    assert [each.said for each in shown.evidence] == [
        "Both were born on the same day.",
        "The e-mail addresses differ only after the @.",
        "The names are spelled nearly alike.",
    ]
    assert [each.doublings for each in shown.evidence] == [14.4, 10.0, 9.0]
    assert (shown.first, shown.second) == two
    assert "ana" not in str(shown.suggestion.evidence).lower()


def test_strangers_are_not_suggested():
    came("Ana Berg", "ana@example.org", "+46701234567", (5, 1, 1990))
    came("Bo Berg", "bo@example.org", "+46731111111", (11, 2, 1961))
    came("Ana Berg")
    came("Ana Berg AB", "ana.berg@example.org2", kind=CustomerKind.ORGANISATION)
    assert pairs() == set()


def test_what_is_accepted_is_joined_once_and_audited(two):
    cy = works_here("Cy")
    assert accept_suggestion(suggestion(), by=cy.pk) == two[0]
    before = everything()
    assert accept_suggestion(suggestion(), by=cy.pk) == two[0]
    assert everything() == before
    assert kinds_of(two[1])[-1] == "customer.joined"
    assert (n_joins_to_decide(), suggestion().decided_by) == (0, cy)
    assert audited() == [("customer.joined", cy.pk), ("join.accepted", cy.pk)]


def test_what_is_declined_does_not_come_again_while_the_records_say_the_same(two):
    ana, anna = two
    decline_suggestion(suggestion(), by=works_here("Cy").pk)
    assert (recognised(ana), recognised(anna), pairs()) == (0, 0, set())
    note_day(anna, Yearly(DayKind.BIRTHDAY, 5, 1, 1991), **told())
    assert (recognised(anna), pairs()) == (1, {two})
    assert (suggestion().decided_at, suggestion().decided_by) == (None, None)


def test_what_was_accepted_and_split_does_not_come_again(two):
    accept_suggestion(suggestion(), by=None)
    split_customers(two[1], **told())
    assert (recognised(two[1]), pairs()) == (0, set())


def test_a_decision_stands_against_the_other_one(two):
    decline_suggestion(suggestion(), by=None)
    before = everything()
    with pytest.raises(AlreadyDecided):
        accept_suggestion(suggestion(), by=None)
    assert everything() == before
    JoinSuggestion.objects.update(state="accepted")
    with pytest.raises(AlreadyDecided):
        decline_suggestion(suggestion(), by=None)


def test_what_is_probable_no_more_is_taken_back(two):
    Customer.objects.filter(pk=two[1].pk).update(name="Zoltan Kovacs")
    two[1].days.all().delete()
    assert (recognised(two[1]), JoinSuggestion.objects.count()) == (0, 0)


def test_who_became_one_customer_by_another_way_is_not_to_be_decided(two):
    join_customers(*two, **told())
    assert (n_joins_to_decide(), joins_to_decide(works_here("Cy"))) == (0, [])
    assert recognised(two[1]) == 0
    split_customers(two[1], **told())
    assert n_joins_to_decide() == 1


def test_a_new_record_is_suggested_to_a_customer_of_several_records(two):
    join_customers(*two, **told())
    third = came("Ana Berg", "teapot@example.net", born=(5, 1, 1990))
    assert pairs() >= {(two[0], third), (two[1], third)}


def test_an_erasure_takes_suggestions_with_it(two):
    erase_customer(two[0], by=None)
    assert not JoinSuggestion.objects.exists()
    assert (recognised(two[0]), recognised(two[1])) == (0, 0)


def test_a_key_that_too_many_share_leads_nowhere_and_others_still_do():
    for nth in range(101):
        namesake = take_down_customer(
            name="Ana Berg", known_by=[Known(IdentityKind.EMAIL, f"{nth}@example.org")], **told()
        )
    assert (recognised(namesake), pairs()) == (0, set())
    late = came("Ana Berg", "q101@example.org", "+46701234567", (5, 1, 1990))
    last = came("Ana Berg", "x102@example.org", born=(5, 1, 1990))
    assert pairs() == {(late, last)}


def test_the_number_of_statements_does_not_grow(two, django_assert_num_queries):
    asked, cy = [each.pk for each in two], works_here("Cy")
    for n_pairs in (3, 6, 10):
        asked.append(came("Ana Berg", born=(5, 1, 1990)).pk)
        with django_assert_num_queries(12):  # ten, and the savepoint around them
            suggest_joins_of(asked)
        with django_assert_num_queries(6):  # five, and the note of it
            assert len(joins_to_decide(cy)) == n_pairs


def test_only_who_may_change_customers_decides(two):
    eli, cy = works_here("Eli"), works_here("Cy")
    wanted, before = readable("joi", suggestion().pk), everything()
    for refused in (
        lambda: joins_to_decide(eli),
        lambda: conflicts_to_decide(eli),
        lambda: suggestion_for(eli, wanted, to=Action.CHANGE_CUSTOMERS),
        lambda: joins_to_decide(AnonymousUser()),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert everything() == before
    assert suggestion_for(cy, wanted, to=Action.CHANGE_CUSTOMERS) == suggestion()
    with pytest.raises(NoSuchSuggestion):
        suggestion_for(cy, "joi_guessed", to=Action.CHANGE_CUSTOMERS)
    assert audited() == [("join.read", cy.pk)]


def test_what_was_learned_last_holds():
    assert weights_in_use() == USUAL
    for prior in (0.1, 0.2):
        keep_weights(Weights(prior, {"born": {"same": Chances(0.8, 0.1)}}), n_records=9)
    assert weights_in_use().prior == 0.2


def test_a_pass_over_everybody_finds_what_coming_in_one_by_one_found(two):
    one_by_one = suggestion()
    JoinSuggestion.objects.all().delete()
    assert learn_and_suggest() == 1
    assert suggestion().probability == pytest.approx(one_by_one.probability)
    decline_suggestion(suggestion(), by=None)
    assert learn_and_suggest() == 0


def test_enough_records_teach_weights_and_both_ways_find_the_same():
    twice = []
    for nth in range(60):
        name, born = f"{chr(97 + nth % 26)}na{nth} Berg{nth % 7}", (nth % 12 + 1, nth % 28 + 1)
        first = came(name, f"{nth}.first@example.org", born=(*born, 1950 + nth % 40))
        twice.append((first, came(name, f"other{nth}@example.com", born=(*born, 1950 + nth % 40))))
    JoinSuggestion.objects.all().delete()
    assert learn_and_suggest() == 60
    assert weights_in_use() != USUAL
    in_one_go = pairs()
    assert in_one_go == set(twice)
    JoinSuggestion.objects.all().delete()
    for _, second in twice:
        recognised(second)
    assert pairs() == in_one_go


@pytest.fixture
def couple():
    ana = came("Ana Berg", phone="+46701234567")
    return ana, came("Bo Lind", "bo@example.org")


def in_conflict(pair, *kinds):
    return note_conflicts([Conflict(pair[1].pk, pair[0].pk, kinds or (IdentityKind.PHONE,))])


def test_a_conflict_is_shown_with_its_evidence_and_neither_joined_nor_taken_back(couple):
    assert in_conflict(couple, IdentityKind.PHONE, IdentityKind.EMAIL) == 1
    for who in couple:
        recognised(who)
    weigh_again()
    cy = works_here("Cy")
    assert (joins_to_decide(cy), n_joins_to_decide(), n_conflicts_to_decide()) == ([], 0, 1)
    (shown,) = conflicts_to_decide(cy)
    assert (shown.first, shown.second) == couple
    assert [each.value for each in shown.first.identities.all()] == ["+46701234567"]
    assert [each.said for each in shown.evidence] == [
        "A source takes the two for one: the phone number belongs to one of them.",
        "A source takes the two for one: the e-mail address belongs to one of them.",
        "The names differ.",
    ]
    assert wholes_of([each.pk for each in couple]) == {each.pk: each.pk for each in couple}
    assert audited()[-1] == ("join_conflict.listed", cy.pk)


def test_a_conflict_told_again_is_one_and_one_that_was_declined_stays_so(couple):
    assert [in_conflict(couple), in_conflict(couple)] == [1, 0]
    decline_suggestion(suggestion(), by=None)
    assert (in_conflict(couple), n_conflicts_to_decide()) == (0, 0)
    note_day(couple[0], Yearly(DayKind.BIRTHDAY, 5, 1, 1991), **told())
    assert (in_conflict(couple), n_conflicts_to_decide()) == (1, 1)
    assert accept_suggestion(suggestion(), by=None) == couple[0]
    assert (in_conflict(couple), n_conflicts_to_decide()) == (0, 0)


def test_what_is_probable_too_becomes_a_conflict_and_stays_one(two):
    assert in_conflict(two, IdentityKind.EMAIL) == 1
    note_day(two[1], Yearly(DayKind.BIRTHDAY, 5, 1, 1991), **told())
    assert (recognised(two[1]), n_conflicts_to_decide(), n_joins_to_decide()) == (1, 1, 0)


def test_of_organisation_and_person_in_conflict_nobody_makes_one(couple):
    shop = came("Lind AB", kind=CustomerKind.ORGANISATION)
    assert in_conflict((couple[1], shop)) == 1
    with pytest.raises(NotTheSameKind):
        accept_suggestion(suggestion(), by=None)
    assert n_conflicts_to_decide() == 1


def test_an_erased_customer_comes_into_no_conflict(couple):
    erase_customer(couple[0], by=None)
    assert (in_conflict(couple), JoinSuggestion.objects.count()) == (0, 0)


def test_what_is_weighed_less_than_before_is_taken_back_by_night(two):
    assert n_joins_to_decide() == 1
    chances = dict(USUAL.chances) | {"born": {"same": Chances(0.5, 0.5)}}
    learned = keep_weights(replace(USUAL, chances=chances, prior=1e-9), n_records=2)
    weigh_again()
    assert JoinSuggestion.objects.count() == 0
    assert list(LinkageWeights.objects.all()) == [learned]


def test_what_somebody_decides_on_while_it_is_weighed_stays_decided(two, monkeypatch):
    keep_weights(replace(USUAL, prior=1e-3), n_records=2)
    told_apart = suggesting._with_conflict

    def decided_meanwhile(held, said):
        JoinSuggestion.objects.update(state="declined", decided_at=timezone.now())
        return told_apart(held, said)

    monkeypatch.setattr(suggesting, "_with_conflict", decided_meanwhile)
    weigh_again()
    assert suggestion().state == "declined"


def test_who_decides_on_what_was_taken_back_meanwhile_is_told_so(two):
    seen = suggestion()
    erase_customer(two[0], by=None)
    before = everything()
    for decide in (accept_suggestion, decline_suggestion):
        with pytest.raises(NoSuchSuggestion):
            decide(seen, by=None)
    assert everything() == before


def test_only_the_latest_weights_are_kept_and_where_nothing_can_be_learned_none():
    for prior in (0.1, 0.2):
        keep_weights(replace(USUAL, prior=prior), n_records=9)
    assert LinkageWeights.objects.count() == 1
    assert learn_and_suggest() == 0
    assert (LinkageWeights.objects.count(), weights_in_use()) == (0, USUAL)


def test_every_outcome_has_its_words():
    outcomes = {(each.name, level.name) for each in COMPARISONS for level in each.levels}
    assert set(SAID) == outcomes | {(kind.value, "in_conflict") for kind in IdentityKind}
