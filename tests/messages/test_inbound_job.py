"""What the worker does each minute with mail that comes in."""

import pytest

from regulars.jobs.mail import take_in_mail
from regulars.messages.models import InboundMail
from regulars.messages.services.receiving import receive
from tests.messages.mails import mail
from tests.support.house import free_port

pytestmark = pytest.mark.django_db


def test_without_a_box_what_was_posted_is_handled():
    receive(mail())
    assert (take_in_mail(), take_in_mail()) == (1, 0)
    assert InboundMail.objects.get().state == "done"


def test_a_box_that_is_away_holds_up_nothing(monkeypatch, caplog):
    monkeypatch.setenv("REGULARS_IMAP", f"imap+plain://hello:secret@127.0.0.1:{free_port()}")
    receive(mail())
    assert take_in_mail() == 1
    assert "hello@127.0.0.1/INBOX" in caplog.text
    assert "secret" not in caplog.text
