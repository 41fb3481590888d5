"""What the tests of messages send: to Ana, unless said otherwise."""

from django.utils import timezone

from regulars.book.models import Event
from regulars.book.models.consent import MessagePurpose
from regulars.company.models import Company
from regulars.messages.carriers.carrier import Patience
from regulars.messages.letter import Letter
from regulars.messages.models import Outgoing
from regulars.messages.models.outgoing import OutgoingChannel
from regulars.messages.reach import MailWay
from regulars.messages.services.outbox import Draft, queue

LETTER = Letter(subject="Your order is on its way", text="Hello Ana,\n\nit left today.").payload()
SENDER = "Lindqvist Te <hello@lindqvist.example>"


def draft(key="m1", **more):
    return Draft(
        **{
            "channel": OutgoingChannel.EMAIL,
            "kind": "order.sent",
            "purpose": MessagePurpose.SERVICE,
            "key": key,
            "payload": LETTER,
            "address": "ana@example.org",
        }
        | more
    )


def queued(key="m1", by=None, **more):
    return queue(draft(key, **more), by=by)


def now_of(message):
    """The row as it stands."""
    return Outgoing.objects.get(pk=message.pk)


def told(*kinds):
    found = Event.objects.filter(subject="message").order_by("position")
    return [(event.kind, event.codes) for event in found if not kinds or event.kind in kinds]


def smtp_way(port, **options):
    mailer = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5} | options,
    }
    return MailWay("smtp", mailer, SENDER, "")


class Kept:
    """A carrier that keeps what it is handed, and raises what it is told to."""

    patience = Patience()

    def __init__(self, channel=OutgoingChannel.EMAIL, raises=()):
        self.channel, self.sent, self.raises = channel, [], list(raises)
        self.n_opened = self.n_closed = 0

    def open(self):
        self.n_opened += 1

    def send(self, dispatch):
        self.sent.append(dispatch)
        if self.raises and (error := self.raises.pop(0)) is not None:
            raise error
        return f"id-{len(self.sent)}"

    def close(self):
        self.n_closed += 1


def at_noon_here():
    """The company lies where it is noon now, so that no message waits for the morning."""
    hour = timezone.now().hour
    Company.objects.update(time_zone=f"Etc/GMT{hour - 12:+d}")
