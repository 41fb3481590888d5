"""Mail that comes in, fetched and handled."""

import logging

from regulars.messages.services.fetching import BoxUnreachable, box_in_settings, fetch
from regulars.messages.services.handling import handle_received

_log = logging.getLogger(__name__)


def take_in_mail() -> int:
    """Fetch what is new in the box, and handle what waits; gives how many mails were handled.

    A box that cannot be reached holds up nothing that is here already.
    """
    if (box := box_in_settings()) is not None:
        try:
            fetch(box)
        except BoxUnreachable as refused:
            _log.warning("%s", refused)
    return handle_received()
