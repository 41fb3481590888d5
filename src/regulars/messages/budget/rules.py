"""The company's rules of contact, as values; the table keeps them as JSON, a version at a time."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from types import MappingProxyType
from typing import Any, cast

from regulars.book.models.consent import MessageChannel, MessagePurpose
from regulars.book.services.consents import ASKED_FOR
from regulars.book.services.fitting import BadValue, check_code
from regulars.kit.texts import N_

_MOST_DAYS = 3660
_WANTS_FIELDS = N_("Give an object with these fields: {fields}.")
_WANTS_LIST = N_("Give a list.")
_WANTS_WORDS = N_("Choose from: {words}.")
_WANTS_COUNT = N_("Give a whole number from {low} to {high}.")
_WANTS_TIME = N_("Give an hour and a minute, such as 21:00.")
_WANTS_TWO_TIMES = N_("Let quiet hours end at another time than they begin.")


class BadRule(BadValue):
    """One of the rules cannot be; says which, and what is wanted."""

    def __init__(self, field: str, value: object, wanted: str, **facts: object) -> None:
        super().__init__(field, value, wanted)
        self.facts |= facts


@dataclass(frozen=True)
class Cap:
    """At most so many messages of these purposes within so many times 24 hours, by any way."""

    most: int
    days: int
    purposes: frozenset[MessagePurpose] = frozenset(ASKED_FOR)


@dataclass(frozen=True)
class Cooldown:
    """After one message of a purpose none for so many local days, by any way.

    Kinds that are exempt neither wait for it nor begin it.
    """

    purpose: MessagePurpose
    days: int
    exempt_kinds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class QuietHours:
    """Hours of the customer's own clock in which nothing comes that rings."""

    begins: time
    ends: time
    channels: frozenset[MessageChannel]
    purposes: frozenset[MessagePurpose] = frozenset(ASKED_FOR)


@dataclass(frozen=True)
class Rules:
    """Everything the budget goes by. What no rule names is exempt: so are service messages."""

    caps: tuple[Cap, ...]
    cooldowns: tuple[Cooldown, ...]
    quiet: QuietHours | None
    # How long a message of a purpose is worth sending where it does not say so itself.
    life_days: Mapping[MessagePurpose, int]
    # Held back while the customer waits for the answer to a complaint.
    held_by_complaints: frozenset[MessagePurpose] = frozenset(ASKED_FOR)
    merged_kinds: frozenset[str] = frozenset()
    dropped_kinds: frozenset[str] = frozenset()
    # So many temporary bounces in a row within 30 days close an address.
    soft_bounces: int = 3


_RINGING = {MessageChannel.EMAIL, MessageChannel.SMS, MessageChannel.PHONE, MessageChannel.PUSH}
DEFAULT_RULES = Rules(
    caps=(Cap(most=2, days=7),),
    cooldowns=(Cooldown(MessagePurpose.SURVEYS, 90, frozenset({"complaint.survey"})),),
    quiet=QuietHours(time(21), time(9), frozenset(_RINGING)),
    life_days=MappingProxyType(
        {
            MessagePurpose.NEWS: 14,
            MessagePurpose.OFFERS: 14,
            MessagePurpose.GREETINGS: 3,
            MessagePurpose.SURVEYS: 120,
        }
    ),
)


def as_json(rules: Rules) -> dict[str, Any]:
    """The rules as they are kept and shown to programs."""
    quiet = rules.quiet
    return {
        "caps": [
            {"most": cap.most, "days": cap.days, "purposes": sorted(cap.purposes)}
            for cap in rules.caps
        ],
        "cooldowns": [
            {
                "purpose": str(cooldown.purpose),
                "days": cooldown.days,
                "exempt_kinds": sorted(cooldown.exempt_kinds),
            }
            for cooldown in rules.cooldowns
        ],
        "quiet": quiet
        and {
            "begins": f"{quiet.begins:%H:%M}",
            "ends": f"{quiet.ends:%H:%M}",
            "channels": sorted(quiet.channels),
            "purposes": sorted(quiet.purposes),
        },
        "life_days": {str(purpose): days for purpose, days in sorted(rules.life_days.items())},
        "held_by_complaints": sorted(rules.held_by_complaints),
        "merged_kinds": sorted(rules.merged_kinds),
        "dropped_kinds": sorted(rules.dropped_kinds),
        "soft_bounces": rules.soft_bounces,
    }


def read_rules(given: object) -> Rules:
    """The rules that `as_json` wrote, or somebody; whatever they cannot be is refused by name."""
    told = _fields(given, "rules", set(as_json(DEFAULT_RULES)))
    return Rules(
        caps=tuple(_each(told["caps"], "caps", _cap)),
        cooldowns=tuple(_each(told["cooldowns"], "cooldowns", _cooldown)),
        quiet=None if told["quiet"] is None else _quiet(told["quiet"]),
        life_days=_life_days(told["life_days"]),
        held_by_complaints=_purposes(told["held_by_complaints"], "held_by_complaints"),
        merged_kinds=_kinds(told["merged_kinds"], "merged_kinds"),
        dropped_kinds=_kinds(told["dropped_kinds"], "dropped_kinds"),
        soft_bounces=_count(told["soft_bounces"], "soft_bounces", low=1, high=100),
    )


def _cap(given: object, path: str) -> Cap:
    told = _fields(given, path, {"most", "days", "purposes"})
    return Cap(
        most=_count(told["most"], f"{path}.most", low=0, high=1000),
        days=_count(told["days"], f"{path}.days"),
        purposes=_purposes(told["purposes"], f"{path}.purposes"),
    )


def _cooldown(given: object, path: str) -> Cooldown:
    told = _fields(given, path, {"purpose", "days", "exempt_kinds"})
    (purpose,) = _words([told["purpose"]], f"{path}.purpose", MessagePurpose)
    return Cooldown(
        purpose=purpose,
        days=_count(told["days"], f"{path}.days"),
        exempt_kinds=_kinds(told["exempt_kinds"], f"{path}.exempt_kinds"),
    )


def _quiet(given: object) -> QuietHours:
    told = _fields(given, "quiet", {"begins", "ends", "channels", "purposes"})
    quiet = QuietHours(
        begins=_time(told["begins"], "quiet.begins"),
        ends=_time(told["ends"], "quiet.ends"),
        channels=_words(told["channels"], "quiet.channels", MessageChannel),
        purposes=_words(told["purposes"], "quiet.purposes", MessagePurpose),
    )
    if quiet.begins == quiet.ends:
        raise BadRule("quiet.ends", told["ends"], _WANTS_TWO_TIMES)
    return quiet


def _life_days(given: object) -> Mapping[MessagePurpose, int]:
    told = _fields(given, "life_days", {str(purpose) for purpose in ASKED_FOR})
    return {
        MessagePurpose(purpose): _count(days, f"life_days.{purpose}")
        for purpose, days in told.items()
    }


def _fields(given: object, path: str, names: Collection[str]) -> dict[str, object]:
    if not isinstance(given, Mapping) or set(given) != set(names):
        raise BadRule(path, given, _WANTS_FIELDS, fields=", ".join(sorted(names)))
    return dict(given)


def _each[T](given: object, path: str, read: Callable[[object, str], T]) -> list[T]:
    return [read(item, f"{path}.{nth}") for nth, item in enumerate(_list(given, path), start=1)]


def _list(given: object, path: str) -> list[object]:
    if not isinstance(given, list | tuple):
        raise BadRule(path, given, _WANTS_LIST)
    return list(given)


def _purposes(given: object, path: str) -> frozenset[MessagePurpose]:
    """Purposes somebody is asked for: a service message is held by nothing but quiet hours."""
    found = _words(given, path, MessagePurpose)
    if MessagePurpose.SERVICE in found:
        raise BadRule(path, MessagePurpose.SERVICE, _WANTS_WORDS, words=", ".join(ASKED_FOR))
    return found


def _words[W: StrEnum](given: object, path: str, words: type[W]) -> frozenset[W]:
    known = {word.value for word in words}
    for item in _list(given, path):
        if item not in known:
            raise BadRule(path, item, _WANTS_WORDS, words=", ".join(sorted(known)))
    return frozenset(words(item) for item in cast("list[str]", given))


def _kinds(given: object, path: str) -> frozenset[str]:
    kinds = [str(item) for item in _list(given, path)]
    for kind in kinds:
        check_code(path, kind, most=60)
    return frozenset(kinds)


def _count(given: object, path: str, *, low: int = 1, high: int = _MOST_DAYS) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
        raise BadRule(path, given, _WANTS_COUNT, low=low, high=high)
    return given


def _time(given: object, path: str) -> time:
    try:
        return time.fromisoformat(str(given)).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise BadRule(path, given, _WANTS_TIME) from None
