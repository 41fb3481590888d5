"""What the book holds on a person: every table that leads to a customer, declared.

The copy for the person, and what an erasure deletes, go by these declarations; a test fails where a
table leads to a customer and is not declared. A context above declares its own tables when its app
is ready, so that nothing here has to know of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Model

from regulars.book import models
from regulars.kit.texts import N_


class Fate(StrEnum):
    """What an erasure does with the rows of a table."""

    GOES = "goes"  # deleted
    EMPTIED = "emptied"  # the row stays, what says who it was is emptied
    STAYS = "stays"  # ids, codes, times and amounts: what happened, and of nobody any more


@dataclass(frozen=True)
class HeldColumn:
    """One column as a person reads it; `field` may lead over relations."""

    field: str
    title: str
    currency: str = ""  # the field that says in which currency an amount of minor units is
    is_for_page: bool = True  # False: for machines, in JSON alone


@dataclass(frozen=True)
class HeldTable:
    """One table: what it is to a person, where it came from, and how it leads to the customer."""

    name: str
    title: str
    origin: str
    model: type[Model]
    of: Sequence[str]  # ways from a row to the id of a customer
    columns: Sequence[HeldColumn]
    fate: Fate
    address: str = ""  # the field with an e-mail or phone, of rows that name no customer
    is_for_page: bool = True  # False: for machines, in JSON alone
    words: Mapping[str, str] = field(default_factory=dict)  # of its codes, beside `held_words`


_C = HeldColumn
_DAY, _SINCE, _SOURCE = N_("Day"), N_("Since"), N_("From where")
_NUMBER, _CHANNEL, _AMOUNT = N_("Number"), N_("By what way"), N_("Amount")
_TOLD = N_("You told us, or somebody here noted what you said.")
_DEALT = N_("Came about when you dealt with us, as our shops and programs told it.")
_MADE = N_("We made this ourselves, from what stands on this page.")

_BOOK: Sequence[HeldTable] = (
    HeldTable(
        "customers",
        N_("Who you are"),
        _TOLD,
        models.Customer,
        ("pk",),
        (
            _C("name", N_("Name")),
            _C("language", N_("Language")),
            _C("kind", N_("What you are")),
            _C("relationship", N_("What you are to us")),
            _C("made_at", N_("Known to us since")),
        ),
        Fate.EMPTIED,
    ),
    HeldTable(
        "identities",
        N_("By what we know you"),
        _TOLD,
        models.Identity,
        ("customer",),
        (_C("kind", N_("What it is")), _C("value", N_("What it says")), _C("source", _SOURCE)),
        Fate.GOES,
    ),
    HeldTable(
        "interests",
        N_("What interests you"),
        N_("You told us, or we learned it from what you bought."),
        models.Interest,
        ("customer",),
        (
            _C("topic", N_("Topic")),
            _C("is_wanted", N_("Wanted")),
            _C("origin", N_("How we know")),
            _C("strength_share", N_("How sure we are, of 1")),
            _C("noted_at", _SINCE),
        ),
        Fate.GOES,
    ),
    HeldTable(
        "days",
        N_("Days that matter to you"),
        _TOLD,
        models.ImportantDay,
        ("customer",),
        (
            _C("kind", N_("What it is")),
            _C("month", N_("Month")),
            _C("day", _DAY),
            _C("year", N_("Year")),
            _C("label", N_("What we call it")),
        ),
        Fate.GOES,
    ),
    HeldTable(
        "affiliations",
        N_("Organisations you belong to"),
        _TOLD,
        models.Affiliation,
        ("person", "organisation"),
        (
            _C("organisation__name", N_("Organisation")),
            _C("title", N_("Your title")),
            _C("role", N_("Your part")),
            _C("since_on", _SINCE),
            _C("until_on", N_("Until")),
        ),
        Fate.GOES,
    ),
    HeldTable(
        "consents",
        N_("What you agreed to hear from us"),
        _TOLD,
        models.Consent,
        ("customer",),
        (
            _C("occurred_at", N_("When")),
            _C("channel", _CHANNEL),
            _C("purpose", N_("What for")),
            _C("is_given", N_("Agreed")),
            _C("how", N_("How you said it")),
            _C("wording__text", N_("The words you agreed to")),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "restrictions",
        N_("When we may keep your data and not use it"),
        N_("You asked for it."),
        models.Restriction,
        ("customer",),
        (
            _C("ground", N_("Ground")),
            _C("began_at", _SINCE),
            _C("lifted_at", N_("Until")),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "orders",
        N_("What you ordered"),
        _DEALT,
        models.Order,
        ("customer",),
        (
            _C("placed_at", N_("When")),
            _C("source_key", _NUMBER),
            _C("status", N_("Where it stands")),
            _C("net_minor", N_("Goods"), "currency"),
            _C("discount_minor", N_("Discount"), "currency"),
            _C("shipping_minor", N_("Shipping"), "currency"),
            _C("tax_minor", N_("Tax beside it"), "currency"),
            _C("channel", _CHANNEL),
            _C("branch", N_("Where")),
            _C("source", _SOURCE),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "order_lines",
        N_("What was in your orders"),
        _DEALT,
        models.OrderLine,
        ("order__customer",),
        (
            _C("order__source_key", N_("Order")),
            _C("product__name", N_("Product")),
            _C("quantity", N_("Quantity")),
            _C("net_minor", _AMOUNT, "order__currency"),
            _C("discount_minor", N_("Discount"), "order__currency"),
            _C("coupon", N_("Coupon")),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "returns",
        N_("What you gave back"),
        _DEALT,
        models.Return,
        ("customer",),
        (
            _C("returned_at", N_("When")),
            _C("source_key", _NUMBER),
            _C("order__source_key", N_("Order")),
            _C("reason", N_("Reason")),
            _C("refund_minor", N_("Paid back"), "currency"),
            _C("channel", _CHANNEL),
            _C("source", _SOURCE),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "return_lines",
        N_("What was in what you gave back"),
        _DEALT,
        models.ReturnLine,
        ("goods_return__customer", "order_line__order__customer"),
        (
            _C("goods_return__source_key", N_("Return")),
            _C("product__name", N_("Product")),
            _C("quantity", N_("Quantity")),
            _C("refund_minor", N_("Paid back"), "goods_return__currency"),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "invoices",
        N_("What we asked you to pay"),
        _DEALT,
        models.Invoice,
        ("customer",),
        (
            _C("number", _NUMBER),
            _C("issued_on", N_("Issued")),
            _C("due_on", N_("Due")),
            _C("paid_on", N_("Paid")),
            _C("amount_minor", _AMOUNT, "currency"),
            _C("source", _SOURCE),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "disputes",
        N_("Invoices you did not agree with"),
        _DEALT,
        models.Dispute,
        ("invoice__customer",),
        (
            _C("invoice__number", N_("Invoice")),
            _C("reason", N_("Reason")),
            _C("opened_at", _SINCE),
            _C("resolved_at", N_("Until")),
            _C("outcome", N_("How it ended")),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "promises",
        N_("What we promised you"),
        N_("Somebody here promised it to you."),
        models.Promise,
        ("customer",),
        (
            _C("kind", N_("What")),
            _C("made_at", N_("Promised")),
            _C("first_due_at", N_("First due")),
            _C("due_at", N_("Due")),
            _C("kept_at", N_("Kept")),
            _C("withdrawn_at", N_("Withdrawn")),
            _C("n_breaches", N_("How often it was broken")),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "contacts",
        N_("When we met or spoke"),
        _DEALT,
        models.Contact,
        ("customer",),
        (
            _C("started_at", N_("When")),
            _C("kind", N_("What")),
            _C("direction", N_("Who began")),
            _C("channel", _CHANNEL),
            _C("branch", N_("Where")),
            _C("ended_at", N_("Until")),
            _C("waiting_seconds", N_("You waited, seconds")),
            _C("handling_seconds", N_("It took, seconds")),
            _C("outcome", N_("How it ended")),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "notes",
        N_("What somebody here wrote down"),
        N_("Somebody here wrote it, about a contact with you or a promise to you."),
        models.Note,
        ("contact__customer", "promise__customer"),
        (_C("written_at", N_("When")), _C("text", N_("Words"))),
        Fate.GOES,
    ),
    HeldTable(
        "suggestions",
        N_("Whether two records are of you"),
        _MADE,
        models.JoinSuggestion,
        ("first", "second"),
        (
            _C("made_at", N_("When")),
            _C("probability", N_("How probable, of 1")),
            _C("state", N_("What was decided")),
        ),
        Fate.GOES,
    ),
    HeldTable(
        "search_keys",
        N_("Keys to find you by"),
        _MADE,
        models.SearchEntry,
        ("customer",),
        (_C("search_keys", N_("Keys")), _C("blocks", N_("Keys of who may be the same"))),
        Fate.GOES,
        is_for_page=False,
    ),
    HeldTable(
        "events",
        N_("What happened, one after another"),
        _DEALT,
        models.Event,
        ("customer",),
        (
            _C("kind", N_("What")),
            _C("occurred_at", N_("When")),
            _C("recorded_at", N_("Written down")),
            _C("channel", _CHANNEL),
            _C("amount_minor", _AMOUNT, "currency"),
            _C("codes", N_("More")),
            _C("source", _SOURCE),
            _C("source_key", _NUMBER),
        ),
        Fate.STAYS,
        is_for_page=False,
    ),
    HeldTable(
        "erasures",
        N_("When you were erased"),
        N_("You asked for it, or our rules of keeping data did."),
        models.Erasure,
        ("customer_id",),
        (_C("erased_at", N_("When")),),
        Fate.STAYS,
    ),
)


_declared: dict[str, HeldTable] = {table.name: table for table in _BOOK}


def declare(tables: Sequence[HeldTable]) -> None:
    """Another context's tables, from the `ready` of its app; a name stands for one table."""
    _declared.update((table.name, table) for table in tables)


def held_tables() -> Sequence[HeldTable]:
    """Every table that leads to a customer, of all contexts; the book's own first."""
    return list(_declared.values())
