"""What the example company's files tell and no import takes yet, through the book's own services.

Each can be repeated: every change has its source's number.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import batched
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from regulars.book.importing.demo_files import (
    ORDERS,
    TILLS,
    WEB_SHOP,
    WHOLESALE,
    CompanyFiles,
)
from regulars.book.models import Customer, Invoice, Order
from regulars.book.models.consent import ConsentHow, MessageChannel, MessagePurpose
from regulars.book.models.customer import IdentityKind
from regulars.book.models.day import DayKind
from regulars.book.models.invoice import DisputeOutcome, DisputeReason
from regulars.book.models.promise import PromiseKind
from regulars.book.services.affiliations import AlreadyThere, Position, begin_affiliation
from regulars.book.services.bulk_people import Key, PersonTold, external, find_people
from regulars.book.services.consents import Act, Scope, give_consent
from regulars.book.services.days import Yearly, note_day
from regulars.book.services.disputes import open_dispute, resolve_dispute
from regulars.book.services.promises import (
    keep_promise,
    make_promise,
    move_promise,
    withdraw_promise,
)
from regulars.book.told import DisputeTold

type Row = Mapping[str, Any]

_AT_ONCE = 50  # in one transaction

_NEWSLETTER = Scope((MessageChannel.EMAIL,), (MessagePurpose.NEWS, MessagePurpose.OFFERS))


@dataclass(frozen=True)
class Beside:
    """Something the files tell beside what the import takes of them."""

    file: str  # after which it can be told
    sql: str
    tell: Callable[[Sequence[Row], ZoneInfo], None]


def _whose(rows: Sequence[Row], key: Callable[[Row], Key], source: str) -> list[Customer | None]:
    """The customer of each row; None where the import put the row that told them aside."""
    people = [PersonTold(keys=(key(row),)) for row in rows]
    ids = [found.customer_id for found in find_people(people, source=source, make=False)]
    held = Customer.objects.in_bulk({pk for pk in ids if pk})
    return [held[pk] if pk else None for pk in ids]


def _numbered(source: str, column: str) -> Callable[[Row], Key]:
    return lambda row: external(source, str(row[column]))


def _note_birthdays(rows: Sequence[Row], _zone: ZoneInfo) -> None:
    for row, customer in zip(
        rows,
        _whose(rows, lambda row: (IdentityKind.CARD.value, "", str(row["card_number"])), TILLS),
        strict=True,
    ):
        born: date = row["birthday"]
        if customer:
            day = Yearly(DayKind.BIRTHDAY, born.month, born.day, born.year)
            key = f"birthday:{row['card_number']}"
            note_day(customer, day, source=TILLS, source_key=key, by=None)


def _give_consents(rows: Sequence[Row], zone: ZoneInfo) -> None:
    whose = _whose(rows, _numbered(WEB_SHOP, "account_number"), WEB_SHOP)
    for row, customer in zip(rows, whose, strict=True):
        if customer:
            give_consent(
                customer,
                _NEWSLETTER,
                Act(ConsentHow.FORM),
                at=_utc(row["created_at"], zone),
                source=WEB_SHOP,
                source_key=f"newsletter:{row['account_number']}",
                by=None,
            )


def _begin_affiliations(rows: Sequence[Row], _zone: ZoneInfo) -> None:
    people = _whose(rows, _numbered(WHOLESALE, "contact_number"), WHOLESALE)
    organisations = _whose(rows, _numbered(WHOLESALE, "organisation_number"), WHOLESALE)
    for row, person, organisation in zip(rows, people, organisations, strict=True):
        if person and organisation:
            try:
                begin_affiliation(
                    person,
                    organisation,
                    Position(role=row["role"], since_on=row["since"]),
                    source=WHOLESALE,
                    source_key=f"affiliation:{row['contact_number']}",
                    by=None,
                )
            except AlreadyThere:  # under another of their numbers
                continue


def _move_promises(rows: Sequence[Row], zone: ZoneInfo) -> None:
    whose = _whose(rows, _numbered(ORDERS, "customer_number"), ORDERS)
    numbers = [str(row["order_number"]) for row in rows if row["order_number"] is not None]
    found = Order.objects.filter(source=ORDERS, source_key__in=numbers)
    orders = {order.source_key: order for order in found}
    for row, customer in zip(rows, whose, strict=True):
        if customer:
            _move_promise(row, customer, orders.get(str(row["order_number"])), zone)


def _move_promise(row: Row, customer: Customer, order: Order | None, zone: ZoneInfo) -> None:
    at = {name: _utc(row[name], zone) for name in row if name.endswith("_at") and row[name]}
    key = f"promise:{row['promise_number']}"
    promise = make_promise(
        customer,
        kind=PromiseKind(row["kind"]),
        made_at=at["made_at"],
        due_at=at["first_due_at"],
        order=order,
        source=ORDERS,
        source_key=key,
        by=None,
    )
    told: dict[str, Any] = {"source": ORDERS, "by": None}
    move_promise(
        promise,
        due_at=at["due_at"],
        moved_at=at["moved_at"],
        why="put_off",
        source_key=f"{key}:moved",
        **told,
    )
    if "kept_at" in at:
        keep_promise(promise, kept_at=at["kept_at"], source_key=f"{key}:kept", **told)
    elif "withdrawn_at" in at:
        withdraw_promise(
            promise,
            withdrawn_at=at["withdrawn_at"],
            why="not_needed",
            source_key=f"{key}:withdrawn",
            **told,
        )


def _open_disputes(rows: Sequence[Row], zone: ZoneInfo) -> None:
    numbers = [str(row["invoice_number"]) for row in rows]
    found = Invoice.objects.filter(source=WHOLESALE, source_key__in=numbers)
    invoices = {invoice.source_key: invoice for invoice in found}
    for row in rows:
        told = DisputeTold(
            source=WHOLESALE,
            source_key=str(row["dispute_number"]),
            invoice=invoices[str(row["invoice_number"])],
            opened_at=_utc(row["opened_at"], zone),
            reason=DisputeReason(row["reason"]),
        )
        dispute = open_dispute(told, by=None).record
        if row["resolved_at"] is not None:
            resolve_dispute(
                dispute,
                at=_utc(row["resolved_at"], zone),
                outcome=DisputeOutcome(row["outcome"]),
                by=None,
            )


def _utc(at: datetime, zone: ZoneInfo) -> datetime:
    """A moment as the company's clocks showed it."""
    return at.replace(tzinfo=zone)


BESIDE: Sequence[Beside] = (
    Beside(
        "loyalty_cards",
        "FROM loyalty_cards WHERE birthday IS NOT NULL ORDER BY card_number",
        _note_birthdays,
    ),
    Beside(
        "web_accounts",
        "FROM web_accounts WHERE has_newsletter ORDER BY account_number",
        _give_consents,
    ),
    Beside(
        "organisation_people",
        "FROM organisation_people ORDER BY contact_number",
        _begin_affiliations,
    ),
    Beside(
        "promises",
        "FROM promises WHERE moved_at IS NOT NULL ORDER BY promise_number",
        _move_promises,
    ),
    Beside("invoices", "FROM disputes ORDER BY dispute_number", _open_disputes),
)


def tell_beside(files: CompanyFiles, name: str, zone: ZoneInfo) -> None:
    """Tell what can be told once a file is in."""
    for each in BESIDE:
        if each.file == name:
            for some in batched(files.rows(each.sql), _AT_ONCE):
                with transaction.atomic():
                    each.tell(some, zone)
