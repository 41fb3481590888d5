"""By what way messages leave, from the environment: the mail server or provider, and that of SMS.

`docs/settings.md` has a paragraph for each variable.
"""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from regulars.kit import env

# By their name in the setting: the backend, and what it calls the key.
MAIL_PROVIDERS = {
    "brevo": ("anymail.backends.brevo.EmailBackend", "api_key"),
    "mailersend": ("anymail.backends.mailersend.EmailBackend", "api_token"),
    "mailgun": ("anymail.backends.mailgun.EmailBackend", "api_key"),
    "postmark": ("anymail.backends.postmark.EmailBackend", "server_token"),
    "resend": ("anymail.backends.resend.EmailBackend", "api_key"),
    "sparkpost": ("anymail.backends.sparkpost.EmailBackend", "api_key"),
}
SMS_PROVIDERS = ("46elks", "twilio", "json")
TIME_LIMIT = 20  # seconds that one step of a conversation may take
_SMTP = "django.core.mail.backends.smtp.EmailBackend"
_ENCRYPTIONS = {"smtp": {"use_tls": True}, "smtps": {"use_ssl": True}, "smtp+plain": {}}
_MAIL_WANTED = (
    "an address such as smtp://user:password@mail.example:587 (smtps:// for port 465, smtp+plain://"
    f" without encryption) or one of {', '.join(MAIL_PROVIDERS)}"
)
_FROM_WANTED = "an address such as Lindqvist Tea <hello@lindqvist.example>"
_SMS_FROM_WANTED = "a number such as +46701234567, or a name of 11 letters or digits at most"


@dataclass(frozen=True)
class MailWay:
    """How mail leaves. `provider` is one of `MAIL_PROVIDERS`, or "smtp"."""

    provider: str
    mailer: dict[str, object]
    sender: str
    reply_to: str


@dataclass(frozen=True)
class SmsWay:
    """How SMS leave."""

    provider: str
    sender: str
    user: str
    key: str
    url: str  # empty: the provider's own


def mail_way() -> MailWay | None:
    """What `REGULARS_MAIL` says; None where it is not set: then mail waits in the outbox."""
    told = env.secret("REGULARS_MAIL", wanted=_MAIL_WANTED, default="")
    if not told:
        return None
    sender = env.text("REGULARS_MAIL_FROM", wanted=_FROM_WANTED)
    reply_to = env.text("REGULARS_MAIL_REPLY_TO", wanted=_FROM_WANTED, default="")
    domain = domain_of("REGULARS_MAIL_FROM", sender)
    if reply_to:
        _refuse_unless_aligned(reply_to, domain)
    if told in MAIL_PROVIDERS:
        return MailWay(told, _provider(told, domain), sender, reply_to)
    return MailWay("smtp", _smtp(told), sender, reply_to)


def sms_way() -> SmsWay | None:
    """What `REGULARS_SMS` says; None where it is not set: then SMS wait in the outbox."""
    provider = env.one_of("REGULARS_SMS", ("none", *SMS_PROVIDERS), default="none")
    if provider == "none":
        return None
    sender = env.text("REGULARS_SMS_FROM", wanted=_SMS_FROM_WANTED)
    if not re.fullmatch(r"\+[1-9]\d{6,14}|[A-Za-z0-9]{1,11}", sender):
        raise env.BadSetting("REGULARS_SMS_FROM", _SMS_FROM_WANTED, sender)
    is_json = provider == "json"
    return SmsWay(
        provider,
        sender,
        env.text(
            "REGULARS_SMS_USER",
            wanted="the account's name at the provider",
            default="" if is_json else None,
        ),
        env.secret("REGULARS_SMS_KEY", wanted="the provider's password or key"),
        env.text(
            "REGULARS_SMS_URL",
            wanted="the address that takes messages, such as https://sms.example/send",
            default=None if is_json else "",
        ),
    )


def domain_of(name: str, told: str) -> str:
    """The domain of a sender's address; refused where it is none, or holds a line break."""
    _, address = parseaddr(told)
    local, _, domain = address.rpartition("@")
    is_one_line = not re.search(r"[\r\n]", told)
    if not is_one_line or not local or not re.fullmatch(r"[^\s@]+(\.[^\s@.]+)*", domain):
        raise env.BadSetting(name, _FROM_WANTED, told)
    return domain.lower()


def _refuse_unless_aligned(reply_to: str, domain: str) -> None:
    """Answers go to the sender's domain or one below or above it: others look like fraud."""
    theirs = domain_of("REGULARS_MAIL_REPLY_TO", reply_to)
    if theirs != domain and not theirs.endswith(f".{domain}") and not domain.endswith(f".{theirs}"):
        raise env.BadSetting("REGULARS_MAIL_REPLY_TO", f"an address at {domain}", reply_to)


def _provider(name: str, domain: str) -> dict[str, object]:
    backend, called = MAIL_PROVIDERS[name]
    key = env.secret("REGULARS_MAIL_KEY", wanted=f"the key of {name}")
    url = env.text("REGULARS_MAIL_URL", wanted="the address of the provider's API", default="")
    options: dict[str, object] = {called: key, "timeout": TIME_LIMIT}
    if url:
        options["api_url"] = url
    if name == "mailgun":
        options["sender_domain"] = domain
    return {"BACKEND": backend, "OPTIONS": options}


def _smtp(told: str) -> dict[str, object]:
    parts = urlsplit(told)
    port = _port_of(parts)
    if parts.scheme not in _ENCRYPTIONS or not parts.hostname or parts.path.strip("/"):
        raise env.BadSetting("REGULARS_MAIL", _MAIL_WANTED, _without_password(parts))
    options: dict[str, object] = {"host": parts.hostname, "timeout": TIME_LIMIT}
    options |= _ENCRYPTIONS[parts.scheme]
    if port:
        options["port"] = port
    if parts.username:
        options["username"] = unquote(parts.username)
        options["password"] = unquote(parts.password or "")
    return {"BACKEND": _SMTP, "OPTIONS": options}


def _port_of(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise env.BadSetting("REGULARS_MAIL", _MAIL_WANTED, _without_password(parts)) from None


def _without_password(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
