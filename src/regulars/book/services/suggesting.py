"""Who may be the same person is suggested, and a person decides.

Records come in one at a time: those that share a key with a new one are looked up and weighed at
once. Weights are learned from all records by Splink, which also goes over everybody.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import batched
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from regulars.book.evidence import CONFLICT
from regulars.book.models import Customer, Erasure, JoinSuggestion, LinkageWeights
from regulars.book.models.suggestion import SuggestionState
from regulars.book.queries.suggestions import NoSuchSuggestion
from regulars.book.queries.wholes import wholes_of
from regulars.book.services.joining import hold_wholes, join_customers
from regulars.book.services.search_keys import held_records, records_to_compare
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.measure.blocking import MOST_SHARING
from regulars.measure.linkage import USUAL, Verdict, Weights, compare

OFFERED_FROM = 0.8  # probability from which a person is asked
_AT_ONCE = 500

# Takes ids of records; gives each with the others of its kind that share a key with it. A key that
# too many share leads nowhere: it is not followed beyond that number, and what it gave is left out.
CANDIDATES = """
WITH near AS (
  SELECT asked.customer_id AS asked_id, found.customer_id AS found_id,
      count(*) OVER (PARTITION BY asked.customer_id, key) AS n_sharing
    FROM book_searchentry asked
    CROSS JOIN LATERAL unnest(asked.blocks) AS key
    CROSS JOIN LATERAL (
      SELECT customer_id FROM book_searchentry WHERE blocks @> ARRAY[key] LIMIT %(most)s + 1
    ) found
    WHERE asked.customer_id = ANY(%(asked)s)
)
SELECT DISTINCT asked_id, found_id
  FROM near
  JOIN book_customer asked ON asked.id = asked_id
  JOIN book_customer found ON found.id = found_id
  WHERE n_sharing <= %(most)s AND asked_id <> found_id AND asked.kind = found.kind
"""


type Pair = tuple[UUID, UUID]  # the older first


class AlreadyDecided(Refusal):
    """Somebody was faster."""

    def __init__(self) -> None:
        super().__init__(
            "already_decided",
            N_("Somebody has decided on these two already."),
            N_("Look at the customer; a join can be split again."),
        )


@dataclass(frozen=True)
class Conflict:
    """Two customers whom a source tells as one, and what it named them by."""

    first: UUID
    second: UUID
    kinds: Sequence[str]  # of identities


@dataclass(frozen=True)
class Weighed:
    """Two records, and what is said for their being one person, and against it."""

    pair: Pair
    verdict: Verdict
    digest: str
    in_conflict: Sequence[str] = ()  # kinds of what a source named both by

    @property
    def is_probable(self) -> bool:
        """Whether a person is asked."""
        return self.verdict.probability >= OFFERED_FROM

    def evidence(self) -> list[list[str | float]]:
        """As it is kept: what is in conflict, then what each field says, the strongest first."""
        said = sorted(self.verdict.said, key=lambda each: -abs(each.weight))
        conflicts: list[list[str | float]] = [[kind, CONFLICT, 0.0] for kind in self.in_conflict]
        return conflicts + [[each.field, each.outcome, round(each.weight, 1)] for each in said]


@transaction.atomic
def suggest_joins_of(customer_ids: Collection[UUID]) -> int:
    """Look for records of the same person as these, new or changed; gives how many are suggested.

    What was suggested before and is probable no more is taken back. Repeating it changes nothing.
    """
    near = _candidates(customer_ids)
    probable = _probable(near, weights_in_use())
    about = Q(first__in=customer_ids) | Q(second__in=customer_ids)
    _take_back(about, probable)
    return _suggest(probable)


def suggest_joins(pairs: Iterable[Pair]) -> int:
    """Suggest pairs that a pass over everybody found probable; gives how many are suggested."""
    n_suggested, weights = 0, weights_in_use()
    for some in batched(pairs, _AT_ONCE):
        with transaction.atomic():
            n_suggested += _suggest(_probable(some, weights))
    return n_suggested


def weigh_again() -> None:
    """Weigh anew whatever waits for a decision; what is probable no more is taken back."""
    weights = weights_in_use()
    waiting = JoinSuggestion.objects.filter(state=SuggestionState.OPEN).order_by("pk")
    for some in batched(waiting.values_list("pk", "first", "second").iterator(_AT_ONCE), _AT_ONCE):
        with transaction.atomic():
            probable = _probable([pair for _, *pair in some], weights)
            _take_back(Q(pk__in=[pk for pk, *_ in some]), probable)
            _suggest(probable)


def note_conflicts(conflicts: Iterable[Conflict]) -> int:
    """Ask about customers whom a source takes for one; gives how many are asked about anew.

    They are not joined, however probable it is, nor told apart: a person decides. Once decided it
    is not asked again while both records say the same.
    """
    n_noted, weights = 0, weights_in_use()
    for some in batched(conflicts, _AT_ONCE):
        kinds = {_pair(each.first, each.second): each.kinds for each in some}
        with transaction.atomic():
            weighed = _weighed(kinds, weights)
            n_noted += _suggest([replace(each, in_conflict=kinds[each.pair]) for each in weighed])
    return n_noted


@transaction.atomic
def accept_suggestion(suggestion: JoinSuggestion, *, by: UUID | None) -> Customer:
    """They are one: join them. Gives the one who is kept, the older; accepting twice joins once."""
    hold_wholes([suggestion.first, suggestion.second])
    locked = _locked(suggestion)
    if locked.state == SuggestionState.DECLINED:
        raise AlreadyDecided
    first, second = locked.first, locked.second
    if locked.state == SuggestionState.OPEN and first.whole_id != second.whole_id:
        key = f"{locked.pk}:{locked.digest}"
        join_customers(first, second, source="suggestion", source_key=key, by=by)
    _decide(locked, SuggestionState.ACCEPTED, by=by)
    return first.whole


@transaction.atomic
def decline_suggestion(suggestion: JoinSuggestion, *, by: UUID | None) -> None:
    """They are two; they are not suggested again while their records say the same."""
    locked = _locked(suggestion)
    if locked.state == SuggestionState.ACCEPTED:
        raise AlreadyDecided
    _decide(locked, SuggestionState.DECLINED, by=by)


@transaction.atomic
def keep_weights(weights: Weights, *, n_records: int) -> LinkageWeights:
    """What was learned holds from now on; what was learned before is forgotten."""
    made = LinkageWeights.objects.create(weights=weights.as_dict(), n_records=n_records)
    LinkageWeights.objects.exclude(pk=made.pk).delete()
    return made


def forget_weights() -> None:
    """There is too little to learn from any more: the usual weights hold."""
    LinkageWeights.objects.all().delete()


def weights_in_use() -> Weights:
    """What was learned last; the usual weights while nothing was."""
    latest = LinkageWeights.objects.order_by("-pk").values_list("pk", "learned_at").first()
    return _weights(*latest) if latest is not None else USUAL


@lru_cache(maxsize=2)
def _weights(_pk: int, _learned_at: datetime) -> Weights:
    return Weights.from_dict(LinkageWeights.objects.latest().weights)


def _candidates(customer_ids: Collection[UUID]) -> set[Pair]:
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, {"asked": list(customer_ids), "most": MOST_SHARING})
        return {_pair(*ids) for ids in cursor.fetchall()}


def _pair(one: UUID, other: UUID) -> Pair:
    return min(one, other), max(one, other)


def _probable(pairs: Iterable[Iterable[UUID]], weights: Weights) -> list[Weighed]:
    return [each for each in _weighed(pairs, weights) if each.is_probable]


def _weighed(pairs: Iterable[Iterable[UUID]], weights: Weights) -> list[Weighed]:
    """What both records of each pair say; three statements. Who is not there is left out."""
    asked = sorted(_pair(*pair) for pair in pairs)
    records = records_to_compare({each for pair in asked for each in pair})
    weighed = []
    for first, second in asked:
        if first in records and second in records:
            both = (records[first], records[second])
            digest = hashlib.sha256("\n".join(map(repr, both)).encode()).hexdigest()
            weighed.append(Weighed((first, second), compare(*both, weights), digest))
    return weighed


def _suggest(told: Sequence[Weighed]) -> int:
    """Write what is new or says something else than before; gives how many.

    What somebody decides on meanwhile stays decided.
    """
    asked = _apart({each.pair: each for each in told})
    among = JoinSuggestion.objects.filter(first__in={first for first, _ in asked})
    held = {(each.first_id, each.second_id): each for each in among}
    fresh = [_written(each) for pair, each in asked.items() if pair not in held]
    JoinSuggestion.objects.bulk_create(fresh, ignore_conflicts=True)
    again = [
        (before, said)
        for pair, each in asked.items()
        if (before := held.get(pair)) and _says_else(before, said := _with_conflict(before, each))
    ]
    for before, said in again:
        unchanged = JoinSuggestion.objects.filter(
            pk=before.pk, state=before.state, digest=before.digest
        )
        unchanged.update(
            probability=said.verdict.probability,
            evidence=said.evidence(),
            digest=said.digest,
            state=SuggestionState.OPEN,
            decided_at=None,
            decided_by=None,
        )
    return len(fresh) + len(again)


def _apart(told: Mapping[Pair, Weighed]) -> dict[Pair, Weighed]:
    """Those whose records are two customers still, and nobody who was erased."""
    ids = {each for pair in told for each in pair}
    wholes = wholes_of(ids)
    free = held_records(ids)
    free.difference_update(Erasure.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return {
        pair: each
        for pair, each in told.items()
        if free.issuperset(pair) and wholes[pair[0]] != wholes[pair[1]]
    }


def _with_conflict(held: JoinSuggestion, said: Weighed) -> Weighed:
    """A conflict that waits for a decision stays one, whatever the records say meanwhile."""
    if held.state != SuggestionState.OPEN:
        return said
    before = (kind for kind, outcome, _ in held.evidence if outcome == CONFLICT)
    return replace(said, in_conflict=list(dict.fromkeys([*before, *said.in_conflict])))


def _says_else(held: JoinSuggestion, said: Weighed) -> bool:
    """Whether it is another question; what was decided is asked again where records changed."""
    if held.state != SuggestionState.OPEN or held.digest != said.digest:
        return held.digest != said.digest
    is_weighed_else = held.probability != said.verdict.probability
    return is_weighed_else or held.evidence != said.evidence()


def _written(said: Weighed) -> JoinSuggestion:
    first, second = said.pair
    return JoinSuggestion(
        first_id=first,
        second_id=second,
        probability=said.verdict.probability,
        evidence=said.evidence(),
        digest=said.digest,
    )


def _take_back(about: Q, probable: Sequence[Weighed]) -> None:
    """Of what waits for a decision, delete what is probable no more, and no conflict."""
    still = {each.pair for each in probable}
    held = JoinSuggestion.objects.filter(about, state=SuggestionState.OPEN)
    waiting = held.exclude(evidence__contains=[[CONFLICT]])
    gone = [each.pk for each in waiting if (each.first_id, each.second_id) not in still]
    JoinSuggestion.objects.filter(pk__in=gone, state=SuggestionState.OPEN).delete()


def _locked(suggestion: JoinSuggestion) -> JoinSuggestion:
    held = JoinSuggestion.objects.select_for_update(of=("self",))
    found = held.select_related("first__kept", "second__kept").filter(pk=suggestion.pk).first()
    if found is None:
        raise NoSuchSuggestion
    return found


def _decide(suggestion: JoinSuggestion, state: SuggestionState, *, by: UUID | None) -> None:
    if suggestion.state == state:
        return
    suggestion.state, suggestion.decided_at = state, timezone.now()
    suggestion.decided_by_id = by
    suggestion.save(update_fields=["state", "decided_at", "decided_by"])
    audit.record(f"join.{state}", by=by, subject_id=suggestion.pk)
