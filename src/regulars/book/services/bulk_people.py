"""People by the thousand: found by exact keys, or taken down; set by set.

Whoever tells a key that the book knows is the one it belongs to; a key that nobody is known by yet
is added to them. Where the keys told belong to different customers, nothing is written and nothing
is guessed: the conflict is given back. A phone number does not tell whose it is where somebody of
another name is known by it and the row tells another key: people of one household share it. Either
is shown to whoever decides on joins.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from regulars.book.kept import Outcome
from regulars.book.models import Customer, Event
from regulars.book.models.customer import CustomerKind, IdentityKind, Relationship
from regulars.book.services.suggesting import Conflict, note_conflicts
from regulars.book.spelling import may_be_one
from regulars.kit.ids import new_id

BATCH = 2000  # people in one transaction
_TRIES = 5  # another import may take down the same people at this moment

type Key = tuple[str, str, str]  # kind, source, value; the source only where the kind is external

FIND = """
SELECT identity.kind, identity.source, identity.value, identity.customer_id,
    coalesce(customer.kept_id, customer.id), customer.name
  FROM unnest(%s::text[], %s::text[], %s::text[]) AS told (kind, source, value)
  JOIN book_identity identity USING (kind, source, value)
  JOIN book_customer customer ON customer.id = identity.customer_id
"""


@dataclass(frozen=True, kw_only=True)
class PersonTold:
    """One customer as a source tells them; what is empty is not told."""

    keys: tuple[Key, ...]  # the strongest first
    name: str = ""
    language: str = ""
    kind: CustomerKind | None = None
    relationship: Relationship | None = None


@dataclass(frozen=True)
class Found:
    """Who it is; None where the keys belong to different customers, then which kinds of keys."""

    customer_id: UUID | None
    outcome: Outcome = Outcome.SAME
    conflict: tuple[str, ...] = ()


@dataclass
class _Batch:
    """What is to be written, gathered before anything is."""

    source: str
    made: dict[UUID, PersonTold] = field(default_factory=dict)
    keys: dict[Key, UUID] = field(default_factory=dict)
    changed: dict[UUID, set[str]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)


@dataclass
class _Held:
    """Whose each key is, who stands for that record, and what it is called."""

    owners: dict[Key, UUID] = field(default_factory=dict)
    wholes: dict[UUID, UUID] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)

    def whole(self, owner: UUID) -> UUID:
        return self.wholes.get(owner, owner)

    def shared_phones(self, person: PersonTold) -> list[Key]:
        """Phone numbers of somebody of another name, where the person tells another key too."""
        phones = [key for key in person.keys if key[0] == IdentityKind.PHONE]
        if len(phones) == len(person.keys):
            return []
        of_others = (key for key in phones if key in self.owners)
        return [
            key
            for key in of_others
            if not may_be_one(person.name, self.names.get(self.owners[key], ""))
        ]


def find_people(people: Sequence[PersonTold], *, source: str, make: bool = True) -> list[Found]:
    """Find or take down some people, each batch in a transaction of its own.

    With `make=False` nobody is taken down and no key is added. Who is unknown then, and who tells
    no key at all, has no customer and no conflict.
    """
    found: list[Found] = []
    for start in range(0, len(people), BATCH):
        found += _tried(people[start : start + BATCH], source, make=make)
    return found


def _tried(people: Sequence[PersonTold], source: str, *, make: bool) -> list[Found]:
    for attempt in range(_TRIES):
        try:
            with transaction.atomic():
                return _find(people, source, make=make)
        except (IntegrityError, OperationalError) as error:
            is_race = "identity_belongs_to_one_customer" in str(error) or "deadlock" in str(error)
            if attempt == _TRIES - 1 or not is_race:
                raise
    raise AssertionError("unreachable")


def _find(people: Sequence[PersonTold], source: str, *, make: bool) -> list[Found]:
    held = _held({key for person in people for key in person.keys})
    batch = _Batch(source)
    found = [_one(person, held, batch, make=make) for person in people]
    if make:
        _rename(people, found, batch)
        _write(batch)
        note_conflicts(batch.conflicts)
    return found


def _held(keys: Iterable[Key]) -> _Held:
    listed = sorted(keys)
    held = _Held()
    if listed:
        with connection.cursor() as cursor:
            cursor.execute(FIND, [list(column) for column in zip(*listed, strict=True)])
            for kind, source, value, owner, whole, name in cursor.fetchall():
                held.owners[kind, source, value] = owner
                held.wholes[owner], held.names[owner] = whole, name
    return held


def _one(person: PersonTold, held: _Held, batch: _Batch, *, make: bool) -> Found:
    shared = held.shared_phones(person)
    keys = [key for key in person.keys if key not in shared]
    known = {key: held.owners[key] for key in keys if key in held.owners}
    if len(wholes := {held.whole(owner) for owner in known.values()}) > 1:
        kinds = tuple(dict.fromkeys(kind for kind, _, _ in known))
        batch.conflicts += (Conflict(*two, kinds) for two in combinations(sorted(wholes), 2))
        return Found(None, conflict=kinds)
    if not known and not (make and keys):
        return Found(None)
    fresh = [key for key in keys if key not in held.owners]
    customer_id = next(iter(known.values())) if known else new_id()
    batch.conflicts += (Conflict(customer_id, held.owners[key], (key[0],)) for key in shared)
    if make:
        held.owners.update(dict.fromkeys(fresh, customer_id))
        batch.keys.update(dict.fromkeys(fresh, customer_id))
    if not known:
        held.names[customer_id] = person.name
        batch.made[customer_id] = person
        return Found(customer_id, Outcome.NEW)
    if fresh and make and customer_id not in batch.made:
        batch.changed.setdefault(customer_id, set()).update(kind for kind, _, _ in fresh)
    return Found(customer_id, Outcome.CHANGED if fresh and make else Outcome.SAME)


def _rename(people: Sequence[PersonTold], found: list[Found], batch: _Batch) -> None:
    """Take the name and language a source tells now, where they are the source's to tell.

    They are where nobody told them yet, or where this source took the customer down and nobody
    here has changed them since.
    """
    told = {
        one.customer_id: person
        for person, one in zip(people, found, strict=True)
        if one.customer_id
        and one.customer_id not in batch.made
        and (person.name or person.language)
    }
    if not told:
        return
    held = {customer.pk: customer for customer in Customer.objects.filter(pk__in=told)}
    differ = {
        pk: [n for n in ("name", "language") if _differs(held[pk], told[pk], n)] for pk in held
    }
    differ = {pk: names for pk, names in differ.items() if names}
    if not differ:
        return
    ours = set(
        Event.objects.filter(
            customer__in=differ, kind="customer.made", source=batch.source
        ).values_list("customer_id", flat=True)
    )
    by_people = {
        (customer_id, name)
        for customer_id, codes in Event.objects.filter(
            customer__in=differ, kind="customer.changed", staff_id__isnull=False
        ).values_list("customer_id", "codes")
        for name in codes.get("changed", ())
    }
    renamed = []
    for pk, names in differ.items():
        customer = held[pk]
        for name in names:
            is_ours = pk in ours and (pk, name) not in by_people
            if is_ours or not getattr(customer, name):
                setattr(customer, name, getattr(told[pk], name))
                batch.changed.setdefault(pk, set()).add(name)
        renamed.append(customer)
    Customer.objects.bulk_update(renamed, ["name", "language"])
    for nth, one in enumerate(found):
        if one.outcome is Outcome.SAME and one.customer_id in batch.changed:
            found[nth] = Found(one.customer_id, Outcome.CHANGED)


def _differs(customer: Customer, told: PersonTold, name: str) -> bool:
    value = getattr(told, name)
    return bool(value) and value != getattr(customer, name)


def _write(batch: _Batch) -> None:
    """Four statements whatever the size. Keys in one order: two imports at once must not lock."""
    now = timezone.now()
    _copy(
        "book_customer (id, kind, relationship, name, language)",
        (
            (
                pk,
                (person.kind or CustomerKind.PERSON).value,
                (person.relationship or Relationship.CONSUMER).value,
                person.name,
                person.language,
            )
            for pk, person in batch.made.items()
        ),
    )
    _copy(
        "book_identity (id, customer_id, kind, source, value)",
        ((new_id(), pk, *key) for key, pk in sorted(batch.keys.items())),
    )
    Event.objects.bulk_create(
        [
            Event(
                kind="customer.made",
                customer_id=pk,
                occurred_at=now,
                source=batch.source,
                source_key=f"customer:{pk}",
                codes={
                    "kind": person.kind or CustomerKind.PERSON,
                    "relationship": person.relationship or Relationship.CONSUMER,
                },
            )
            for pk, person in batch.made.items()
        ]
        + [
            Event(
                kind="customer.changed",
                customer_id=pk,
                occurred_at=now,
                source=batch.source,
                source_key=f"customer:{pk}:{new_id()}",
                codes={"changed": sorted(names)},
            )
            for pk, names in batch.changed.items()
        ]
    )


def _copy(into: str, rows: Iterable[tuple[object, ...]]) -> None:
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {into} FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def external(source: str, value: str) -> Key:
    """The key of a number that a source knows somebody by."""
    return IdentityKind.EXTERNAL.value, source, value
