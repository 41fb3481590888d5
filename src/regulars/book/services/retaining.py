"""Rules of retention are set by a person, looked at in numbers, and applied in small steps.

A step is one transaction; whoever stops it midway does it again and it goes on from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Min, QuerySet

from regulars.book.models import Event, RetentionRule
from regulars.book.services.erasing import erase_customer
from regulars.book.services.retention_kinds import Deed, Kind, Rules, customers_of, kinds
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.ids import new_id
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_

AT_ONCE = 500  # rows a transaction
ERASED_AT_ONCE = 20  # customers: each takes some twenty statements


class NoSuchKind(Refusal):
    """No rule can be set for this."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "no_such_kind",
            N_("There is no kind of data {what!r} that a rule could be set for."),
            N_("Name one of: {wanted}."),
            what=what,
            wanted=", ".join(kinds()),
        )


class NoDays(Refusal):
    """A rule that would let go what is younger than a day."""

    def __init__(self, days: int) -> None:
        super().__init__(
            "no_days",
            N_("Nothing can be kept for {days} days."),
            N_("Give a number of days from 1 on, or switch the rule off."),
            days=days,
        )


@dataclass(frozen=True)
class Standing:
    """One kind: its rule, and what would go by it now. `n` is None where no rule holds."""

    kind: Kind
    rule: RetentionRule | None
    n: int | None = None
    oldest: date | datetime | None = None


@transaction.atomic
def set_rule(
    what: str, *, days: int | None, is_nightly: bool = False, by: UUID | None
) -> RetentionRule:
    """A new version of the rule holds from now on; without days it is off. Safe to repeat."""
    if what not in kinds():
        raise NoSuchKind(what)
    if days is not None and days < 1:
        raise NoDays(days)
    with connection.cursor() as cursor:
        # Of two who set it at once, the second makes the later version.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('retention rules', 0))")
    held = RetentionRule.objects.filter(what=what).order_by("-version").first()
    nightly = is_nightly and days is not None
    if held is not None and (held.days, held.is_nightly) == (days, nightly):
        return held
    made = RetentionRule.objects.create(
        what=what,
        version=held.version + 1 if held else 1,
        days=days,
        is_nightly=nightly,
        set_by_id=by,
    )
    audit.record(
        "retention_rule.set",
        by=by,
        subject_id=made.pk,
        what=what,
        version=made.version,
        days=days,
        nightly=nightly,
    )
    return made


def rules_in_force() -> Mapping[str, RetentionRule]:
    """The rule that holds for each kind, by its code; one statement."""
    latest = RetentionRule.objects.order_by("what", "-version").distinct("what")
    return {rule.what: rule for rule in latest if rule.days is not None and rule.what in kinds()}


def retention_standing(now: datetime) -> Sequence[Standing]:
    """What would go now, kind by kind; changes nothing."""
    rules = rules_in_force()
    days = _days(rules)
    return [_standing(kind, rules.get(what), days, now) for what, kind in kinds().items()]


def apply_rules(
    now: datetime,
    *,
    by: UUID | None,
    is_nightly: bool = False,
    tell: Progress = silent,
) -> Mapping[str, int]:
    """Let go what the rules say, in small steps; gives how many rows of each kind went.

    With `is_nightly` those rules alone that a person set for each night.
    """
    rules = rules_in_force()
    days = _days(rules)
    gone = {}
    for what, rule in rules.items():
        kind = kinds()[what]
        if kind.deed is Deed.KEEP or (is_nightly and not rule.is_nightly):
            continue
        n_due = kind.going(now, days).count()
        gone[what] = 0
        while n := _step(kind, rule, kind.going(now, days), now=now, by=by):
            gone[what] += n
            tell(N_("Letting go: {what}"), gone[what] / max(gone[what], n_due), what=what)
    return gone


def _days(rules: Mapping[str, RetentionRule]) -> Rules:
    return {what: rule.days for what, rule in rules.items() if rule.days is not None}


def _standing(kind: Kind, rule: RetentionRule | None, days: Rules, now: datetime) -> Standing:
    if rule is None or kind.deed is Deed.KEEP:
        return Standing(kind, rule)
    going = kind.going(now, days)
    oldest = going.order_by().aggregate(oldest=Min(kind.age))["oldest"]
    return Standing(kind, rule, going.count(), oldest)


@transaction.atomic
def _step(
    kind: Kind, rule: RetentionRule, going: QuerySet[Any], *, now: datetime, by: UUID | None
) -> int:
    """Some rows, with their audit entry and events, or none of it."""
    n_most = ERASED_AT_ONCE if kind.deed is Deed.ERASE else AT_ONCE
    keys = list(going.order_by("pk").values_list("pk", flat=True)[:n_most])
    rows = going.model._default_manager.filter(pk__in=keys)
    if not keys:
        return 0
    if kind.deed is Deed.ERASE:
        for customer in rows.order_by("pk"):
            erase_customer(customer, by=by)
    else:
        _tell_timeline(kind, customers_of(kind, rows), now=now, by=by)
        rows.update(**kind.emptied) if kind.emptied is not None else rows.delete()
    audit.record(
        "retention_rule.applied",
        by=by,
        subject_id=rule.pk,
        what=kind.what,
        version=rule.version,
        n=len(keys),
    )
    return len(keys)


def _tell_timeline(kind: Kind, customers: set[UUID], *, now: datetime, by: UUID | None) -> None:
    if kind.event:
        step = new_id()
        Event.objects.bulk_create(
            Event(
                kind=kind.event,
                customer_id=customer,
                staff_id=by,
                occurred_at=now,
                source="retention",
                source_key=f"{kind.what}:{step}:{customer}",
            )
            for customer in sorted(customers)
        )
