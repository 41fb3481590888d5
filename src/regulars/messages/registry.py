"""Which carriers there are, by the settings; each channel has one line here."""

from collections.abc import Callable, Mapping

from django.conf import settings

from regulars.messages.carriers.carrier import Carrier
from regulars.messages.carriers.mail import ProviderCarrier, SmtpCarrier
from regulars.messages.carriers.sms import SmsCarrier
from regulars.messages.carriers.webhook import WebhookCarrier
from regulars.messages.models.outgoing import OutgoingChannel
from regulars.messages.reach import MailWay, SmsWay

type Factory = Callable[[], Carrier]


def carriers() -> Mapping[OutgoingChannel, Factory]:
    """What makes a carrier, of every channel that has one; messages of the others wait."""
    made: dict[OutgoingChannel, Factory] = {
        OutgoingChannel.WEBHOOK: lambda: WebhookCarrier(settings.WEBHOOK_REACH)
    }
    mail: MailWay | None = settings.MAIL_WAY
    sms: SmsWay | None = settings.SMS_WAY
    if mail is not None:
        kind = SmtpCarrier if mail.provider == "smtp" else ProviderCarrier
        made[OutgoingChannel.EMAIL] = lambda: kind(mail)
    if sms is not None:
        made[OutgoingChannel.SMS] = lambda: SmsCarrier(sms)
    return made
