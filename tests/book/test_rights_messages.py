"""What a person says between queueing and sending holds when the message leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.book.known import Known
from regulars.book.models import Event
from regulars.book.models.consent import ConsentHow, MessagePurpose
from regulars.book.models.customer import IdentityKind
from regulars.book.models.restriction import RestrictionGround
from regulars.book.services.consents import EVERYTHING, Act, give_consent, withdraw_consent
from regulars.book.services.customers import take_down_customer
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.erasing import erase_customer
from regulars.book.services.joining import join_customers
from regulars.book.services.restricting import restrict_customer
from regulars.messages.carriers.carrier import Patience
from regulars.messages.models import Outgoing, OutgoingContent
from regulars.messages.models.outgoing import OutgoingChannel
from regulars.messages.services.outbox import Draft, queue
from regulars.messages.services.sending import send_next
from tests.support.cast import customer, told

pytestmark = pytest.mark.usefixtures("committed")
MAIL = "ana@example.org"


class Postman:
    """A carrier that keeps what it is handed."""

    channel, patience = OutgoingChannel.EMAIL, Patience()

    def __init__(self):
        self.handed = []

    def open(self):
        pass

    def send(self, dispatch):
        self.handed.append(dispatch.address)
        return "1"

    def close(self):
        pass


@pytest.fixture
def ana(committed):
    ensure_epoch()
    known = [Known(IdentityKind.EMAIL, MAIL)]
    who = take_down_customer(name="Ana", known_by=known, **told())
    give_consent(
        who, EVERYTHING, Act(ConsentHow.FORM), at=timezone.now() - timedelta(days=1), **told()
    )
    return who


def queued(who, purpose=MessagePurpose.NEWS):
    draft = Draft(
        channel=OutgoingChannel.EMAIL,
        kind="news.tea",
        purpose=purpose,
        key="news 1",
        payload={"subject": "Tea", "text": "New tea"},
        address=MAIL,
        customer=who,
    )
    made = queue(draft, by=None)
    # Whatever the hour, and whatever quiet hours there are, it is its turn now.
    Outgoing.objects.update(state="waiting", next_try_at=timezone.now(), not_before=made.queued_at)
    return made


def sent(message):
    postman = Postman()
    send_next(postman)
    message.refresh_from_db()
    return postman.handed, message.state, message.fate


def withdrawn(who):
    withdraw_consent(who, EVERYTHING, Act(ConsentHow.LINK), **told())


def restricted(who):
    restrict_customer(who, ground=RestrictionGround.OBJECTION, **told())


def erased(who):
    erase_customer(who, by=None)


def withdrawn_under_another_record(who):
    again = customer("Anna")
    join_customers(who, again, **told())
    withdraw_consent(again, EVERYTHING, Act(ConsentHow.LINK), **told())


@pytest.mark.parametrize("said", [withdrawn, withdrawn_under_another_record, restricted, erased])
def test_what_was_queued_before_is_not_sent_after(ana, said):
    message = queued(ana)
    said(ana)
    handed, state, fate = sent(message)
    assert (handed, state) == ([], "dropped")
    assert fate
    assert Event.objects.filter(kind="message.dropped", customer=ana).count() == 1


@pytest.mark.parametrize("said", [restricted, erased])
def test_a_service_message_neither(ana, said):
    message = queued(ana, MessagePurpose.SERVICE)
    said(ana)
    assert sent(message)[:2] == ([], "dropped")


def test_service_goes_on_when_consent_is_withdrawn(ana):
    message = queued(ana, MessagePurpose.SERVICE)
    withdrawn(ana)
    assert sent(message) == ([MAIL], "sent", "")


def test_after_an_erasure_no_word_and_no_address_is_left_and_the_row_stays(ana):
    queued(ana)
    erased(ana)
    assert (OutgoingContent.objects.count(), Outgoing.objects.count()) == (0, 1)
