"""What the budget says of a message: a code, its sentence, and the numbers in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.kit.texts import LOCALE_OF, N_, say
from regulars.messages.deciding import Verdict


class FateCode(StrEnum):
    """Why the budget said what it said."""

    FREE = "free"
    EXPIRED = "expired"
    ERASED = "erased"
    RESTRICTED = "restricted"
    NO_CONSENT = "no_consent"
    CLOSED_CHANNEL = "closed_channel"
    NOT_DUE = "not_due"
    OPEN_COMPLAINT = "open_complaint"
    COOLDOWN = "cooldown"
    CAP_REACHED = "cap_reached"
    OWN_LIMIT = "own_limit"
    OUTRANKED = "outranked"
    QUIET_HOURS = "quiet_hours"
    SAID_IN_ANOTHER = "said_in_another"


SENTENCES = {
    FateCode.FREE: N_("Nothing held it back."),
    FateCode.EXPIRED: N_("It was worth sending until {until} and could not go before that."),
    FateCode.ERASED: N_("The customer was erased."),
    FateCode.RESTRICTED: N_("The customer’s data is kept and not used, as they asked."),
    FateCode.NO_CONSENT: N_("The customer did not agree to this, or does not any more."),
    FateCode.CLOSED_CHANNEL: N_("Nothing is sent to this address: mail to it came back, or "
                                "somebody complained."),
    FateCode.NOT_DUE: N_("It is to go at {until}."),
    FateCode.OPEN_COMPLAINT: N_("The customer waits for an answer to a complaint; until then only "
                                "service messages go."),
    FateCode.COOLDOWN: N_("The customer was asked on {since}. They may be asked again at {until}."),
    FateCode.CAP_REACHED: N_("Messages in {days} × 24 hours: {n}, and {most} at most. It may go at "
                             "{until}."),
    FateCode.OWN_LIMIT: N_("Messages in {days} × 24 hours: {n}; the customer wants {most} at most. "
                           "It may go at {until}."),
    FateCode.OUTRANKED: N_("Messages that matter more take the last places. It may go at {until}."),
    FateCode.QUIET_HOURS: N_("It is night where the customer is. It may go at {until}."),
    FateCode.SAID_IN_ANOTHER: N_("Another message says it too."),
}  # fmt: skip
UNKNOWN = N_("a time that nobody knows yet")
type Facts = Mapping[str, int | str]


@dataclass(frozen=True)
class Fate:
    """One verdict of the budget with its reason.

    `until` is when a message that is put off may go, as far as that is known, or until when one
    that is dropped was worth sending.
    """

    verdict: Verdict
    code: FateCode
    until: datetime | None = None
    into: UUID | None = None
    facts: Facts = field(default_factory=dict)


def sentence(
    code: FateCode, lang: str, *, zone: ZoneInfo, until: datetime | None, facts: Facts
) -> str:
    """Why, in the reader's words; moments as the clock of this zone shows them."""
    told: dict[str, object] = {"n": 0, "most": 0, "days": 0} | dict(facts)
    told["until"] = _moment(until, lang, zone) if until else say(UNKNOWN, lang)
    since = str(facts.get("since", ""))
    told["since"] = _moment(datetime.fromisoformat(since), lang, zone) if since else ""
    return say(SENTENCES[code], lang, **told)


def _moment(at: datetime, lang: str, zone: ZoneInfo) -> str:
    from babel.dates import format_datetime

    return format_datetime(at, "d MMM y HH:mm" if lang != "zh-hans" else "y年M月d日 HH:mm",
                           tzinfo=zone, locale=LOCALE_OF[lang])  # fmt: skip
