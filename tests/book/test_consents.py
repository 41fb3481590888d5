from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError
from django.utils import timezone

from regulars.book.models import Consent, ConsentWording, Event
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.queries.consents import (
    consent_history,
    consents_of,
    may_write,
    who_may_be_written_to,
)
from regulars.book.services.consents import (
    EVERYTHING,
    Act,
    NothingToConsentTo,
    Scope,
    WordingStands,
    add_wording,
    give_consent,
    withdraw_consent,
)
from regulars.book.services.telling import NotYet, SourceKeyTaken
from regulars.kit.ids import new_id
from tests.support.cast import at, audited, customer, events_of, everything, told, works_here

pytestmark = pytest.mark.django_db
EMAIL, SMS = MessageChannel.EMAIL, MessageChannel.SMS
NEWS, OFFERS, SERVICE = MessagePurpose.NEWS, MessagePurpose.OFFERS, MessagePurpose.SERVICE
MAIL_NEWS = Scope([EMAIL], [NEWS])
FORM, LINK = Act(ConsentHow.FORM), Act(ConsentHow.LINK)
MONDAY, TUESDAY = at("2026-03-02 10:00"), at("2026-03-03 10:00")
NOON = at("2026-03-02 12:00")


def test_nobody_is_written_to_who_never_said_anything():
    assert not may_write(customer().pk, EMAIL, NEWS)


def test_consent_holds_for_its_channel_and_purpose_only():
    ana = customer()
    give_consent(ana, MAIL_NEWS, FORM, **told())
    pairs = [(channel, purpose) for channel in (EMAIL, SMS) for purpose in (NEWS, OFFERS)]
    assert [may_write(ana.pk, *pair) for pair in pairs] == [True, False, False, False]


def test_what_is_withdrawn_takes_effect_at_once_and_what_held_before_stays_known():
    ana = customer()
    give_consent(ana, MAIL_NEWS, FORM, at=MONDAY, **told())
    withdraw_consent(ana, MAIL_NEWS, LINK, at=TUESDAY, **told())
    assert not may_write(ana.pk, EMAIL, NEWS)
    held = [may_write(ana.pk, EMAIL, NEWS, at=then) for then in (MONDAY, NOON, TUESDAY)]
    assert held == [True, True, False]
    assert not may_write(ana.pk, EMAIL, NEWS, at=MONDAY - timedelta(seconds=1))
    assert events_of(ana) == [("consent.given", MONDAY), ("consent.withdrawn", TUESDAY)]


def test_the_latest_by_when_it_happened_holds_and_not_the_last_that_was_told():
    ana = customer()
    withdraw_consent(ana, MAIL_NEWS, LINK, at=TUESDAY, **told())
    give_consent(ana, MAIL_NEWS, FORM, at=MONDAY, **told())  # an import comes late
    assert not may_write(ana.pk, EMAIL, NEWS)


def test_at_the_same_moment_no_wins():
    ana = customer()
    withdraw_consent(ana, MAIL_NEWS, LINK, at=MONDAY, **told())
    give_consent(ana, MAIL_NEWS, FORM, at=MONDAY, **told())
    assert not may_write(ana.pk, EMAIL, NEWS)


def test_withdrawing_everything_closes_what_an_older_consent_told_later_would_open():
    ana = customer()
    withdraw_consent(ana, EVERYTHING, LINK, at=TUESDAY, **told())
    give_consent(ana, Scope([SMS], [OFFERS]), FORM, at=MONDAY, **told())
    assert not may_write(ana.pk, SMS, OFFERS)
    assert Consent.objects.filter(is_given=False).count() == 6 * 4


def test_service_messages_need_no_consent_and_are_not_withdrawn_with_the_rest():
    ana = customer()
    withdraw_consent(ana, EVERYTHING, LINK, **told())
    assert may_write(ana.pk, EMAIL, SERVICE)


def test_many_customers_are_asked_for_in_two_statements(django_assert_num_queries):
    ana, bo, third = customer(), customer("Bo"), customer("Third")
    for each in (ana, bo):
        give_consent(each, MAIL_NEWS, FORM, at=MONDAY, **told())
    withdraw_consent(bo, MAIL_NEWS, LINK, at=TUESDAY, **told())
    with django_assert_num_queries(2):
        assert who_may_be_written_to([ana.pk, bo.pk, third.pk], EMAIL, NEWS) == {ana.pk}


def test_what_holds_and_its_history_are_shown_with_their_proof(django_assert_num_queries):
    ana, cy = customer(), works_here("Cy")
    words = add_wording(code="news", version=1, language="en", text="Yes, write to me.", by=cy.pk)
    give_consent(ana, MAIL_NEWS, Act(ConsentHow.IN_PERSON, words), at=MONDAY, **told(by=cy))
    with django_assert_num_queries(1):
        (held,) = consents_of(ana)
        assert (held.is_given, held.how, held.wording.text, held.occurred_at) == (
            True,
            "in_person",
            "Yes, write to me.",
            MONDAY,
        )
    withdraw_consent(ana, MAIL_NEWS, LINK, at=TUESDAY, **told())
    assert [consent.is_given for consent in consent_history(ana)] == [False, True]
    assert audited() == [("consent.given", cy.pk), ("consent_wording.added", cy.pk)]


def test_told_twice_it_is_one_act():
    ana, same = customer(), told(key="form-1")
    first = give_consent(ana, Scope([EMAIL, SMS], [NEWS]), FORM, **same)
    assert give_consent(ana, Scope([EMAIL, SMS], [NEWS]), FORM, **same) == first
    assert (Consent.objects.count(), len(events_of(ana))) == (2, 1)


def test_the_event_says_codes_and_nothing_else():
    ana = customer()
    give_consent(ana, Scope([SMS, EMAIL], [NEWS]), FORM, **told())
    event = Event.objects.get(kind="consent.given")
    assert event.codes == {"channels": ["email", "sms"], "purposes": ["news"], "how": "form"}
    assert event.subject_id == Consent.objects.first().act_id


@pytest.mark.parametrize(
    "scope", [Scope([], [NEWS]), Scope([EMAIL], []), Scope([EMAIL], [SERVICE])]
)
def test_consent_to_nothing_is_refused_and_nothing_is_noted(scope):
    ana = customer()
    before = everything()
    with pytest.raises(NothingToConsentTo):
        give_consent(ana, scope, FORM, **told())
    assert everything() == before


def test_the_future_and_a_key_that_stands_for_something_else_are_refused():
    ana = customer()
    give_consent(ana, MAIL_NEWS, FORM, **told(key="form-1"))
    before = everything()
    with pytest.raises(NotYet):
        give_consent(ana, MAIL_NEWS, FORM, at=timezone.now() + timedelta(minutes=6), **told())
    with pytest.raises(SourceKeyTaken):
        withdraw_consent(ana, MAIL_NEWS, LINK, **told(key="form-1"))
    assert everything() == before


def test_a_sender_s_clock_that_goes_a_little_fast_delays_no_withdrawal():
    ana = customer()
    give_consent(ana, MAIL_NEWS, FORM, at=MONDAY, **told())
    withdraw_consent(ana, MAIL_NEWS, LINK, at=timezone.now() + timedelta(minutes=4), **told())
    assert not may_write(ana.pk, EMAIL, NEWS)


def test_a_wording_that_people_agreed_to_is_not_changed():
    words = {"code": "news", "version": 1, "language": "en", "by": None}
    first = add_wording(text="Yes.", **words)
    assert add_wording(text="Yes.", **words) == first
    before = everything()
    with pytest.raises(WordingStands) as refused:
        add_wording(text="Yes, and to your partners.", **words)
    assert "news" in str(refused.value)
    assert everything() == before


@pytest.mark.parametrize("table", ["book_consent", "book_consentwording"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = gen_random_uuid()", "DELETE FROM {}"])
@pytest.mark.parametrize("role", ["regulars_owner", "regulars_app"])
def test_what_was_agreed_to_cannot_be_changed_by_anybody(table, act, role):
    words = add_wording(code="news", version=1, language="en", text="Yes.", by=None)
    give_consent(customer(), MAIL_NEWS, Act(ConsentHow.FORM, words), **told())
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(ProgrammingError):
            cursor.execute(act.format(table))


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ({"channel": "pigeon"}, "consent_channel_is_known"),
        ({"purpose": "profit"}, "consent_purpose_is_known"),
        ({"purpose": "service"}, "consent_is_not_asked_for_service"),
        ({"how": "guessed"}, "consent_how_is_known"),
    ],
)
def test_the_database_itself_refuses(values, law):
    said = {"channel": "email", "purpose": "news", "how": "form"} | values
    with pytest.raises(IntegrityError, match=law):
        Consent.objects.create(
            customer=customer(), act_id=new_id(), is_given=True, occurred_at=MONDAY, **said
        )


@pytest.mark.parametrize(
    ("values", "law"),
    [
        ({"code": "News!"}, "wording_code_is_a_code"),
        ({"version": 0}, "wording_version_counts_from_one"),
        ({"text": ""}, "wording_says_something"),
    ],
)
def test_the_database_itself_refuses_a_wording(values, law):
    words = {"code": "news", "version": 1, "language": "en", "text": "Yes."}
    with pytest.raises(IntegrityError, match=law):
        ConsentWording.objects.create(**(words | values))
