"""Records of one kind into the book, batch by batch: set by set where they are new.

What the book holds already in the same words is passed over; what it holds otherwise, and what a
batch cannot take at once, goes through the service that knows what a change means, one by one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched

from django.db import OperationalError, transaction

from regulars.book.kept import Outcome
from regulars.book.services.lawful import AgainstTheRules, lawful
from regulars.kit.errors import Refusal

BATCH = 500  # records in one transaction


@dataclass(frozen=True)
class Way[T]:
    """How one kind of record comes into the book.

    `known` gives of some records those the book holds, and whether in the same words; `add` writes
    records that it does not hold; `one` keeps a single one, whatever the book holds. What is not
    `plain` would be refused, so it is left to `one` to say why.
    """

    key: Callable[[T], str]
    known: Callable[[Sequence[T]], Mapping[str, bool]]
    add: Callable[[Sequence[T]], None]
    one: Callable[[T], Outcome]
    plain: Callable[[T], bool] = lambda _: True


@dataclass
class Outcomes[T]:
    """What became of a batch."""

    stored: list[tuple[T, Outcome]] = field(default_factory=list)
    refused: list[tuple[T, Refusal]] = field(default_factory=list)


def post_in_batches[T](records: Iterable[T], way: Way[T]) -> Iterator[Outcomes[T]]:
    """Post records; gives what became of each batch after its commit."""
    for batch in batched(records, BATCH):
        yield _post(batch, way)


def _post[T](batch: Sequence[T], way: Way[T]) -> Outcomes[T]:
    done: Outcomes[T] = Outcomes()
    known = way.known(batch)
    unknown = [record for record in batch if way.key(record) not in known]
    fresh = [record for record in unknown if way.plain(record)]
    singly = [record for record in unknown if not way.plain(record)]
    singly += [record for record in batch if known.get(way.key(record)) is False]
    done.stored = [(r, Outcome.SAME) for r in batch if known.get(way.key(r))]
    _add(fresh, way, done)
    for record in singly:
        _post_one(record, way, done)
    return done


def _add[T](fresh: Sequence[T], way: Way[T], done: Outcomes[T]) -> None:
    """Write new records; those that cannot be written are found by halving."""
    if not fresh:
        return
    if len(fresh) == 1:
        _post_one(fresh[0], way, done)
        return
    try:
        with lawful(""):
            way.add(fresh)
    except (AgainstTheRules, OperationalError):
        half = len(fresh) // 2
        _add(fresh[:half], way, done)
        _add(fresh[half:], way, done)
    else:
        done.stored += [(record, Outcome.NEW) for record in fresh]


def _post_one[T](record: T, way: Way[T], done: Outcomes[T]) -> None:
    try:
        with transaction.atomic(), lawful(way.key(record)):
            done.stored.append((record, way.one(record)))
    except Refusal as refusal:
        done.refused.append((record, refusal))
