"""Who gets the next place in a customer's attention: everything that wants it is weighed at once.

It is asked again right before each message goes; between two askings nothing is reserved.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.book.models.consent import MessageChannel, MessagePurpose
from regulars.messages.budget.fates import Facts, Fate, FateCode
from regulars.messages.budget.local_time import day_after, quiet_until
from regulars.messages.budget.rules import Cap, Cooldown, Rules
from regulars.messages.deciding import Verdict

_FREE = Fate(Verdict.SEND, FateCode.FREE)
_FULL = {FateCode.CAP_REACHED, FateCode.OWN_LIMIT, FateCode.OUTRANKED, FateCode.COOLDOWN}


@dataclass(frozen=True)
class Wish:
    """A message that wants to go; of several the lowest `priority` goes first."""

    id: UUID
    channel: MessageChannel
    purpose: MessagePurpose
    kind: str
    due_at: datetime
    priority: int = 5
    expires_at: datetime | None = None
    address: str = ""
    was_admitted: bool = False  # it counts already, and is on its way


@dataclass(frozen=True)
class Approach:
    """A message that went, or was let go: it counts from then on, whatever was answered."""

    purpose: MessagePurpose
    kind: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """What the budget has to know of a customer, over all joined records."""

    zone: ZoneInfo
    agreed: frozenset[tuple[MessageChannel, MessagePurpose]] = frozenset()
    # Closed to everything, and closed to all that is not service.
    dead_addresses: frozenset[tuple[MessageChannel, str]] = frozenset()
    complaining_addresses: frozenset[tuple[MessageChannel, str]] = frozenset()
    approaches: tuple[Approach, ...] = ()
    own_limit: Cap | None = None  # how much the customer wants at most
    has_open_complaint: bool = False
    is_erased: bool = False
    is_restricted: bool = False  # their data is kept and not used


@dataclass(frozen=True)
class _Hold:
    """Something that holds a message back at a moment; without `until` nobody knows how long."""

    code: FateCode
    until: datetime | None
    facts: Facts = field(default_factory=dict)


def arbitrate(
    wishes: Iterable[Wish], standing: Standing, rules: Rules, *, now: datetime
) -> dict[UUID, Fate]:
    """What becomes of each message at this moment; every one has exactly one fate."""
    ranked = sorted(wishes, key=lambda wish: (wish.priority, wish.due_at, wish.id))
    fates: dict[UUID, Fate] = {}
    winners: list[Wish] = []
    for wish in ranked:
        # What stood before this round, and beside it what was let go in it.
        beside = standing
        for winner in winners:
            beside = _approached(beside, winner, now)
        fates[wish.id] = _fate(wish, standing, beside, rules, now, winners)
        if fates[wish.id].verdict is Verdict.SEND and not wish.was_admitted:
            winners.append(wish)
    return fates


def expiry_of(wish: Wish, rules: Rules) -> datetime | None:
    """Until when a message is worth sending: as it says itself, else by its purpose."""
    if wish.expires_at is not None or wish.purpose not in rules.life_days:
        return wish.expires_at
    return wish.due_at + timedelta(days=rules.life_days[wish.purpose])


def may_wait(purpose: MessagePurpose, rules: Rules) -> bool:
    """Whether any rule can put off a message of this purpose once its time has come."""
    is_quiet = rules.quiet is not None and purpose in rules.quiet.purposes
    return is_quiet or purpose is not MessagePurpose.SERVICE


def refusal(wish: Wish, standing: Standing, rules: Rules, *, now: datetime) -> Fate | None:
    """Why a message shall never go, whatever becomes free; None where nothing says so."""
    address = (wish.channel, wish.address)
    is_service = wish.purpose is MessagePurpose.SERVICE
    if standing.is_erased:
        return Fate(Verdict.DROP, FateCode.ERASED)
    if standing.is_restricted:
        return Fate(Verdict.DROP, FateCode.RESTRICTED)
    if not is_service and (wish.channel, wish.purpose) not in standing.agreed:
        return Fate(Verdict.DROP, FateCode.NO_CONSENT)
    if address in standing.dead_addresses or (
        not is_service and address in standing.complaining_addresses
    ):
        return Fate(Verdict.DROP, FateCode.CLOSED_CHANNEL)
    expiry = expiry_of(wish, rules)
    if expiry is not None and expiry <= max(now, wish.due_at):
        return Fate(Verdict.DROP, FateCode.EXPIRED, expiry)
    return None


def _fate(
    wish: Wish,
    standing: Standing,
    beside: Standing,
    rules: Rules,
    now: datetime,
    winners: Sequence[Wish],
) -> Fate:
    if (refused := refusal(wish, standing, rules, now=now)) is not None:
        return refused
    held = next(_holds(wish, beside, rules, now), None)
    if held is None:
        return _FREE
    is_outranked = next(_holds(wish, standing, rules, now), None) != held
    if is_outranked:
        held = replace(held, code=FateCode.OUTRANKED)
        if (into := _said_in(wish, winners, rules)) is not None:
            return Fate(Verdict.MERGE, FateCode.SAID_IN_ANOTHER, into=into)
    if wish.kind in rules.dropped_kinds and held.code in _FULL:
        return Fate(Verdict.DROP, held.code, held.until, facts=held.facts)
    free_at = _free_at(wish, beside, rules, held)
    expiry = expiry_of(wish, rules)
    if expiry is not None and free_at is not None and free_at >= expiry:
        return Fate(Verdict.DROP, FateCode.EXPIRED, expiry, facts={"held_by": held.code})
    return Fate(Verdict.DEFER, held.code, free_at, facts=held.facts)


def _said_in(wish: Wish, winners: Sequence[Wish], rules: Rules) -> UUID | None:
    """The message of the same kind, way and address that goes now, where the rules join them."""
    if wish.kind not in rules.merged_kinds:
        return None
    alike = (wish.kind, wish.channel, wish.address)
    found = (each for each in winners if (each.kind, each.channel, each.address) == alike)
    return next((each.id for each in found), None)


def _free_at(wish: Wish, standing: Standing, rules: Rules, held: _Hold | None) -> datetime | None:
    """The first moment at which nothing that is known today holds a message back."""
    at = None
    while held is not None:
        if held.until is None:
            return None
        at = held.until
        held = next(_holds(wish, standing, rules, at), None)
    return at


def _holds(wish: Wish, standing: Standing, rules: Rules, at: datetime) -> Iterator[_Hold]:
    """Everything that holds a message back at a moment; each ends later than that moment."""
    if at < wish.due_at:
        yield _Hold(FateCode.NOT_DUE, wish.due_at)
    if standing.has_open_complaint and wish.purpose in rules.held_by_complaints:
        yield _Hold(FateCode.OPEN_COMPLAINT, None)
    if not wish.was_admitted:
        yield from _cooling(wish, standing, rules, at)
        yield from _capped(wish, standing, rules, at)
    quiet = rules.quiet
    if quiet and wish.channel in quiet.channels and wish.purpose in quiet.purposes:
        until = quiet_until(at, begins=quiet.begins, ends=quiet.ends, zone=standing.zone)
        if until is not None:
            yield _Hold(FateCode.QUIET_HOURS, until)


def _cooling(wish: Wish, standing: Standing, rules: Rules, at: datetime) -> Iterator[_Hold]:
    for rule in rules.cooldowns:
        if wish.purpose is not rule.purpose or wish.kind in rule.exempt_kinds:
            continue
        asked_at = last_asked(rule, standing.approaches)
        if asked_at and at < (until := day_after(asked_at, rule.days, standing.zone)):
            facts: Facts = {"days": rule.days, "since": asked_at.isoformat()}
            yield _Hold(FateCode.COOLDOWN, until, facts)


def last_asked(rule: Cooldown, approaches: Iterable[Approach]) -> datetime | None:
    """When somebody was last asked for what a cooldown holds; whatever came of it."""
    return max(
        (
            approach.at
            for approach in approaches
            if approach.purpose is rule.purpose and approach.kind not in rule.exempt_kinds
        ),
        default=None,
    )


def _capped(wish: Wish, standing: Standing, rules: Rules, at: datetime) -> Iterator[_Hold]:
    caps = [(FateCode.CAP_REACHED, cap) for cap in rules.caps]
    if standing.own_limit is not None:
        caps.append((FateCode.OWN_LIMIT, standing.own_limit))
    for code, cap in caps:
        if wish.purpose not in cap.purposes:
            continue
        counted = within(cap, standing.approaches, at)
        if len(counted) >= cap.most:
            facts = {"n": len(counted), "most": cap.most, "days": cap.days}
            yield _Hold(code, place_free_at(cap, counted), facts)


def within(cap: Cap, approaches: Iterable[Approach], at: datetime) -> list[datetime]:
    """When those happened that a cap counts at a moment, the earliest first."""
    since = at - timedelta(days=cap.days)
    return sorted(
        approach.at
        for approach in approaches
        if approach.purpose in cap.purposes and approach.at > since
    )


def place_free_at(cap: Cap, counted: Sequence[datetime]) -> datetime | None:
    """When a full window has a place again; None where it never has one."""
    if cap.most == 0:
        return None
    return counted[len(counted) - cap.most] + timedelta(days=cap.days)


def _approached(standing: Standing, wish: Wish, at: datetime) -> Standing:
    more = Approach(wish.purpose, wish.kind, at)
    return replace(standing, approaches=(*standing.approaches, more))
