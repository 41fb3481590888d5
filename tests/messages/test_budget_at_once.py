"""Several senders at once pass no cap, whatever records of a customer they have in hand."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.services.consents import EVERYTHING, Act, give_consent
from regulars.book.services.joining import join_customers
from regulars.messages.budget.rules import DEFAULT_RULES, as_json
from regulars.messages.models import Approach, Outgoing
from regulars.messages.models.outgoing import OutgoingChannel
from regulars.messages.services.contact_rules import publish_rules
from regulars.messages.services.gate import approach
from regulars.messages.services.sending import send_next
from tests.messages.outgoing import Kept, queued
from tests.support.cast import customer, told, works_here

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def at_any_hour(committed):
    rules = as_json(DEFAULT_RULES) | {"quiet": None}
    publish_rules(rules, after=0, by=works_here("Dee").pk)


def at_once(*actions):
    """Run beside each other from one signal on."""
    start = threading.Barrier(len(actions))
    raised = []

    def run(action):
        start.wait()
        try:
            action()
        except BaseException as error:
            raised.append(error)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []


def test_senders_of_every_channel_together_send_no_more_than_the_cap():
    wholes = []
    for n in range(6):
        ana, anna = customer(f"Ana {n}"), customer(f"Anna {n}")
        give_consent(ana, EVERYTHING, Act(ConsentHow.FORM), **told())
        join_customers(ana, anna, **told())
        for nth in range(6):
            channel = (OutgoingChannel.EMAIL, OutgoingChannel.SMS)[nth % 2]
            who = (ana, anna)[nth // 3]
            queued(f"{n}:{nth}", customer=who, channel=channel, priority=nth, kind="offer",
                   purpose=MessagePurpose.OFFERS)  # fmt: skip
        wholes.append({ana.pk, anna.pk})
    mail, sms = [Kept(), Kept()], [Kept(OutgoingChannel.SMS), Kept(OutgoingChannel.SMS)]
    at_once(*(lambda carrier=carrier: send_next(carrier, at_most=20) for carrier in mail + sms))
    sent = Outgoing.objects.filter(state="sent")
    for whole in wholes:
        assert sent.filter(customer__in=whole).count() == 2
    assert sum(len(carrier.sent) for carrier in mail + sms) == 12
    ended = Counter(Outgoing.objects.values_list("state", flat=True))
    assert ended == {"sent": 12, "deferred": 24}


def test_the_app_and_another_asking_at_once_ask_one_survey():
    ana = customer()
    give_consent(ana, EVERYTHING, Act(ConsentHow.FORM), at=timezone.now() - timedelta(1), **told())
    asked = {"channel": MessageChannel.CHAT, "purpose": MessagePurpose.SURVEYS}
    at_once(*(lambda n=n: approach(ana, kind="survey.nps", key=f"n{n}", **asked) for n in range(4)))
    assert Approach.objects.count() == 1
