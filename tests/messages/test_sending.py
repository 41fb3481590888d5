"""The loop of a sender: what is claimed, what is recorded, and what happens when it breaks."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from regulars.book.models import Customer
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.services.consents import Act, Scope, give_consent, withdraw_consent
from regulars.kit.ids import new_id
from regulars.messages.carriers.carrier import Patience, Permanent, Temporary, Unreachable
from regulars.messages.models import Outgoing, OutgoingContent
from regulars.messages.models.outgoing import OutgoingChannel, OutgoingState
from regulars.messages.services.leasing import LEASE, claim, give_back, renew
from regulars.messages.services.sending import send_next
from tests.book.shop import customer
from tests.messages.outgoing import Kept, at_noon_here, now_of, queued, told

pytestmark = pytest.mark.usefixtures("committed")
OFFERS = Scope([MessageChannel.EMAIL], [MessagePurpose.OFFERS])
FORM = Act(ConsentHow.FORM)


def in_a_lane(key, **more):
    return queued(
        key,
        **{"channel": OutgoingChannel.WEBHOOK, "endpoint_id": new_id(), "lane": "one:ana"} | more,
    )


def keys_claimed(channel=OutgoingChannel.WEBHOOK, **more):
    ids = claim(channel, **{"at_most": 9} | more).message_ids
    return [Outgoing.objects.get(pk=message_id).key for message_id in ids]


def test_what_is_sent_is_recorded_and_told():
    ana = customer()
    message, carrier = queued(customer=ana), Kept()
    assert (send_next(carrier), send_next(carrier)) == (1, 0)
    sent = now_of(message)
    assert (sent.state, sent.provider_id, sent.attempts) == (OutgoingState.SENT, "id-1", 1)
    assert (sent.lease_id, sent.lease_until) == (None, None)
    assert sent.admitted_at <= sent.ended_at
    (dispatch,) = carrier.sent
    assert (dispatch.key, dispatch.address, dispatch.attempt) == ("m1", "ana@example.org", 1)
    assert (dispatch.customer_id, dispatch.admitted_at) == (ana.pk, sent.admitted_at)
    assert told() == [("message.sent", {"message": "order.sent", "purpose": "service"})]


def test_no_transaction_is_open_while_sending():
    class Looking(Kept):
        def send(self, dispatch):
            assert not connection.in_atomic_block
            assert connection.connection is None
            return super().send(dispatch)

    queued()
    looking = Looking()
    send_next(looking)
    assert Outgoing.objects.get().state == OutgoingState.SENT


def test_urgent_messages_go_first_and_later_ones_wait():
    now = timezone.now()
    queued("c", priority=5, not_before=now - timedelta(seconds=1))
    queued("b", priority=5, not_before=now - timedelta(seconds=2))
    queued("a", priority=0, not_before=now)
    queued("later", not_before=now + timedelta(hours=1))
    carrier = Kept()
    send_next(carrier)
    assert [dispatch.key for dispatch in carrier.sent] == ["a", "b", "c"]


def test_consent_withdrawn_between_queue_and_send_is_heard():
    at_noon_here()
    ana = customer()
    give_consent(ana, OFFERS, FORM, source="web", source_key="1", by=None)
    message = queued(customer=ana, purpose=MessagePurpose.OFFERS)
    withdraw_consent(ana, OFFERS, FORM, source="web", source_key="2", by=None)
    carrier = Kept()
    send_next(carrier)
    dropped = now_of(message)
    assert carrier.sent == []
    assert (dropped.state, dropped.fate, dropped.attempts) == ("dropped", "no_consent", 0)
    codes = {"message": "order.sent", "purpose": "offers", "fate": "no_consent"}
    assert told() == [("message.dropped", codes)]


def test_what_is_worth_nothing_any_more_is_dropped():
    message = queued(expires_at=timezone.now() + timedelta(hours=1))
    Outgoing.objects.update(expires_at=timezone.now())
    carrier = Kept()
    send_next(carrier)
    assert (carrier.sent, now_of(message).fate) == ([], "expired")


def test_a_message_whose_content_was_erased_is_dropped():
    message = queued()
    OutgoingContent.objects.all().delete()
    carrier = Kept()
    send_next(carrier)
    assert (carrier.sent, now_of(message).fate) == ([], "erased")


def test_a_temporary_refusal_is_tried_again_later_each_time_with_the_same_key():
    message = queued()
    carrier = Kept(raises=[Temporary("not_now", "450 later")] * 3)
    for minutes in (1, 2, 4):
        before = timezone.now()
        send_next(carrier)
        waiting = now_of(message)
        assert (waiting.state, waiting.fate) == (OutgoingState.WAITING, "not_now")
        assert 0 <= (waiting.next_try_at - before).total_seconds() - 60 * minutes < 30
        Outgoing.objects.update(next_try_at=timezone.now())
    send_next(carrier)
    sent = now_of(message)
    assert (sent.state, sent.fate, sent.attempts) == (OutgoingState.SENT, "", 4)
    assert {dispatch.key for dispatch in carrier.sent} == {"m1"}
    assert len({dispatch.admitted_at for dispatch in carrier.sent}) == 1
    assert OutgoingContent.objects.get().last_answer == "450 later"


def test_the_provider_may_say_how_long_to_wait():
    message = queued()
    before = timezone.now()
    send_next(Kept(raises=[Temporary("not_now", wait=timedelta(minutes=17))]))
    waits = now_of(message).next_try_at - before
    assert timedelta(minutes=17) <= waits < timedelta(minutes=18)


@pytest.mark.parametrize(
    ("given_up", "is_ended"), [(OutgoingState.FAILED, True), (OutgoingState.PAUSED, False)]
)
def test_after_its_time_a_message_is_given_up_as_its_carrier_says(given_up, is_ended):
    message = queued()
    carrier = Kept(raises=[Temporary("not_now")] * 2)
    carrier.patience = Patience(give_up_after=timedelta(seconds=90), given_up=given_up)
    send_next(carrier)
    assert now_of(message).state == OutgoingState.WAITING
    Outgoing.objects.update(next_try_at=timezone.now())
    send_next(carrier)
    ended = now_of(message)
    assert (ended.state, ended.fate) == (given_up, "tries_used_up")
    assert (ended.ended_at is not None) is is_ended


def test_a_permanent_refusal_ends_it_and_is_told():
    message = queued(customer=customer())
    send_next(Kept(raises=[Permanent("bad_address", "550 no such user")]))
    failed = now_of(message)
    assert (failed.state, failed.fate) == (OutgoingState.FAILED, "bad_address")
    ((kind, codes),) = told()
    assert (kind, codes["fate"]) == ("message.failed", "bad_address")
    assert OutgoingContent.objects.get().last_answer == "550 no such user"


def test_a_fault_of_ours_loses_nothing_and_holds_up_nobody_else(caplog):
    first, second = queued("a"), queued("b")
    carrier = Kept(raises=[KeyError("subject")])
    send_next(carrier)
    assert (now_of(first).state, now_of(first).fate) == (OutgoingState.WAITING, "our_fault")
    assert now_of(second).state == OutgoingState.SENT
    assert carrier.n_closed == 1
    assert "could not be sent for a reason of ours" in caplog.text


def test_where_the_provider_is_away_all_is_laid_back_untried():
    class Away(Kept):
        def open(self):
            raise Unreachable("mail_server_unreachable", "refused")

    messages = [queued(key) for key in "abc"]
    with pytest.raises(Unreachable):
        send_next(Away())
    for message in messages:
        laid_back = now_of(message)
        assert (laid_back.state, laid_back.attempts) == (OutgoingState.WAITING, 0)
        assert (laid_back.lease_id, laid_back.next_try_at) == (None, message.next_try_at)


def test_when_told_to_stop_the_rest_is_laid_back():
    for key in "abc":
        queued(key)
    carrier = Kept()
    send_next(carrier, until=lambda: len(carrier.sent) == 1)
    states = Outgoing.objects.order_by("key").values_list("state", flat=True)
    assert list(states) == ["sent", "waiting", "waiting"]


def test_two_senders_claim_no_message_twice():
    for n in range(6):
        queued(str(n))
    one, other = (claim(OutgoingChannel.EMAIL, at_most=4) for _ in range(2))
    assert (len(one.message_ids), len(other.message_ids)) == (4, 2)
    assert not set(one.message_ids) & set(other.message_ids)


def test_what_a_killed_sender_had_in_hand_is_claimed_again_when_its_lease_is_over():
    message = queued()
    now = timezone.now()
    claim(OutgoingChannel.EMAIL, at_most=1, now=now)
    assert claim(OutgoingChannel.EMAIL, at_most=1, now=now + LEASE).message_ids == ()
    after = now + LEASE + timedelta(seconds=1)
    assert claim(OutgoingChannel.EMAIL, at_most=1, now=after).message_ids == (message.pk,)


def test_a_lease_that_is_renewed_is_not_over():
    message = queued()
    long_ago = timezone.now() - timedelta(hours=1)
    Outgoing.objects.update(next_try_at=long_ago)
    lease = claim(OutgoingChannel.EMAIL, at_most=1, now=long_ago)
    renew(lease)
    assert claim(OutgoingChannel.EMAIL, at_most=1).message_ids == ()
    assert give_back(lease) == 1
    assert claim(OutgoingChannel.EMAIL, at_most=1).message_ids == (message.pk,)


def test_whoever_lost_the_lease_leaves_the_record_to_the_other():
    message = queued()

    class Slow(Kept):
        def send(self, dispatch):
            Outgoing.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
            self.other = claim(OutgoingChannel.EMAIL, at_most=1)
            return super().send(dispatch)

    slow = Slow()
    send_next(slow)
    held = now_of(message)
    assert (held.state, held.lease_id) == (OutgoingState.LEASED, slow.other.id)


def test_messages_of_a_lane_leave_one_after_another_and_other_lanes_meanwhile():
    for key in ("a1", "a2", "a3"):
        in_a_lane(key)
    in_a_lane("b1", lane="one:bo")
    assert keys_claimed() == ["a1", "b1"]
    assert keys_claimed() == []


@pytest.mark.parametrize(
    ("error", "is_over"),
    [(None, True), (Permanent("refused"), True), (Temporary("not_now"), False)],
)
def test_the_next_of_a_lane_goes_when_the_one_before_is_through(error, is_over):
    for key in ("a1", "a2"):
        in_a_lane(key)
    send_next(Kept(OutgoingChannel.WEBHOOK, raises=[error]))
    assert keys_claimed() == (["a2"] if is_over else [])


def test_webhooks_are_not_told_in_the_timeline():
    in_a_lane("a1", customer=customer())
    carrier = Kept(OutgoingChannel.WEBHOOK)
    send_next(carrier)
    assert (len(carrier.sent), told()) == (1, [])


def test_an_erasure_and_a_sender_do_not_wait_for_each_other():
    """Whoever erases has the customer and comes to the messages; the sender must not come across.

    The sender waits for the customer before it has the message, so the erasure can go on.
    """
    ana = customer()
    message = queued(customer=ana)
    sender = Kept()
    loop = threading.Thread(target=send_and_close, args=(sender,))
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=ana.pk)
        loop.start()
        until_waiting_for_a_lock()
        held = Outgoing.objects.select_for_update(nowait=True).get(pk=message.pk)
        OutgoingContent.objects.filter(pk=held.pk).delete()
    loop.join(30)
    assert (sender.sent, now_of(message).fate) == ([], "erased")


def send_and_close(carrier):
    send_next(carrier)
    connection.close()


def until_waiting_for_a_lock():
    until = time.monotonic() + 30
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < until
            time.sleep(0.05)
