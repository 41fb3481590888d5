"""Joins that wait for somebody to decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from regulars.book.evidence import CONFLICT, SAID
from regulars.book.models import Customer, Identity, JoinSuggestion
from regulars.book.models.suggestion import SuggestionState
from regulars.company.models import Staff
from regulars.company.queries.access import staff_who
from regulars.company.rights import Action
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.ids import from_readable
from regulars.kit.texts import N_

PREFIX = "joi"
IS_CONFLICT = Q(evidence__contains=[[CONFLICT]])


class NoSuchSuggestion(Refusal):
    """No suggested join has this id."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_suggestion",
            N_("There is no such suggestion any more."),
            N_("Choose from the list; what a record says may have changed."),
        )


@dataclass(frozen=True)
class Evidence:
    """What one field says, in words, and whether it speaks for the join or against it."""

    field: str
    said: str  # a text of the house, still in English
    doublings: float  # of the odds; below zero it speaks against


@dataclass(frozen=True)
class Suggested:
    """Two records with what they are known by and born on, and the evidence, strongest first."""

    suggestion: JoinSuggestion
    first: Customer
    second: Customer
    evidence: Sequence[Evidence]


def joins_to_decide(user: Staff | AnonymousUser, *, at_most: int = 50) -> Sequence[Suggested]:
    """Probable joins that wait for a decision, the most probable first; it is noted.

    Six statements.
    """
    return _listed(user, _open().exclude(IS_CONFLICT), "join.listed", at_most)


def conflicts_to_decide(user: Staff | AnonymousUser, *, at_most: int = 50) -> Sequence[Suggested]:
    """Customers whom a source takes for one, such as two with one phone number; it is noted.

    Whoever accepts joins them; whoever declines leaves them two, and what the source told of both
    stays put aside. The most probable first; six statements.
    """
    return _listed(user, _open().filter(IS_CONFLICT), "join_conflict.listed", at_most)


def n_joins_to_decide() -> int:
    """How many probable joins wait; one statement."""
    return _open().exclude(IS_CONFLICT).count()


def n_conflicts_to_decide() -> int:
    """How many conflicts wait; one statement."""
    return _open().filter(IS_CONFLICT).count()


def suggestion_for(user: Staff | AnonymousUser, readable_id: str, *, to: Action) -> JoinSuggestion:
    """The suggestion, decided or not, if this person may do this; the reading is noted."""
    staff = staff_who(user, may=to)
    wanted = from_readable(PREFIX, readable_id)
    held = JoinSuggestion.objects.select_related("first__kept", "second__kept")
    found = held.filter(pk=wanted).first() if wanted else None
    if found is None:
        raise NoSuchSuggestion
    audit.record("join.read", by=staff.pk, subject_id=found.pk, to=str(to))
    return found


def _open() -> QuerySet[JoinSuggestion]:
    """Those whose records have not become one customer by another way."""
    first, second = (Coalesce(F(f"{one}__kept_id"), F(f"{one}_id")) for one in ("first", "second"))
    held = JoinSuggestion.objects.filter(state=SuggestionState.OPEN)
    known = (
        prefetch
        for one in ("first", "second")
        for prefetch in (
            Prefetch(f"{one}__identities", Identity.objects.order_by("kind", "pk")),
            f"{one}__days",
        )
    )
    apart = held.alias(first_whole=first, second_whole=second).exclude(
        first_whole=F("second_whole")
    )
    return apart.select_related("first__kept", "second__kept").prefetch_related(*known)


def _listed(
    user: Staff | AnonymousUser, held: QuerySet[JoinSuggestion], noted_as: str, at_most: int
) -> Sequence[Suggested]:
    staff = staff_who(user, may=Action.CHANGE_CUSTOMERS)
    shown = [_suggested(each) for each in held.order_by("-probability", "pk")[:at_most]]
    audit.record(noted_as, by=staff.pk, n=len(shown))
    return shown


def _suggested(suggestion: JoinSuggestion) -> Suggested:
    evidence = [
        Evidence(field, SAID[field, outcome], doublings)
        for field, outcome, doublings in suggestion.evidence
    ]
    return Suggested(suggestion, suggestion.first, suggestion.second, evidence)
