"""Into the outbox, once; and out of it again, in time."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.services.consents import Act, Scope, give_consent
from regulars.book.services.erasing import erase_customer
from regulars.book.services.telling import CustomerErased
from regulars.company.models import AuditEntry
from regulars.company.rights import Role
from regulars.kit.ids import new_id
from regulars.messages.models import Outgoing, OutgoingContent
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState
from regulars.messages.services.leasing import claim
from regulars.messages.services.outbox import (
    UNDO_WAIT,
    MessageGone,
    MessageKeyTaken,
    cancel,
)
from tests.book.shop import customer, staff
from tests.messages.outgoing import LETTER, at_noon_here, now_of, queued, told

pytestmark = pytest.mark.django_db


def test_a_message_waits_with_its_content_apart():
    message = queued(customer=customer())
    assert (message.state, message.channel, message.attempts) == ("waiting", "email", 0)
    assert (message.next_try_at, message.fate, message.lane_id) == (message.not_before, "", None)
    content = OutgoingContent.objects.get()
    assert (content.address, content.payload) == ("ana@example.org", LETTER)
    assert told() == []


def test_the_same_key_again_is_the_same_message():
    ana = customer()
    assert queued(customer=ana) == queued(customer=ana)
    assert (Outgoing.objects.count(), OutgoingContent.objects.count()) == (1, 1)


def test_a_key_that_stands_for_another_message_is_refused():
    queued(customer=customer())
    with pytest.raises(MessageKeyTaken) as refused:
        queued(customer=customer("Bo"))
    assert str(refused.value).startswith("The key m1 stands for another message already.")
    assert Outgoing.objects.count() == 1


def test_nothing_is_left_of_a_message_whose_transaction_is_undone():
    with transaction.atomic():
        queued()
        transaction.set_rollback(True)
    assert not Outgoing.objects.exists()


def test_what_a_person_sends_waits_so_that_it_can_be_undone_and_is_noted():
    cy = staff("Cy", Role.AGENT)
    before = timezone.now()
    message = queued(by=cy.pk)
    assert message.not_before - before >= UNDO_WAIT
    assert claim(OutgoingChannel.EMAIL, at_most=9).message_ids == ()
    cancel(message, by=cy.pk)
    cancel(message, by=cy.pk)
    undone = now_of(message)
    assert (undone.state, undone.fate) == (OutgoingState.DROPPED, "undone")
    assert claim(OutgoingChannel.EMAIL, at_most=9, now=before + timedelta(1)).message_ids == ()
    actions = AuditEntry.objects.filter(subject="message").order_by("pk")
    assert [entry.action for entry in actions] == ["message.queued", "message.undone"]


def test_what_was_undone_is_in_the_timeline_of_its_customer():
    cancel(queued(customer=customer()), by=None)
    codes = {"message": "order.sent", "purpose": "service", "fate": "undone"}
    assert told() == [("message.dropped", codes)]


def test_what_a_sender_has_in_hand_cannot_be_undone():
    message = queued()
    claim(OutgoingChannel.EMAIL, at_most=1)
    with pytest.raises(MessageGone, match="it is on its way"):
        cancel(message, by=None)
    assert now_of(message).state == OutgoingState.LEASED


def test_nothing_is_queued_for_somebody_who_was_erased():
    ana = customer()
    erase_customer(ana, by=None)
    with pytest.raises(CustomerErased):
        queued(customer=ana)
    assert not Outgoing.objects.exists()


def test_without_consent_an_offer_is_kept_as_dropped():
    message = queued(customer=customer(), purpose=MessagePurpose.OFFERS)
    assert (message.state, message.fate) == (OutgoingState.DROPPED, "no_consent")
    assert message.ended_at is not None


def test_with_consent_an_offer_waits():
    at_noon_here()
    ana = customer()
    scope = Scope([MessageChannel.EMAIL], [MessagePurpose.OFFERS])
    give_consent(ana, scope, Act(ConsentHow.FORM), source="web", source_key="1", by=None)
    assert queued(customer=ana, purpose=MessagePurpose.OFFERS).state == OutgoingState.WAITING


def test_places_in_a_lane_are_given_in_order_and_a_repeated_key_takes_none():
    lane, endpoint = "endpoint:ana", new_id()
    more = {"channel": OutgoingChannel.WEBHOOK, "endpoint_id": endpoint, "lane": lane}
    made = [queued(key, **more) for key in ("a", "b", "a", "c")]
    assert [message.sequence for message in made] == [1, 2, 1, 3]
    assert queued("d", **(more | {"lane": "endpoint:bo"})).sequence == 1
