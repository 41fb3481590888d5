"""The gate asks the budget right before a message goes, and keeps what it said with its numbers."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.book.known import Known
from regulars.book.models import Event
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.models.customer import IdentityKind
from regulars.book.models.restriction import RestrictionGround
from regulars.book.services.consents import EVERYTHING, Act, give_consent, withdraw_consent
from regulars.book.services.customers import add_identity
from regulars.book.services.erasing import erase_customer
from regulars.book.services.joining import join_customers
from regulars.book.services.restricting import restrict_customer
from regulars.messages.budget.fates import FateCode
from regulars.messages.budget.rules import DEFAULT_RULES, as_json
from regulars.messages.deciding import Verdict
from regulars.messages.models import BudgetDecision, Outgoing
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState
from regulars.messages.queries.contact_budget import budget_of, explain
from regulars.messages.queries.standing import has_open_complaint, zone_of
from regulars.messages.services.contact_rules import publish_rules, set_preference
from regulars.messages.services.fates import apply_decision, end
from regulars.messages.services.gate import approach, decide
from tests.messages.outgoing import LETTER, now_of, queued
from tests.support.cast import at, customer, told, works_here

pytestmark = pytest.mark.django_db
NOON = at("2026-01-15 11:00")
FORM = Act(ConsentHow.FORM)
LONG_AGO = at("2025-01-01 12:00")


@pytest.fixture
def ana(db):
    return agreed(customer())


def agreed(who):
    give_consent(who, EVERYTHING, FORM, at=LONG_AGO, **told())
    set_preference(who, time_zone="Europe/Stockholm", by=None)
    return who


def offer(who, key, *, due_at=NOON, **more):
    """An offer that is due, as a sender has it in hand."""
    wanted = {"purpose": MessagePurpose.OFFERS, "kind": "offer", "expires_at": None} | more
    made = queued(key, customer=who, **wanted)
    Outgoing.objects.filter(pk=made.pk).update(not_before=due_at, next_try_at=due_at)
    return now_of(made)


def turn(message, *, now=NOON):
    """What a sender does with a message it has claimed; gives (state, fate)."""
    Outgoing.objects.filter(pk=message.pk, state__in=("waiting", "deferred")).update(
        state=OutgoingState.LEASED, lease_id=UUID(int=1), lease_until=now
    )
    message = now_of(message)
    if apply_decision(message, decide(message, at=now), at=now):
        end(message, OutgoingState.SENT, at=now, admitted_at=message.admitted_at or now)
    message = now_of(message)
    return message.state, message.fate


SENT = ("sent", "")


def test_five_journeys_want_the_same_person_and_each_has_a_recorded_fate(ana):
    channels = (OutgoingChannel.EMAIL, OutgoingChannel.SMS)
    five = [offer(ana, f"j{n}", priority=n, channel=channels[n % 2]) for n in (5, 3, 1, 4, 2)]
    came = {message.priority: turn(message) for message in five}
    lost = ("deferred", "outranked")
    assert came == {1: SENT, 2: SENT, 3: lost, 4: lost, 5: lost}
    assert {each.code for each in BudgetDecision.objects.all()} == {"free", "outranked"}
    assert BudgetDecision.objects.count() == 5
    loser = now_of(next(each for each in five if each.priority == 3))
    assert explain(loser).until == at("2026-01-22 11:00")
    # It is looked at again the next day: who was to go before it may have been taken back.
    assert loser.next_try_at == NOON + timedelta(days=1)
    assert turn(loser, now=loser.next_try_at) == ("deferred", "cap_reached")
    assert now_of(loser).next_try_at == at("2026-01-22 11:00")


def test_what_went_by_sms_holds_a_place_of_mail(ana):
    for key in ("a", "b"):
        assert turn(offer(ana, key, channel=OutgoingChannel.SMS)) == SENT
    assert turn(offer(ana, "c")) == ("deferred", "cap_reached")
    assert turn(offer(ana, "d", purpose=MessagePurpose.SERVICE)) == SENT


def test_what_never_arrived_gives_its_place_back(ana):
    first, second = offer(ana, "a"), offer(ana, "b")
    assert (turn(first), turn(second)) == (SENT, SENT)
    Outgoing.objects.filter(pk=first.pk).update(state=OutgoingState.FAILED)
    assert turn(offer(ana, "c")) == SENT


def test_records_of_one_customer_share_one_budget_and_one_cooldown(ana):
    anna = agreed(customer("Anna"))
    assert turn(offer(ana, "a")) == SENT
    assert turn(offer(anna, "b")) == SENT
    survey = {"purpose": MessagePurpose.SURVEYS, "kind": "survey.nps"}
    week_later = NOON + timedelta(days=8)
    assert turn(offer(anna, "s1", due_at=week_later, **survey), now=week_later) == SENT
    join_customers(ana, anna, **told())
    next_day = week_later + timedelta(days=1)
    assert turn(offer(ana, "s2", due_at=next_day, **survey), now=next_day) == (
        "deferred",
        "cooldown",
    )
    assert turn(offer(ana, "c", due_at=next_day), now=next_day) == SENT
    assert turn(offer(anna, "d", due_at=next_day), now=next_day) == ("deferred", "cap_reached")


def test_what_is_due_at_half_past_five_waits_for_nine(ana):
    early = at("2026-01-15 04:30")
    message = offer(ana, "a", due_at=early)
    assert turn(message, now=early) == ("deferred", "quiet_hours")
    assert now_of(message).next_try_at == at("2026-01-15 08:00")
    stale = offer(ana, "b", due_at=early, expires_at=None)
    Outgoing.objects.filter(pk=stale.pk).update(expires_at=at("2026-01-15 07:30"))
    assert turn(stale, now=early) == ("dropped", "expired")
    assert explain(now_of(stale)).sentence("en") == (
        "It was worth sending until 15 Jan 2026 08:30 and could not go before that."
    )
    assert turn(message, now=at("2026-01-15 08:00")) == SENT


def test_consent_withdrawn_between_queue_and_send_is_heeded(ana):
    message = offer(ana, "a")
    assert message.state == "waiting"
    withdraw_consent(ana, EVERYTHING, FORM, at=NOON - timedelta(minutes=1), **told())
    assert turn(message) == ("dropped", "no_consent")
    assert explain(now_of(message)).sentence("en") == (
        "The customer did not agree to this, or does not any more."
    )


def test_without_consent_a_message_ends_when_it_is_queued():
    stranger = customer("Bo")
    assert offer(stranger, "a").state == "dropped"
    assert BudgetDecision.objects.get().code == FateCode.NO_CONSENT


def complaint(who, kind, moment, number=1):
    Event.objects.create(
        kind=f"complaint.{kind}",
        customer=who,
        occurred_at=moment,
        subject="complaint",
        subject_id=UUID(int=number),
        source="desk",
        source_key=f"{kind}:{number}:{moment}",
    )


def test_an_open_complaint_lets_service_through_alone_until_it_is_closed(ana):
    assert not has_open_complaint(ana)
    complaint(ana, "opened", NOON - timedelta(hours=5))
    complaint(ana, "opened", NOON - timedelta(hours=4), number=2)
    complaint(ana, "closed", NOON - timedelta(hours=3), number=2)
    message = offer(ana, "a")
    assert turn(message) == ("deferred", "open_complaint")
    assert now_of(message).next_try_at == NOON + timedelta(days=1)
    assert turn(offer(ana, "b", purpose=MessagePurpose.SERVICE)) == SENT
    complaint(ana, "closed", NOON + timedelta(hours=1))
    assert turn(message, now=NOON + timedelta(days=1)) == SENT
    complaint(ana, "opened", NOON + timedelta(hours=30))
    assert has_open_complaint(ana)


def test_who_was_erased_after_the_claim_gets_nothing(ana):
    message = offer(ana, "a")
    erase_customer(ana, by=None)
    assert turn(message) == ("dropped", "erased")


def test_the_clock_is_the_customers_as_they_told_or_as_their_phone_tells():
    bo = customer("Bo")
    assert zone_of(bo).key == "UTC"  # the company's
    add_identity(bo, Known(IdentityKind.PHONE, "+8613912345678"), **told())
    assert zone_of(bo).key == "Asia/Shanghai"
    set_preference(bo, time_zone="America/Chicago", by=None)
    assert zone_of(bo).key == "America/Chicago"
    cy = customer("Cyd")
    add_identity(cy, Known(IdentityKind.PHONE, "+18005550123"), **told())
    assert zone_of(cy).key == "UTC"  # it may be anywhere in America


def test_who_lost_a_place_is_said_in_the_message_that_has_it_where_the_rules_say_so(ana):
    rules = as_json(replace(DEFAULT_RULES, merged_kinds=frozenset({"offer"})))
    publish_rules(rules, after=0, by=works_here("Dee").pk)
    words = {"subject": "New cups", "text": "They came today."}
    first, second = offer(ana, "a", priority=1), offer(ana, "b", priority=2)
    third = offer(ana, "c", priority=3, payload=LETTER | words)
    assert turn(first) == SENT
    assert (now_of(third).state, now_of(third).merged_into_id) == ("merged", first.pk)
    assert turn(second) == SENT
    assert now_of(first).content.payload["text"] == (
        f"{LETTER['text']}\n\nNew cups\n\nThey came today."
    )


def test_one_that_is_asked_first_is_said_in_the_one_that_matters_more(ana):
    rules = replace(DEFAULT_RULES, merged_kinds=frozenset({"offer"}))
    publish_rules(as_json(rules), after=0, by=works_here("Dee").pk)
    assert turn(offer(ana, "z")) == SENT
    loser, winner = offer(ana, "a", priority=2), offer(ana, "b", priority=1)
    assert turn(loser) == ("merged", "said_in_another")
    assert now_of(loser).merged_into_id == winner.pk
    assert turn(winner) == SENT
    assert now_of(winner).content.payload["text"].count("Hello Ana") == 2


def test_what_is_asked_in_the_app_counts_and_is_counted(ana):
    asked = {"channel": MessageChannel.CHAT, "purpose": MessagePurpose.SURVEYS}
    fate = approach(ana, kind="survey.nps", key="n1", at=NOON, **asked)
    assert fate.verdict is Verdict.SEND
    again = approach(ana, kind="survey.nps", key="n1", at=NOON, **asked)
    assert again.verdict is Verdict.SEND
    second = approach(ana, kind="survey.csat", key="c1", at=NOON, **asked)
    assert (second.verdict, second.code) == (Verdict.DEFER, FateCode.COOLDOWN)
    left = budget_of(ana, at=NOON)
    assert [(place.n_taken, place.n_left) for place in left.places] == [(1, 1)]
    assert [(each.last_at, each.free_at) for each in left.cooldowns] == [
        (NOON, at("2026-04-14 22:00"))
    ]


def test_a_customer_sees_what_is_left_and_sets_their_own_limit(ana):
    set_preference(ana, most_a_week=1, by=None)
    assert turn(offer(ana, "a")) == SENT
    assert turn(offer(ana, "b")) == ("deferred", "own_limit")
    left = budget_of(ana, at=NOON)
    week_later = NOON + timedelta(days=7)
    assert [(each.is_own, each.n_left, each.free_at) for each in left.places] == [
        (False, 1, NOON),
        (True, 0, week_later),
    ]
    assert set_preference(ana, by=None) is None
    assert turn(offer(ana, "c")) == SENT


def test_a_decision_costs_a_fixed_number_of_statements(ana):
    def n_statements(message):
        Outgoing.objects.filter(pk=message.pk).update(
            state=OutgoingState.LEASED, lease_id=UUID(int=1), lease_until=NOON
        )
        message = Outgoing.objects.select_related("customer").get(pk=message.pk)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            decide(message, at=NOON)
        return len(asked)

    few = n_statements(offer(ana, "a"))
    for n in range(20):
        offer(ana, f"more{n}", priority=9)
    assert n_statements(offer(ana, "b")) == few


def test_service_waits_for_the_morning_where_the_rules_say_so(ana):
    rules = as_json(DEFAULT_RULES)
    purposes = [*rules["quiet"]["purposes"], "service"]
    rules["quiet"] |= {"purposes": purposes}
    early = at("2026-01-15 04:30")
    service = {"purpose": MessagePurpose.SERVICE, "due_at": early}
    assert turn(offer(ana, "a", **service), now=early) == SENT
    publish_rules(rules, after=0, by=works_here("Dee").pk)
    assert turn(offer(ana, "b", **service), now=early) == ("deferred", "quiet_hours")


def test_whoever_is_restricted_gets_nothing(ana):
    message = offer(ana, "a", purpose=MessagePurpose.SERVICE)
    restrict_customer(ana, ground=RestrictionGround.OBJECTION, **told())
    assert turn(message) == ("dropped", "restricted")
