"""Webhooks on their way: signed, each event once, and in order."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from regulars.book.models import Reader
from regulars.book.services.reading import read_events
from regulars.kit.ids import readable
from regulars.messages.models import DeliveryAttempt, Outgoing, OutgoingContent
from regulars.messages.models.endpoint import PayloadStyle
from regulars.messages.models.outgoing import OutgoingState
from regulars.messages.webhooks.delivering import shown_of
from regulars.messages.webhooks.endpoints import (
    remove_endpoint,
    rotate_secret,
)
from regulars.messages.webhooks.forgetting import forget_old_deliveries
from regulars.messages.webhooks.queueing import queue_webhooks
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


def test_a_webhook_says_what_happened_and_a_receiver_can_check_who_says_it():
    ana = customer()
    with web_server(TAKEN) as shop:
        made, secret = endpoint(shop.url, kinds=["order.placed"], payload=PayloadStyle.FULL)
        (event,) = happened(ana)
        assert read() == 1
        send_all(carrier())
    (asked,) = shop.asked
    told = Webhook(secret).verify(asked.body, asked.headers)
    event.refresh_from_db()
    assert told == {
        "id": f"evt_{event.position}",
        "kind": "order.placed",
        "occurred_at": "2026-03-02T14:00:00Z",
        "sequence": 1,
        "data": {
            "customer": readable("cus", ana.pk),
            "subject": None,
            "subject_id": None,
            "channel": None,
            "amount_minor": None,
            "currency": None,
            "codes": {"nth": 1},
            "recorded_at": event.recorded_at.isoformat().replace("+00:00", "Z"),
            "source": "desk",
        },
    }
    assert asked.headers["webhook-id"] == told["id"]
    assert (asked.path, asked.headers["Content-Type"]) == ("/hooks", "application/json")
    tried = DeliveryAttempt.objects.get()
    assert (tried.endpoint_id, tried.status, tried.attempt, tried.reason) == (made.pk, 204, 1, "")


def test_a_thin_webhook_says_what_happened_to_whom_and_no_more():
    ana = customer()
    with web_server(TAKEN) as shop:
        endpoint(shop.url)
        happened(ana)
        read()
        send_all(carrier())
    assert [set(body["data"]) for body in bodies(shop.asked)] == [
        {"customer", "subject", "subject_id"}
    ]


def test_a_changed_body_id_or_time_is_not_taken_for_ours():
    with web_server(TAKEN) as shop:
        _, secret = endpoint(shop.url)
        happened(customer())
        read()
        send_all(carrier())
    asked = shop.asked[-1]
    later = str(int(asked.headers["webhook-timestamp"]) + 1)
    for body, headers in (
        (asked.body.replace('"sequence": 2', '"sequence": 3'), {}),
        (asked.body, {"webhook-id": "evt_0"}),
        (asked.body, {"webhook-timestamp": later}),
    ):
        assert (body, headers) != (asked.body, {})
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, asked.headers | headers)
    assert Webhook(secret).verify(asked.body, asked.headers)["sequence"] == 2


def test_while_a_secret_is_replaced_both_are_good_and_afterwards_the_new_one_alone():
    ana = customer()
    with web_server(TAKEN) as shop:
        made, old = endpoint(shop.url)
        new, until = rotate_secret(made, keep_for=timedelta(hours=24), by=owner())
        assert timedelta(hours=23) < until - timezone.now() <= timedelta(hours=24)
        happened(ana)
        read()
        send_all(carrier())
        both = shop.asked[-1]
        made.secrets.exclude(expires_at=None).update(expires_at=timezone.now())
        happened(ana)
        read()
        send_all(carrier())
    assert Webhook(old).verify(both.body, both.headers) == Webhook(new).verify(
        both.body, both.headers
    )
    alone = shop.asked[-1]
    Webhook(new).verify(alone.body, alone.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(alone.body, alone.headers)


def test_each_event_is_queued_once_for_each_endpoint_that_wants_it():
    ana = customer()
    with web_server(TAKEN) as shop, web_server(TAKEN) as bank:
        endpoint(shop.url)
        endpoint(bank.url, kinds=["order.returned"])
        happened(ana, 2)
        happened(ana, 1, "order.returned")
        assert read() == 4
        Reader.objects.filter(name="webhooks").update(n_failures=1)
        assert read() == 0
        send_all(carrier())
    assert [len(shop.asked), len(bank.asked)] == [3, 1]


def test_what_is_queued_and_the_readers_place_are_there_together_or_not_at_all():
    with web_server(TAKEN) as shop:
        endpoint(shop.url)
        happened(customer())

        def breaks(events):
            queue_webhooks(events)
            raise RuntimeError

        with pytest.raises(RuntimeError):
            read_events("webhooks", breaks)
        assert Outgoing.objects.count() == 0
        assert read() == 2


def test_an_endpoint_is_not_told_what_was_before_it():
    ana = customer()
    happened(ana, 2)
    with web_server(TAKEN) as shop:
        endpoint(shop.url)
        assert read() == 0


def test_a_customers_webhooks_come_in_order_though_one_fails_and_others_do_not_wait():
    ana, bo = customer("Ana"), customer("Bo")
    with web_server(BROKEN, TAKEN) as shop:
        endpoint(shop.url)
        hers = happened(ana, 3)
        his = happened(bo, 3)
        read()
        sender = carrier()
        send_all(sender)
        assert ids(shop.asked) == [names(hers)[0], *names(his)]
        time_passes(minutes=1)
        send_all(sender)
    assert ids(shop.asked) == [names(hers)[0], *names(his), *names(hers)]
    assert [body["sequence"] for body in bodies(shop.asked)[4:]] == [1, 2, 3]
    assert set(states()) == {OutgoingState.SENT}


def test_a_removed_endpoint_is_told_nothing_more():
    with web_server(TAKEN) as shop:
        made, _ = endpoint(shop.url, kinds=["order.placed"])
        happened(customer(), 3)
        read()
        assert remove_endpoint(made, by=owner()) == 3
        send_all(carrier())
        assert read() == 0
    assert shop.asked == []
    assert set(Outgoing.objects.values_list("state", "fate")) == {("dropped", "endpoint_removed")}


def test_an_endpoint_is_not_told_of_itself():
    with web_server((410, "")) as shop, web_server(TAKEN) as watch:
        endpoint(shop.url)
        endpoint(watch.url)
        happened(customer())
        read()
        send_all(carrier())
        read()
        send_all(carrier())
    kinds = [body["kind"] for body in bodies(watch.asked)]
    assert kinds == ["customer.made", "order.placed", "webhook.disabled"]
    assert bodies(watch.asked)[-1]["data"]["subject_id"].startswith("whk_")


def test_no_transaction_is_open_and_no_connection_held_while_the_other_side_takes_its_time():
    with web_server(TAKEN) as shop:
        endpoint(shop.url)
        happened(customer())
        read()
        sender = carrier()
        post = sender._poster.post

        def looking(*told):
            assert connection.connection is None
            return post(*told)

        sender._poster.post = looking
        send_all(sender)
    assert len(shop.asked) == 2


def test_the_log_keeps_the_beginning_of_an_answer_and_nothing_that_names_a_person():
    said = "No: ana.berg@example.org (+46 70 123 45 67) is\n unknown " + "x" * 500
    assert shown_of(said.encode()).startswith("No: … (…) is unknown xxx")
    with web_server((422, said), TAKEN) as shop:
        endpoint(shop.url, kinds=["order.placed"])
        happened(customer())
        read()
        send_all(carrier())
    tried = DeliveryAttempt.objects.get()
    assert (tried.status, tried.reason, len(tried.answer)) == (422, "not_taken", 200)
    assert "ana" not in tried.answer
    assert "123" not in tried.answer


def test_the_log_and_the_bodies_are_forgotten_after_a_month_and_no_earlier():
    with web_server(TAKEN) as shop:
        endpoint(shop.url)
        happened(customer())
        read()
        send_all(carrier())
    assert (forget_old_deliveries(), OutgoingContent.objects.count()) == (0, 2)
    Outgoing.objects.update(ended_at=timezone.now() - timedelta(days=31))
    with pytest.MonkeyPatch.context() as patch:
        in_a_month = timezone.now() + timedelta(days=30, minutes=1)
        patch.setattr("django.utils.timezone.now", lambda: in_a_month)
        assert forget_old_deliveries() == 2
    assert (OutgoingContent.objects.count(), Outgoing.objects.count()) == (0, 2)


def test_the_body_is_json_whatever_is_in_it():
    with web_server(TAKEN) as shop:
        endpoint(shop.url, payload=PayloadStyle.FULL)
        (event,) = happened(customer())
        read()
        OutgoingContent.objects.filter(outgoing__kind="order.placed").update(
            payload={"id": f"evt_{event.position}", "data": {"codes": {"é": "茶\u2028"}}}
        )
        send_all(carrier())
    assert json.loads(shop.asked[-1].body)["data"] == {"codes": {"é": "茶\u2028"}}
