"""What a customer's contact budget holds: what went, what is left, and why something did not go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from regulars.book.models import Customer
from regulars.book.models.consent import MessagePurpose
from regulars.messages.budget.arbiter import Standing, last_asked, place_free_at, within
from regulars.messages.budget.fates import Facts, FateCode, sentence
from regulars.messages.budget.local_time import day_after
from regulars.messages.budget.rules import Cap, Cooldown
from regulars.messages.models import BudgetDecision, ClosedChannel, Outgoing
from regulars.messages.queries.contact_rules import rules_in_force
from regulars.messages.queries.standing import closed_of, standing_of, zone_of


@dataclass(frozen=True)
class Place:
    """One cap: how many of its places are taken, and when the next one is free."""

    cap: Cap
    is_own: bool  # the customer wants it so
    n_taken: int
    free_at: datetime | None  # now where there is one; None where there never is

    @property
    def n_left(self) -> int:
        """How many more may go now."""
        return max(self.cap.most - self.n_taken, 0)


@dataclass(frozen=True)
class Asked:
    """One cooldown: when the customer was last asked, whatever was answered, and when again."""

    purpose: MessagePurpose
    last_at: datetime | None
    free_at: datetime  # now, where nothing holds it


@dataclass(frozen=True)
class Budget:
    """What a customer has left."""

    zone: ZoneInfo
    places: Sequence[Place]
    cooldowns: Sequence[Asked]
    has_open_complaint: bool
    closed: Sequence[ClosedChannel]


@dataclass(frozen=True)
class Explained:
    """What became of one message, and why."""

    state: str
    code: FateCode
    until: datetime | None
    facts: Facts
    rules_version: int
    decided_at: datetime
    zone: ZoneInfo

    def sentence(self, lang: str) -> str:
        """Why, in the reader's language, on the customer's clock."""
        return sentence(self.code, lang, zone=self.zone, until=self.until, facts=self.facts)


def budget_of(customer: Customer, *, at: datetime | None = None) -> Budget:
    """What a customer has left at a moment, over all joined records; ten statements."""
    at = at or timezone.now()
    _, rules = rules_in_force()
    standing = standing_of(customer, rules, at=at)
    caps = [(cap, False) for cap in rules.caps]
    if standing.own_limit is not None:
        caps.append((standing.own_limit, True))
    return Budget(
        zone=standing.zone,
        places=[_place(cap, standing, at, is_own=is_own) for cap, is_own in caps],
        cooldowns=[_asked(rule, standing, at) for rule in rules.cooldowns],
        has_open_complaint=standing.has_open_complaint,
        closed=list(closed_of(customer).order_by("closed_at")),
    )


def explain(message: Outgoing) -> Explained | None:
    """Why a message stands as it does; None where the budget was never asked about it."""
    said = BudgetDecision.objects.filter(pk=message.pk).first()
    if said is None or message.customer is None:
        return None
    return Explained(
        state=message.state,
        code=FateCode(said.code),
        until=said.until,
        facts=said.facts,
        rules_version=said.rules_version,
        decided_at=said.decided_at,
        zone=zone_of(message.customer),
    )


def _place(cap: Cap, standing: Standing, at: datetime, *, is_own: bool) -> Place:
    taken = within(cap, standing.approaches, at)
    is_full = len(taken) >= cap.most
    return Place(cap, is_own, len(taken), place_free_at(cap, taken) if is_full else at)


def _asked(rule: Cooldown, standing: Standing, at: datetime) -> Asked:
    last_at = last_asked(rule, standing.approaches)
    free_at = day_after(last_at, rule.days, standing.zone) if last_at else at
    return Asked(rule.purpose, last_at, max(free_at, at))
