"""Customers that programs send."""

from collections.abc import Sequence

from regulars.book.sent.people import Who, find_each
from regulars.book.sent.results import Result, ToldTwice
from regulars.kit.errors import Refusal


def keep_customers(sent: Sequence[tuple[str, Who]]) -> list[Result]:
    """Find or take down customers, each with the source that tells of them."""
    results: dict[int, Result] = {}
    of_source: dict[str, list[int]] = {}
    seen: set[tuple[str, str]] = set()
    for place, (source, who) in enumerate(sent):
        key = source, who.external_id or ""
        if who.external_id and key in seen:
            results[place] = Result(refusal=ToldTwice(*key))
            continue
        seen.add(key)
        of_source.setdefault(source, []).append(place)
    for source in sorted(of_source):
        places = of_source[source]
        found = find_each([sent[place][1] for place in places], source=source)
        for place, one in zip(places, found, strict=True):
            results[place] = (
                Result(refusal=one)
                if isinstance(one, Refusal)
                else Result(one.customer_id, one.outcome)
            )
    return [results[place] for place in range(len(sent))]
