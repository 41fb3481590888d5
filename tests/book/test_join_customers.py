from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.book.known import Known
from regulars.book.models import Customer, Erasure
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.models.contact import ContactKind
from regulars.book.models.customer import IdentityKind
from regulars.book.models.day import DayKind
from regulars.book.queries.access import customer_for, record_for
from regulars.book.queries.affiliations import organisations_of, people_of
from regulars.book.queries.consents import consents_of, may_write
from regulars.book.queries.contacts import contacts_of
from regulars.book.queries.customers import customer_known_by, n_customers
from regulars.book.queries.days import days_ahead, days_of
from regulars.book.queries.interests import interests_of
from regulars.book.queries.orders import net_by_customer, orders_of
from regulars.book.queries.promises import promises_of
from regulars.book.queries.story import story_of
from regulars.book.queries.wholes import joins_of, records_of, wholes_of
from regulars.book.services.affiliations import AlreadyThere, Position, begin_affiliation
from regulars.book.services.consents import Act, Scope, give_consent, withdraw_consent
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.customers import take_down_customer
from regulars.book.services.days import Yearly, note_day
from regulars.book.services.erasing import erase_customer, repeat_erasures
from regulars.book.services.interests import Liking, note_interest
from regulars.book.services.joining import (
    AlreadyOneCustomer,
    NotJoined,
    NotTheSameKind,
    WasErased,
    join_customers,
    split_customers,
)
from regulars.book.services.telling import SourceKeyTaken
from regulars.book.tables import order_lines
from regulars.company.rights import Action
from regulars.kit.ids import readable
from tests.book.shop import bought, gave_back
from tests.support.cast import (
    at,
    audited,
    customer,
    everything,
    kinds_of,
    organisation,
    told,
    works_here,
)
from tests.support.promised import promised

pytestmark = pytest.mark.django_db


def joined(kept, gone):
    return join_customers(kept, gone, **told())


def with_everything(name):
    """A customer on whom something of each kind hangs."""
    who = customer(name)
    bought(key=f"order of {name}", customer=who)
    note_contact(who, Met(ContactKind.CALL, at("2026-03-02 09:00")), **told())
    promised(who)
    note_interest(who, Liking("tea/green"), **told())
    note_day(who, Yearly(DayKind.BIRTHDAY, 5, 1, 1990), **told())
    give_consent(who, NEWSLETTER, Act(ConsentHow.FORM), at=at("2026-03-01 09:00"), **told())
    return who


EMAIL, NEWS = MessageChannel.EMAIL, MessagePurpose.NEWS
NEWSLETTER = Scope((EMAIL,), (NEWS,))


def seen_of(who):
    """What every question about one customer answers, without the customer's own name."""
    who = Customer.objects.get(pk=who.pk)
    return {
        "story": [event.pk for event in story_of(who)],
        "orders": [seen.order.source_key for seen in orders_of(who)],
        "net": net_by_customer([who.pk], currency="SEK")[who.pk],
        "contacts": [contact.pk for contact in contacts_of(who)],
        "promises": [promise.pk for promise in promises_of(who)],
        "interests": [interest.pk for interest in interests_of([who.pk]).get(who.pk, [])],
        "days": [ahead.day.pk for ahead in days_of(who, on=date(2026, 3, 2))],
        "consents": [consent.pk for consent in consents_of(who)],
    }


def test_all_that_hangs_on_either_is_seen_as_one_customer_s():
    ana, anna = with_everything("Ana"), with_everything("Anna")
    alone, other = seen_of(ana), seen_of(anna)
    joined(ana, anna)
    both = seen_of(ana)
    for name in ("orders", "contacts", "promises"):
        assert sorted(map(str, both[name])) == sorted(map(str, alone[name] + other[name]))
    assert both["net"] == alone["net"] + other["net"]
    assert set(both["story"]) > set(alone["story"] + other["story"])
    # Of what both hold alike, one is shown: a topic, a day of birth, a consent.
    assert [len(both[name]) for name in ("interests", "days", "consents")] == [1, 1, 1]
    assert seen_of(anna) == both
    assert (n_customers(), kinds_of(anna)[-1]) == (1, "customer.joined")


def test_a_split_gives_each_back_what_was_theirs():
    ana, anna = with_everything("Ana"), with_everything("Anna")
    before = seen_of(ana), seen_of(anna)
    joined(ana, anna)
    split_customers(anna, **told())
    after = seen_of(ana), seen_of(anna)
    assert after[0] == before[0]
    after[1]["story"] = after[1]["story"][2:]  # what came on top: that it was joined and split
    assert after[1] == before[1]
    assert kinds_of(anna)[-2:] == ["customer.joined", "customer.split"]


def test_what_comes_in_later_by_what_a_record_is_known_by_goes_back_with_it():
    email = Known(IdentityKind.EMAIL, "anna@example.org")
    ana = customer("Ana")
    anna = take_down_customer(name="Anna", known_by=[email], **told())
    joined(ana, anna)
    record = customer_known_by(email)
    assert (record, record.whole) == (anna, ana)
    bought(key="2041", customer=record)
    assert seen_of(ana)["orders"] == ["2041"]
    split_customers(anna, **told())
    assert (seen_of(ana)["orders"], seen_of(anna)["orders"]) == ([], ["2041"])


def test_the_id_of_who_was_joined_finds_who_is_kept():
    ana, anna, cy = customer("Ana"), customer("Anna"), works_here("Cy")
    joined(ana, anna)
    old = readable("cus", anna.pk)
    assert customer_for(cy, old, to=Action.SEE_CUSTOMERS) == ana
    assert record_for(cy, old, to=Action.CHANGE_CUSTOMERS) == anna
    assert wholes_of([ana.pk, anna.pk]) == {ana.pk: ana.pk, anna.pk: ana.pk}


def test_a_chain_is_one_customer_and_a_link_taken_out_keeps_what_hung_below_it():
    ana, anna, anne, an = (customer(name) for name in ("Ana", "Anna", "Anne", "An"))
    joined(anna, anne)
    joined(anna, an)
    joined(ana, anna)
    assert set(records_of(Customer.objects.get(pk=anne.pk))) == {ana, anna, anne, an}
    assert [(each.name, each.joined_into.name) for each in joins_of(ana)] == [
        ("Anna", "Ana"),
        ("Anne", "Anna"),
        ("An", "Anna"),
    ]
    split_customers(anna, **told())
    assert wholes_of([ana.pk, anne.pk, an.pk]) == {ana.pk: ana.pk, anne.pk: anna.pk, an.pk: anna.pk}
    split_customers(anne, **told())
    assert wholes_of([anne.pk, an.pk]) == {anne.pk: anne.pk, an.pk: anna.pk}


def test_whoever_is_named_the_wholes_are_joined():
    ana, anna, bo, bosse = (customer(name) for name in ("Ana", "Anna", "Bo", "Bosse"))
    joined(ana, anna)
    joined(bo, bosse)
    assert joined(anna, bosse) == ana
    assert wholes_of([bo.pk, bosse.pk]) == {bo.pk: ana.pk, bosse.pk: ana.pk}
    bo.refresh_from_db()
    assert (bo.joined_into, bosse.events.count()) == (ana, 2)


def test_a_repeated_join_or_split_changes_nothing():
    ana, anna, join, split = customer("Ana"), customer("Anna"), told(), told()
    assert join_customers(ana, anna, **join) == ana
    before = everything()
    assert join_customers(ana, anna, **join) == ana
    assert everything() == before
    split_customers(anna, **split)
    before = everything()
    assert split_customers(anna, **split).kept is None
    join_customers(ana, anna, **join)  # it was told before the split
    assert everything() == before


def test_who_joined_and_split_is_audited():
    ana, anna, cy = customer("Ana"), customer("Anna"), works_here("Cy")
    join_customers(ana, anna, **told(by=cy))
    split_customers(anna, **told(by=cy))
    assert audited() == [("customer.joined", cy.pk), ("customer.split", cy.pk)]


def test_refusals_change_nothing():
    ana, anna, tehuset, gone = customer("Ana"), customer("Anna"), organisation(), customer("Bo")
    join_customers(ana, anna, **told(key="join"))
    erase_customer(gone, by=None)
    before = everything()
    for pair in ((anna, ana), (ana, anna), (ana, ana)):
        with pytest.raises(AlreadyOneCustomer):
            joined(*pair)
    with pytest.raises(NotTheSameKind):
        joined(ana, tehuset)
    with pytest.raises(WasErased):
        joined(ana, gone)
    with pytest.raises(WasErased):
        joined(gone, ana)
    with pytest.raises(NotJoined):
        split_customers(ana, **told())
    with pytest.raises(SourceKeyTaken):
        split_customers(anna, **told(key="join"))
    assert everything() == before


@pytest.mark.parametrize(
    "values",
    [{"joined_into": "bo"}, {"kept": "bo"}, {"joined_into": "ana", "kept": "ana"}],
)
def test_the_database_itself_refuses_half_a_join(values):
    who = {"ana": customer("Ana"), "bo": customer("Bo")}
    with pytest.raises(IntegrityError, match="customer_is_joined_where_another_is_kept"):
        Customer.objects.filter(pk=who["ana"].pk).update(
            **{field: who[name] for field, name in values.items()}
        )


def test_an_erasure_takes_all_records_and_joining_them_no_more():
    email = Known(IdentityKind.EMAIL, "anna@example.org")
    ana = customer("Ana")
    anna = take_down_customer(name="Anna", known_by=[email], **told())
    joined(ana, anna)
    assert erase_customer(anna, by=None).customer_id == anna.pk
    assert [who.name for who in Customer.objects.all()] == ["", ""]
    assert (Erasure.objects.count(), customer_known_by(email)) == (2, None)


def test_the_list_of_erasures_takes_only_the_records_it_names():
    ana, bo = customer("Ana"), customer("Bo")
    joined(ana, bo)  # as an older backup holds it; they were split before Bo was erased
    repeat_erasures({bo.pk: at("2026-03-02 09:00")})
    assert set(Customer.objects.values_list("name", flat=True)) == {"Ana", ""}


def test_the_latest_word_under_any_record_decides_whether_we_may_write():
    ana, anna = customer("Ana"), customer("Anna")
    give_consent(ana, NEWSLETTER, Act(ConsentHow.FORM), at=at("2026-03-01 09:00"), **told())
    withdraw_consent(anna, NEWSLETTER, Act(ConsentHow.LINK), at=at("2026-03-02 09:00"), **told())
    assert may_write(ana.pk, EMAIL, NEWS)
    joined(ana, anna)
    assert not may_write(ana.pk, EMAIL, NEWS)
    assert not may_write(anna.pk, EMAIL, NEWS)
    split_customers(anna, **told())
    assert may_write(ana.pk, EMAIL, NEWS)


def test_a_day_both_records_hold_comes_once_and_days_that_differ_are_both_shown():
    ana, anna, on = customer("Ana"), customer("Anna"), date(2026, 4, 30)
    note_day(ana, Yearly(DayKind.BIRTHDAY, 5, 1), **told())
    note_day(anna, Yearly(DayKind.BIRTHDAY, 5, 1, 1990), **told())
    joined(ana, anna)
    assert [ahead.years for ahead in days_ahead(within_days=7, on=on)] == [36]
    note_day(ana, Yearly(DayKind.BIRTHDAY, 5, 2), **told())
    assert [ahead.on.day for ahead in days_ahead(within_days=7, on=on)] == [1, 2]


def test_a_person_joined_is_once_among_the_people_of_an_organisation():
    ana, anna, tehuset, te = customer("Ana"), customer("Anna"), organisation(), organisation("Te")
    begin_affiliation(ana, tehuset, Position(), **told())
    begin_affiliation(anna, te, Position(), **told())
    joined(ana, anna)
    joined(tehuset, te)
    assert [found.person.whole for found in people_of(te)] == [ana]
    assert [found.organisation.whole for found in organisations_of(anna)] == [tehuset]
    with pytest.raises(AlreadyThere):
        begin_affiliation(ana, te, Position(), **told())


PAIRS = st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 5)), max_size=12)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=PAIRS, undoing=st.permutations(range(6)))
def test_whatever_is_joined_and_split_undone_in_any_order_leaves_the_rows_as_they_were(
    steps, undoing, six
):
    before = rows()
    for is_join, one, other in steps:
        try:
            if is_join:
                joined(six[one], six[other])
            else:
                split_customers(six[one], **told())
        except (AlreadyOneCustomer, NotJoined):
            continue
        assert_each_stands_at_the_end_of_its_joins()
    for nth in undoing:
        if Customer.objects.get(pk=six[nth].pk).joined_into_id is not None:
            split_customers(six[nth], **told())
    assert rows() == before


@pytest.fixture
def six(db):
    return [with_everything(f"Customer {nth}") for nth in range(6)]


def rows():
    """Every row of the book but for the two that only grow: what happened, and who looked."""
    return {
        name: held for name, held in everything().items() if name not in ("Event", "AuditEntry")
    }


def assert_each_stands_at_the_end_of_its_joins():
    """`kept` is what one comes to by following `joined_into`, and there is no ring."""
    into = dict(Customer.objects.values_list("pk", "joined_into"))
    for pk, kept in Customer.objects.values_list("pk", "kept"):
        end, seen = pk, set()
        while into[end] is not None:
            assert end not in seen
            seen.add(end)
            end = into[end]
        assert kept == (None if end == pk else end)


def test_measures_see_what_a_joined_record_bought_as_the_kept_one_s():
    ana, anna = customer("Ana"), customer("Anna")
    order = bought(key="1", customer=anna)
    gave_back(order, (1, "1", 1))
    joined(ana, anna)
    with order_lines(ZoneInfo("UTC")) as lines:
        assert lines.read_all()["customer"].to_pylist() == [str(ana.pk)] * 2
