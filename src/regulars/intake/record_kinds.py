"""What each kind of record is made of, beside orders: its fields, and what it cannot do without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regulars.intake.typed import As

PEOPLE: dict[str, As] = {
    "customer_id": As.IDENTIFIER,
    "email": As.EMAIL,
    "phone": As.TEXT,
    "card": As.TEXT,
    "name": As.TEXT,
    "first_name": As.TEXT,
    "last_name": As.TEXT,
}
KEYS = ("customer_id", "email", "phone", "card")  # the strongest first
LONGEST_KEY = 254  # letters


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: fields, and which of them a row or a file must have.

    `needed` have to be told by each row; of each group in `one_of` a file needs one column, and a
    row one value. `key` are the fields that say which record it is, the best first.
    """

    fields: Mapping[str, As]
    needed: Sequence[str] = ()
    one_of: Sequence[Sequence[str]] = ()
    key: Sequence[str] = ()


_ORDER = {"order_key": As.IDENTIFIER}
_MONEY = {"currency": As.TEXT}

KINDS: Mapping[str, Kind] = {
    "customers": Kind(
        fields=PEOPLE
        | {
            "account": As.IDENTIFIER,
            "language": As.CODE,
            "relationship": As.CODE,
            "party": As.CODE,
        },
        one_of=(KEYS,),
    ),
    "promises": Kind(
        fields={
            "promise_key": As.IDENTIFIER,
            **_ORDER,
            **PEOPLE,
            "promise_kind": As.CODE,
            "made": As.MOMENT,
            "due": As.MOMENT,
            "kept": As.MOMENT,
            "withdrawn": As.MOMENT,
            "status": As.TEXT,
        },
        needed=("made", "due"),
        one_of=(("order_key", *KEYS),),
        key=("promise_key", "order_key"),
    ),
    "contacts": Kind(
        fields={
            "contact_key": As.IDENTIFIER,
            "key": As.IDENTIFIER,
            **PEOPLE,
            "contact_kind": As.CODE,
            "direction": As.CODE,
            "started": As.MOMENT,
            "ended": As.MOMENT,
            "waiting": As.NUMBER,
            "waiting_minutes": As.NUMBER,
            "handling": As.NUMBER,
            "channel": As.CODE,
            "branch": As.CODE,
            "outcome": As.CODE,
            "note": As.TEXT,
        },
        needed=("contact_kind", "started"),
        one_of=(KEYS,),
        key=("contact_key", "key"),
    ),
    "invoices": Kind(
        fields={
            "invoice_key": As.IDENTIFIER,
            **_ORDER,
            **PEOPLE,
            "issued": As.MOMENT,
            "pay_by": As.MOMENT,
            "paid": As.MOMENT,
            "total": As.NUMBER,
            **_MONEY,
        },
        needed=("invoice_key", "issued", "pay_by", "total"),
        one_of=(("order_key", *KEYS),),
        key=("invoice_key",),
    ),
    "returns": Kind(
        fields={
            "return_key": As.IDENTIFIER,
            **_ORDER,
            **PEOPLE,
            "returned": As.MOMENT,
            "product": As.TEXT,
            "quantity": As.NUMBER,
            "paid_back": As.NUMBER,
            "reason": As.CODE,
            "channel": As.CODE,
            **_MONEY,
        },
        needed=("returned", "paid_back"),
        key=("return_key",),
    ),
    "events": Kind(
        fields={
            "key": As.IDENTIFIER,
            **PEOPLE,
            "event_kind": As.TEXT,
            "happened": As.MOMENT,
            "channel": As.CODE,
            "total": As.NUMBER,
            **_MONEY,
        },
        needed=("event_kind", "happened"),
        one_of=(KEYS,),
        key=("key",),
    ),
}
# Whose columns say more than that somebody is there; by these a file's kind is guessed.
TELLING: Mapping[str, Sequence[str]] = {
    "promises": ("due",),
    "contacts": ("started",),
    "invoices": ("invoice_key", "pay_by", "total"),
    "returns": ("return_key", "paid_back"),
    "events": ("event_kind", "happened"),
}
# As which words other kinds' files name these fields for --map.
ALSO = {
    "customer": "customer_id",
    "order": "order_key",
    "id": "key",
    "amount": "total",
    "refund": "paid_back",
}
