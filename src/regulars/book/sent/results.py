"""What became of each record that was sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from regulars.book.kept import Outcome
from regulars.book.sent.people import Who, resolve
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class ToldTwice(Refusal):
    """A batch tells of one record twice."""

    def __init__(self, source: str, external_id: str) -> None:
        super().__init__(
            "told_twice",
            N_("This batch tells of {external_id} of {source} more than once."),
            N_("Send each record once; the first of them was taken."),
            source=source,
            external_id=external_id,
        )


class CustomerMissing(Refusal):
    """Nobody is named whom a record could belong to."""

    def __init__(self) -> None:
        super().__init__(
            "customer_missing",
            N_("The record does not say whose it is."),
            N_("Name the customer by an id, or by an e-mail, phone, card or number."),
        )


@dataclass(frozen=True)
class Result:
    """One record: kept, with its id, or refused."""

    id: UUID | None = None
    outcome: Outcome | None = None
    refusal: Refusal | None = None


class Sent(Protocol):
    """A record as a program tells it."""

    @property
    def source(self) -> str:
        """Who tells it."""

    @property
    def external_id(self) -> str:
        """By what its source knows it."""

    @property
    def customer(self) -> Who | None:
        """Whose it is."""


def keep_each[T: Sent](
    sent: Sequence[T],
    keep: Callable[[str, Sequence[tuple[T, UUID | None]]], Sequence[Result]],
    *,
    needs_customer: bool = True,
) -> list[Result]:
    """Keep records, those of one source together; the results stand as the records did.

    `keep` gets a source and its records, each with its customer.
    """
    results: dict[int, Result] = {}
    of_source: dict[str, dict[str, int]] = {}
    for place, record in enumerate(sent):
        first = of_source.setdefault(record.source, {}).setdefault(record.external_id, place)
        if first != place:
            results[place] = Result(refusal=ToldTwice(record.source, record.external_id))
    for source, held in of_source.items():
        # In the order of their keys: of two batches at once, neither waits for the other in turn.
        places = [held[external_id] for external_id in sorted(held)]
        whose = resolve([sent[place].customer for place in places], source=source)
        known: list[tuple[int, UUID | None]] = []
        for place, customer in zip(places, whose, strict=True):
            if isinstance(customer, Refusal):
                results[place] = Result(refusal=customer)
            elif customer is None and needs_customer:
                results[place] = Result(refusal=CustomerMissing())
            else:
                known.append((place, customer))
        kept = keep(source, [(sent[place], customer) for place, customer in known])
        results |= {place: result for (place, _), result in zip(known, kept, strict=True)}
    return [results[place] for place in range(len(sent))]
