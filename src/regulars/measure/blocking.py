"""Keys under which a record is looked for: only records that share one are compared."""

from collections.abc import Iterator

from regulars.measure.linkage import Record

# More records than this share a key: it is too common to lead anywhere, and another key will.
MOST_SHARING = 100
_LEAST_LOCAL = 4  # letters before an @ that name somebody
_LEADING = 5
_PHONE_END = 7  # a country's code and a leading zero are told or not


def blocks(record: Record) -> frozenset[str]:
    """The keys of a record, so that a slip in any one field leaves others to be found by.

    Takes   a record.
    Gives   keys, each of a kind: an address, what stands before its @ and how that begins; the end
            of a telephone number; a day of birth; both names in either order; a name with the year
            of birth, with the city, or with how the address begins. An address that only repeats
            the name is no key beside it.
    Error   none: which true pairs share no key is measured on labelled records.
    Beware  a record of one common name alone has no key and is never found: nothing tells it from
            its namesakes.
    Source  blocking on several keys, after Hernandez and Stolfo 1998; redundant with care.
    """
    return frozenset(_keys(record))


def _keys(record: Record) -> Iterator[str]:
    names = sorted({name for name in (record.first_name, record.last_name) if name})
    begins = {local[:_LEADING] for local in record.locals if len(local) >= _LEAST_LOCAL}
    yield from (f"email:{email}" for email in record.emails)
    yield from (f"local:{local}" for local in record.locals if len(local) >= _LEAST_LOCAL)
    yield from (f"begins:{begin}" for begin in begins)
    yield from (f"phone:{phone[-_PHONE_END:]}" for phone in record.phones)
    if record.born_on:
        yield f"born:{record.born_on}"
    if len(names) == 2:
        yield f"names:{names[0]} {names[1]}"
    for name in names:
        if record.born_on:
            yield f"name born:{name} {record.born_on[:4]}"
        if record.city:
            yield f"name city:{name} {record.city}"
        yield from (f"name begins:{name} {begin}" for begin in begins)
