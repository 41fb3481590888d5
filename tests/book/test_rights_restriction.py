"""Article 18: a customer's data is kept, and used by nobody but those who handle it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from regulars.book.known import Known
from regulars.book.models import Restriction
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.models.contact import ContactKind
from regulars.book.models.customer import IdentityKind
from regulars.book.models.restriction import RestrictionGround
from regulars.book.queries.access import CustomerRestricted, contact_for, customer_for
from regulars.book.queries.consents import may_write
from regulars.book.queries.restrictions import restricted_among, restriction_of
from regulars.book.queries.search import find_customers
from regulars.book.services.consents import EVERYTHING, Act, give_consent
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.customers import add_identity
from regulars.book.services.erasing import erase_customer
from regulars.book.services.joining import join_customers
from regulars.book.services.restricting import (
    AlreadyRestricted,
    NotRestricted,
    lift_restriction,
    restrict_customer,
)
from regulars.book.services.telling import CustomerErased
from regulars.book.tables import order_lines
from regulars.company.rights import Action
from regulars.kit.ids import readable
from tests.book.shop import bought, gave_back
from tests.support.cast import audited, customer, everything, kinds_of, told, works_here
from tests.support.promised import MADE

pytestmark = pytest.mark.django_db
EMAIL, NEWS, SERVICE = MessageChannel.EMAIL, MessagePurpose.NEWS, MessagePurpose.SERVICE
ACCURACY, CLAIMS = RestrictionGround.ACCURACY, RestrictionGround.CLAIMS


def restricted(who, ground=ACCURACY, **more):
    return restrict_customer(who, ground=ground, **(told() | more))


def test_a_restriction_is_noted_in_timeline_and_audit_log_and_asking_again_changes_nothing():
    ana, dee = customer(), works_here("Dee")
    made = restricted(ana, **told(by=dee))
    assert restricted(ana, **told(by=dee)) == made == restriction_of(ana)
    assert kinds_of(ana) == ["customer.restricted"]
    assert audited() == [("restriction.noted", dee.pk)]


def test_the_same_request_told_twice_is_one():
    ana, same = customer(), told(key="letter 7")
    assert restricted(ana, **same) == restricted(ana, **same)
    assert Restriction.objects.count() == 1


def test_another_ground_is_refused_while_one_stands():
    ana = customer()
    restricted(ana)
    before = everything()
    with pytest.raises(AlreadyRestricted) as refused:
        restricted(ana, CLAIMS)
    assert refused.value.facts == {"ground": "accuracy"}
    assert everything() == before


def test_it_is_lifted_once_and_can_come_again():
    ana = customer()
    restricted(ana)
    same = told(key="answer 1")
    lift_restriction(ana, **same)
    lift_restriction(ana, **same)
    assert restriction_of(ana) is None
    with pytest.raises(NotRestricted):
        lift_restriction(ana, **told())
    restricted(ana, CLAIMS)
    assert kinds_of(ana) == ["customer.restricted", "customer.unrestricted", "customer.restricted"]


def test_it_holds_for_every_record_of_the_customer_and_of_others_for_none():
    ana, again, bo = customer(), customer("Anna"), customer("Bo")
    join_customers(ana, again, **told())
    again.refresh_from_db()
    restricted(again)
    assert restricted_among([ana.pk, again.pk, bo.pk]) == {ana.pk, again.pk}


def test_of_two_records_joined_with_a_restriction_each_lifting_frees_both():
    ana, again = customer(), customer("Anna")
    restricted(ana)
    restricted(again, CLAIMS)
    join_customers(ana, again, **told())
    lift_restriction(ana, **told())
    assert restricted_among([ana.pk, again.pk]) == set()


def test_who_is_restricted_is_found_and_opened_by_those_alone_who_handle_it():
    ana, cy, dee = customer("Ana Restricted"), works_here("Cy"), works_here("Dee")
    call = note_contact(ana, Met(ContactKind.CALL, MADE), **told())
    restricted(ana)
    cus, con = readable("cus", ana.pk), readable("con", call.pk)
    assert find_customers(cy, "restricted") == []
    assert [each.customer for each in find_customers(dee, "restricted")] == [ana]
    n_noted = len(audited())
    for getter, one in ((customer_for, cus), (contact_for, con)):
        with pytest.raises(CustomerRestricted):
            getter(cy, one, to=Action.SEE_CUSTOMERS)
    assert len(audited()) == n_noted
    assert customer_for(dee, cus, to=Action.SEE_CUSTOMERS) == ana
    lift_restriction(ana, **told())
    assert customer_for(cy, cus, to=Action.SEE_CUSTOMERS) == ana
    assert [each.customer for each in find_customers(cy, "restricted")] == [ana]


def test_nothing_is_sent_to_them_service_neither_until_it_is_lifted():
    ana = customer()
    give_consent(ana, EVERYTHING, Act(ConsentHow.FORM), **told())
    restricted(ana)
    assert [may_write(ana.pk, EMAIL, purpose) for purpose in (NEWS, SERVICE)] == [False, False]
    lift_restriction(ana, **told())
    assert [may_write(ana.pk, EMAIL, purpose) for purpose in (NEWS, SERVICE)] == [True, True]


def lines():
    with order_lines(ZoneInfo("UTC")) as reader:
        rows = reader.read_all().to_pylist()
    return sorted((row["net_minor"], row["customer"]) for row in rows)


def test_measures_see_what_they_bought_as_an_anonymous_sale():
    ana, again = customer(), customer("Anna")
    join_customers(ana, again, **told())
    again.refresh_from_db()
    order = bought(customer=again, placed_at=datetime(2026, 3, 1, tzinfo=UTC))
    gave_back(order, (1, "1", 4000))
    before = lines()
    assert before == [(-4000, str(ana.pk)), (9000, str(ana.pk))]
    restricted(ana)
    assert lines() == [(-4000, None), (9000, None)]
    lift_restriction(ana, **told())
    assert lines() == before


def test_what_comes_in_meanwhile_is_kept():
    ana = customer()
    restricted(ana)
    add_identity(ana, Known(IdentityKind.EMAIL, "ana@example.org"), **told())
    assert bought(customer=ana).customer == ana
    assert ana.identities.count() == 1


def test_who_was_erased_has_nothing_left_to_restrict():
    ana = customer()
    erase_customer(ana, by=None)
    with pytest.raises(CustomerErased):
        restricted(ana)
