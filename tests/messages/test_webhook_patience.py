"""Webhooks that do not arrive: tried again, paused, resumed, and never lost."""

from datetime import timedelta

import pytest

from regulars.book.models import Event
from regulars.company.models import AuditEntry
from regulars.kit.ids import readable
from regulars.messages.models import DeliveryAttempt, Endpoint, Outgoing
from regulars.messages.models.endpoint import EndpointState
from regulars.messages.models.outgoing import OutgoingState
from regulars.messages.services.sending import send_next
from regulars.messages.webhooks.endpoints import (
    change_endpoint,
    pause_endpoint,
    resume_endpoint,
)
from tests.book.shop import customer
from tests.messages.webhooked import (
    bodies,
    carrier,
    endpoint,
    happened,
    ids,
    names,
    owner,
    read,
    send_all,
    states,
    time_passes,
)
from tests.support.web_server import web_server

pytestmark = pytest.mark.usefixtures("webhooks")
TAKEN, BROKEN = (204, ""), (500, "broken")


def test_a_receiver_that_is_down_for_six_hours_gets_all_in_order_under_the_same_ids():
    ana, bo = customer("Ana"), customer("Bo")
    with web_server(TAKEN) as shop:
        endpoint(shop.url, kinds=["order.placed"])
    events = []  # nobody listens there any more
    sender = carrier()
    for _ in range(12):
        events += [*happened(ana), *happened(bo)]
        read()
        send_all(sender)
        time_passes(minutes=30)
    n_down = DeliveryAttempt.objects.count()
    assert set(DeliveryAttempt.objects.values_list("reason", flat=True)) == {"unreachable"}
    assert 12 <= n_down <= 100
    with web_server(TAKEN) as shop:
        Endpoint.objects.update(url=f"{shop.url}/hooks")
        time_passes(minutes=30)
        send_all(sender)
    for who in (ana, bo):
        told = [body for body in bodies(shop.asked) if readable("cus", who.pk) in str(body)]
        assert [body["id"] for body in told] == names(
            [event for event in events if event.customer_id == who.pk]
        )
        assert [body["sequence"] for body in told] == list(range(1, 13))
    assert set(states()) == {OutgoingState.SENT}
    found = Endpoint.objects.get()
    assert (found.failing_since, found.held_until, found.n_unreachable) == (None, None, 0)


def test_while_nobody_answers_the_endpoint_is_left_alone_as_a_whole():
    people = [customer(name) for name in ("Ana", "Bo", "Cy", "Dee")]
    endpoint("http://127.0.0.1:1081", kinds=["order.placed"])
    for who in people:
        happened(who)
    read()
    send_all(carrier())
    assert DeliveryAttempt.objects.count() == 1
    assert set(states()) == {OutgoingState.WAITING}
    held_until = Endpoint.objects.get().held_until
    assert not Outgoing.objects.filter(next_try_at__lt=held_until - timedelta(seconds=1)).exists()


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept_to(status):
    in_an_hour = (status, "later", {"Retry-After": "3600"})
    with web_server(in_an_hour, TAKEN) as shop:
        endpoint(shop.url)
        happened(customer("Ana"))
        happened(customer("Bo"))
        read()
        sender = carrier()
        send_all(sender)
        time_passes(minutes=59)
        send_all(sender)
        assert len(shop.asked) == 1
        time_passes(minutes=2)
        send_all(sender)
    assert len(shop.asked) == 5
    assert set(states()) == {OutgoingState.SENT}


def test_after_24_hours_without_success_it_is_paused_the_owner_told_and_all_comes_when_resumed():
    ana = customer()
    with web_server(BROKEN) as shop:
        made, _ = endpoint(shop.url, kinds=["order.placed"])
        first = happened(ana, 2)
        read()
        sender = carrier()
        n_tries = 0
        while Endpoint.objects.get().state == EndpointState.ENABLED:
            send_all(sender)
            time_passes(minutes=10)
            n_tries += 1
        assert 140 <= n_tries <= 146  # 24 hours, 10 minutes each
        assert 15 <= len(shop.asked) <= 40
        assert len(set(ids(shop.asked))) == 1
    found = Endpoint.objects.get()
    assert (found.state, found.why) == (EndpointState.PAUSED, "tries_used_up")
    told = AuditEntry.objects.get(action="webhook.paused")
    assert (told.staff_id, told.subject_id, told.facts["why"]) == (
        None,
        made.pk,
        "tries_used_up",
    )
    assert Event.objects.get(kind="webhook.paused").subject_id == made.pk
    later = happened(ana, 2)
    read()
    send_all(sender)
    assert states() == [OutgoingState.PAUSED] * 4
    with web_server(TAKEN) as shop:
        change_endpoint(made, by=owner(), url=f"{shop.url}/new")
        assert resume_endpoint(made, by=owner()) == 4
        send_all(sender)
    assert ids(shop.asked) == names([*first, *later])


def test_one_message_that_is_never_taken_holds_its_customer_alone_and_the_owner_is_told():
    ana, bo = customer("Ana"), customer("Bo")
    with web_server(TAKEN) as shop:
        made, _ = endpoint(shop.url, kinds=["order.placed"])
        (poison, _) = happened(ana, 2)
        read()
        sender = carrier()
        for _ in range(26):
            shop.answers = [BROKEN]
            send_all(sender)
            happened(bo)
            read()
            shop.answers = [TAKEN]
            send_all(sender)
            time_passes(hours=1)
        last = ids(shop.asked)
        assert Endpoint.objects.get().state == EndpointState.ENABLED
        assert states().count(OutgoingState.PAUSED) == 1
        assert states().count(OutgoingState.SENT) == 26
        told = AuditEntry.objects.get(action="webhook.message_held")
        assert told.facts["webhook_id"] == names([poison])[0]
        resume_endpoint(made, by=owner())
        send_all(sender)
    assert len(ids(shop.asked)) == len(last) + 2
    assert set(states()) == {OutgoingState.SENT}


def test_410_disables_it_and_what_waited_is_still_there():
    ana = customer()
    with web_server((410, "gone")) as shop:
        made, _ = endpoint(shop.url, kinds=["order.placed"])
        happened(ana, 2)
        read()
        send_all(carrier())
        happened(ana)
        assert read() == 0
        send_all(carrier())
        assert len(shop.asked) == 1
    found = Endpoint.objects.get()
    assert (found.state, found.why) == (EndpointState.DISABLED, "gone")
    assert AuditEntry.objects.filter(action="webhook.disabled").count() == 1
    with web_server(TAKEN) as shop:
        change_endpoint(made, by=owner(), url=f"{shop.url}/new")
        assert resume_endpoint(made, by=owner()) == 2
        send_all(carrier())
    assert [body["sequence"] for body in bodies(shop.asked)] == [1, 2]


def test_paused_by_hand_nothing_is_sent_and_nothing_lost():
    ana = customer()
    with web_server(TAKEN) as shop:
        made, _ = endpoint(shop.url, kinds=["order.placed"])
        before = happened(ana)
        read()
        pause_endpoint(made, by=owner())
        since = happened(ana)
        read()
        send_all(carrier())
        assert shop.asked == []
        resume_endpoint(made, by=owner())
        send_all(carrier())
    assert ids(shop.asked) == names([*before, *since])


def test_what_a_sender_has_in_hand_when_it_is_paused_is_laid_aside():
    with web_server(TAKEN) as shop:
        made, _ = endpoint(shop.url, kinds=["order.placed"])
        happened(customer("Ana"))
        happened(customer("Bo"))
        read()
        sender = carrier()
        sent = sender.send

        def pausing(dispatch):
            given = sent(dispatch)
            pause_endpoint(made, by=owner())
            return given

        sender.send = pausing
        send_next(sender)
    assert len(shop.asked) == 1
    assert states() == [OutgoingState.PAUSED, OutgoingState.SENT]
