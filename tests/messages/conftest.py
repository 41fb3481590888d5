"""Fixtures that several tests of messages share."""

import pytest

from regulars.book.services.epochs import ensure_epoch
from tests.messages.webhooked import LOOPBACK


@pytest.fixture
def webhooks(committed, settings):
    """A house whose webhooks may go to loopback."""
    settings.WEBHOOK_REACH = LOOPBACK
    ensure_epoch()
