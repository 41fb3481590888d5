"""Mail: over SMTP, or over a provider's API."""

import contextlib
import smtplib
from datetime import timedelta
from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import EmailMultiAlternatives, mailers

from regulars.messages.carriers.carrier import (
    Dispatch,
    Patience,
    Permanent,
    Temporary,
    Unreachable,
)
from regulars.messages.carriers.http import refusal_of
from regulars.messages.carriers.mail_message import mail_of
from regulars.messages.models.outgoing import OutgoingChannel
from regulars.messages.reach import MailWay

_PERMANENT = 500


class SmtpCarrier:
    """Mail over a server of one's own or a provider's; keeps its connection from mail to mail."""

    channel = OutgoingChannel.EMAIL
    patience = Patience(first=timedelta(minutes=1), give_up_after=timedelta(hours=48))

    def __init__(self, way: MailWay) -> None:
        self._way = way
        self._backend: Any = mailers.default

    def open(self) -> None:
        """Connect, or see whether the connection of the last batch still stands."""
        if self._backend.connection is not None:
            try:
                code, _ = self._backend.connection.noop()
            except (smtplib.SMTPException, OSError):
                code = 0
            if code == 250:
                return
            self.close()
        try:
            self._backend.open()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Unreachable("mail_server_unreachable", str(error)) from error

    def send(self, dispatch: Dispatch) -> str:
        """Hand a mail to the server; gives its Message-ID."""
        mail = mail_of(dispatch, self._way)
        if self._backend.connection is None:
            self.open()
        try:
            self._backend.send_messages([mail])
        except ValueError as error:  # an address that no mail can have
            raise Permanent("bad_address", str(error)) from error
        except smtplib.SMTPRecipientsRefused as error:
            ((code, answer),) = error.recipients.values()
            raise _refused("bad_address", code, answer) from error
        except smtplib.SMTPSenderRefused as error:
            self.close()
            # Of our address, not of this mail: it may go once the setting or the server is mended.
            raise Temporary("sender_refused", _said(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            raise _refused("refused", error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            # Cut off: whether the server has the mail is not known. It goes again, the same.
            self.close()
            raise Temporary("cut_off", str(error)) from error
        return str(mail.extra_headers["Message-ID"])

    def close(self) -> None:
        """Leave the server."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self._backend.close()
        self._backend.connection = None


class ProviderCarrier:
    """Mail over a provider's API; those who know idempotency keys are given one."""

    channel = OutgoingChannel.EMAIL
    patience = Patience(first=timedelta(minutes=1), give_up_after=timedelta(hours=48))

    def __init__(self, way: MailWay) -> None:
        self._way = way
        self._backend: Any = mailers.default

    def open(self) -> None:
        """Have a session; whether the provider answers shows when sending."""
        self._backend.open()

    def send(self, dispatch: Dispatch) -> str:
        """Hand a mail to the provider; gives its id there."""
        mail: Any = mail_of(dispatch, self._way)
        self._tell_key(mail, dispatch)
        self.open()
        try:
            self._backend.send_messages([mail])
        except (ValueError, AnymailRecipientsRefused) as error:
            raise Permanent("bad_address", str(error)) from error
        except AnymailAPIError as error:
            answered = getattr(error, "response", None)
            if error.status_code is None or answered is None:
                raise Temporary("cut_off", str(error)) from error
            raise refusal_of(error.status_code, answered.text, answered.headers) from error
        except AnymailError as error:
            raise Permanent("refused", str(error)) from error
        return str(mail.anymail_status.message_id or "")

    def close(self) -> None:
        """Let go of the session."""
        self._backend.close()

    def _tell_key(self, mail: EmailMultiAlternatives, dispatch: Dispatch) -> None:
        if self._way.provider == "brevo":
            mail.extra_headers["idempotencyKey"] = str(dispatch.id)
        self.open()
        self._backend.session.headers["Idempotency-Key"] = str(dispatch.id)


def _refused(reason: str, code: int, answer: bytes | str) -> Temporary | Permanent:
    said = _said(code, answer)
    return Permanent(reason, said) if code >= _PERMANENT else Temporary("not_now", said)


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"
