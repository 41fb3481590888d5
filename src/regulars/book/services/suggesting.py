"""Who may be the same person is suggested, and a person decides.

Records come in one at a time: those that share a key with a new one are looked up and weighed at
once. Weights are learned from all records by Splink, which also goes over everybody.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import batched
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from regulars.book.models import Customer, JoinSuggestion, LinkageWeights
from regulars.book.models.suggestion import SuggestionState
from regulars.book.queries.wholes import wholes_of
from regulars.book.services.joining import hold_wholes, join_customers
from regulars.book.services.search_keys import records_to_compare
from regulars.company.services import audit
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.measure.blocking import MOST_SHARING
from regulars.measure.linkage import USUAL, Record, Verdict, Weights, compare

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


class AlreadyDecided(Refusal):
    """Somebody was faster."""

    def __init__(self) -> None:
        super().__init__(
            "already_decided",
            N_("Somebody has decided on these two already."),
            N_("Look at the customer; a join can be split again."),
        )


@dataclass(frozen=True)
class Probable:
    """Two records, the older first, and what is said for their being one person."""

    first: UUID
    second: UUID
    verdict: Verdict
    digest: str


@transaction.atomic
def suggest_joins_of(customer_ids: Collection[UUID]) -> int:
    """Look for records of the same person as these, new or changed; gives how many are suggested.

    What was suggested before and is probable no more is taken back. Repeating it changes nothing.
    """
    near = _candidates(customer_ids)
    everybody = {*customer_ids, *(each for pair in near for each in pair)}
    records = records_to_compare(everybody)
    weights = weights_in_use()
    probable = [
        each
        for pair in near
        if (each := _weighed(pair, records, weights)).verdict.probability >= OFFERED_FROM
    ]
    _take_back(customer_ids, probable)
    return _suggest(probable)


def suggest_joins(pairs: Iterable[tuple[UUID, UUID]]) -> int:
    """Suggest pairs that a pass over everybody found probable; gives how many are suggested."""
    n_suggested, weights = 0, weights_in_use()
    for some in batched(pairs, _AT_ONCE):
        with transaction.atomic():
            records = records_to_compare({each for pair in some for each in pair})
            known = [pair for pair in some if set(pair) <= records.keys()]
            n_suggested += _suggest([_weighed(pair, records, weights) for pair in known])
    return n_suggested


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


def keep_weights(weights: Weights, *, n_records: int) -> LinkageWeights:
    """What was learned holds from now on."""
    return LinkageWeights.objects.create(weights=weights.as_dict(), n_records=n_records)


def weights_in_use() -> Weights:
    """What was learned last; the usual weights while nothing was."""
    latest = LinkageWeights.objects.order_by("-pk").values_list("pk", "learned_at").first()
    return _weights(*latest) if latest is not None else USUAL


@lru_cache(maxsize=2)
def _weights(pk: int, _learned_at: datetime) -> Weights:
    return Weights.from_dict(LinkageWeights.objects.get(pk=pk).weights)


def _candidates(customer_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, {"asked": list(customer_ids), "most": MOST_SHARING})
        return {(min(pair), max(pair)) for pair in cursor.fetchall()}


def _weighed(pair: tuple[UUID, UUID], records: Mapping[UUID, Record], weights: Weights) -> Probable:
    first, second = sorted(pair)
    both = (records[first], records[second])
    digest = hashlib.sha256("\n".join(map(repr, both)).encode()).hexdigest()
    return Probable(first, second, compare(*both, weights), digest)


def _suggest(probable: Sequence[Probable]) -> int:
    """Write what is new or says something else than before; gives how many."""
    wholes = wholes_of(each for pair in probable for each in (pair.first, pair.second))
    apart = {
        (pair.first, pair.second): pair
        for pair in probable
        if wholes[pair.first] != wholes[pair.second]
    }
    among = JoinSuggestion.objects.filter(first__in={first for first, _ in apart})
    held = {(each.first_id, each.second_id): each for each in among}
    told = [
        _written(pair)
        for ids, pair in apart.items()
        if ids not in held or held[ids].digest != pair.digest or _says_else(held[ids], pair)
    ]
    JoinSuggestion.objects.bulk_create(
        told,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["probability", "evidence", "digest", "state", "decided_at", "decided_by"],
    )
    return len(told)


def _says_else(held: JoinSuggestion, pair: Probable) -> bool:
    """Whether an open one is weighed otherwise now; what was decided is not asked again."""
    is_open = held.state == SuggestionState.OPEN
    return is_open and held.probability != pair.verdict.probability


def _written(pair: Probable) -> JoinSuggestion:
    said = sorted(pair.verdict.said, key=lambda each: -abs(each.weight))
    return JoinSuggestion(
        first_id=pair.first,
        second_id=pair.second,
        probability=pair.verdict.probability,
        evidence=[[each.field, each.outcome, round(each.weight, 1)] for each in said],
        digest=pair.digest,
    )


def _take_back(customer_ids: Collection[UUID], probable: Sequence[Probable]) -> None:
    still = {(pair.first, pair.second) for pair in probable}
    about = Q(first__in=customer_ids) | Q(second__in=customer_ids)
    held = JoinSuggestion.objects.filter(about, state=SuggestionState.OPEN)
    gone = [each.pk for each in held if (each.first_id, each.second_id) not in still]
    JoinSuggestion.objects.filter(pk__in=gone).delete()


def _locked(suggestion: JoinSuggestion) -> JoinSuggestion:
    held = JoinSuggestion.objects.select_for_update(of=("self",))
    return held.select_related("first__kept", "second__kept").get(pk=suggestion.pk)


def _decide(suggestion: JoinSuggestion, state: SuggestionState, *, by: UUID | None) -> None:
    if suggestion.state == state:
        return
    suggestion.state, suggestion.decided_at = state, timezone.now()
    suggestion.decided_by_id = by
    suggestion.save(update_fields=["state", "decided_at", "decided_by"])
    audit.record(f"join.{state}", by=by, subject_id=suggestion.pk)
