"""Records by the way that files of them take, each answered."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from regulars.book.importing.batches import Way, post_in_batches
from regulars.book.models import Event
from regulars.book.sent.results import Result
from regulars.kit.errors import Refusal


def kept_by_way[T](
    told: Sequence[T | Refusal],
    way: Way[T],
    ids: Callable[[Sequence[T]], Mapping[str, UUID]],
) -> list[Result]:
    """Post what is told; refused are those that stand as a refusal already, and what the way says.

    `ids` gives of records, by their keys, the ids the book has for them.
    """
    records = [each for each in told if not isinstance(each, Refusal)]
    if not records:
        return [Result(refusal=each) for each in told if isinstance(each, Refusal)]
    results: dict[str, Result] = {}
    for done in post_in_batches(records, way):
        found = ids([record for record, _ in done.stored]) if done.stored else {}
        for record, outcome in done.stored:
            results[way.key(record)] = Result(found.get(way.key(record)), outcome)
        for record, refusal in done.refused:
            results[way.key(record)] = Result(refusal=refusal)
    return [
        Result(refusal=each) if isinstance(each, Refusal) else results[way.key(each)]
        for each in told
    ]


def ids_by_event(source: str, kinds: str, keys: Sequence[str]) -> dict[str, UUID]:
    """What `<kinds>:<key>` in the timeline speaks of, by key; one statement."""
    wanted = {f"{kinds}:{key}": key for key in keys}
    held = Event.objects.filter(source=source, source_key__in=wanted, subject_id__isnull=False)
    return {
        wanted[event_key]: subject_id
        for event_key, subject_id in held.values_list("source_key", "subject_id")
        if subject_id is not None
    }
