"""Exports of programs that are met often: how to tell them, and which column of theirs is what.

The columns are those that each program documents or writes; a column that an export lacks is left
out. What is not named here is found as in any other file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regulars.intake.columns import choose_by_name
from regulars.intake.heads import is_complete, is_lines_of_orders
from regulars.intake.names import FIELDS
from regulars.intake.record_kinds import KINDS, TELLING
from regulars.intake.sources import Source
from regulars.intake.values import said
from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_


@dataclass(frozen=True, slots=True)
class Preset:
    """One program's export; a file with all columns of one of `told_by` is it.

    Of several columns for a field the first that the file has is taken.
    """

    kind: str
    told_by: Sequence[frozenset[str]]
    columns: Mapping[str, Sequence[str]]


def _one(*columns: str) -> Sequence[frozenset[str]]:
    return (frozenset(columns),)


PRESETS: Mapping[str, Preset] = {
    # Orders, Export: one row a line; what is the order's stands on its first row.
    "shopify": Preset(
        "orders",
        _one("Name", "Financial Status", "Lineitem quantity", "Lineitem name", "Lineitem price"),
        {
            "order": ("Name",),
            "customer": ("Email",),
            "phone": ("Phone", "Billing Phone"),
            "name": ("Billing Name",),
            "when": ("Created at",),
            "amount": ("Total",),
            "quantity": ("Lineitem quantity",),
            "unit_price": ("Lineitem price",),
            "product": ("Lineitem sku",),
            "product_name": ("Lineitem name",),
            "discount": ("-",),
            "order_discount": ("Discount Amount",),
            "coupon": ("Discount Code",),
            "shipping": ("Shipping",),
            "tax": ("Taxes",),
            "currency": ("Currency",),
            "status": ("Financial Status",),
            "cancelled": ("Cancelled at",),
            "channel": ("Source",),
            "branch": ("Location",),
        },
    ),
    # The order export of WooCommerce's own extension, one row an order or a line of one.
    "woocommerce": Preset(
        "orders",
        (
            frozenset(("order_id", "order_number", "order_total", "order_currency")),
            frozenset(("order_id", "order_number", "order_total", "billing_email")),
        ),
        {
            "order": ("order_number", "order_id"),
            "customer": ("customer_id",),
            "email": ("customer_email", "billing_email"),
            "phone": ("billing_phone",),
            "first_name": ("billing_first_name",),
            "last_name": ("billing_last_name",),
            "when": ("order_date", "date"),
            "amount": ("order_total",),
            "quantity": ("item_quantity",),
            "unit_price": ("item_price",),
            "product": ("item_sku",),
            "product_name": ("item_name",),
            "discount": ("-",),
            "order_discount": ("discount_total",),
            "coupon": ("coupon_code",),
            "shipping": ("shipping_total", "order_shipping"),
            "tax": ("tax_total",),
            "currency": ("order_currency",),
            "status": ("status", "order_status"),
        },
    ),
    # Transactions or item sales, Export, Items Detail CSV: one row an item; day and time apart.
    "square": Preset(
        "orders",
        _one("Date", "Time", "Item", "Qty", "Gross Sales", "Net Sales", "Transaction ID"),
        {
            "order": ("Transaction ID",),
            "customer": ("Customer ID",),
            "name": ("Customer Name",),
            "when": ("Date",),
            "time": ("Time",),
            "amount": ("Net Sales",),
            "quantity": ("Qty",),
            "unit_price": ("-",),
            "line_gross": ("Gross Sales", "Product Sales"),
            "product": ("SKU",),
            "product_name": ("Item",),
            "category": ("Category",),
            "discount": ("Discounts",),
            "channel": ("Channel",),
            "branch": ("Location",),
            "status": ("Event Type",),
        },
    ),
    # The tickets of a view or of the account as CSV.
    "zendesk": Preset(
        "contacts",
        (
            frozenset(("Id", "Requester", "Via", "Created at", "Solved at")),
            frozenset(("ID", "Requester", "Via", "Created at", "Solved at")),
            frozenset(("Id", "Requester id", "Ticket type", "Created at")),
        ),
        {
            "contact_key": ("Id", "ID"),
            "customer_id": ("Requester id",),
            "email": ("Requester email",),
            "name": ("Requester",),
            "contact_kind": ("Via",),
            "started": ("Created at",),
            "ended": ("Solved at",),
            "waiting_minutes": ("First reply time in minutes",),
            "outcome": ("Status",),
            "note": ("Subject",),
        },
    ),
    # Reporting, Download, saved as .xlsx: the customer is the name that Zammad shows.
    "zammad": Preset(
        "contacts",
        _one("#", "Title", "State", "Customer", "Create Channel"),
        {
            "contact_key": ("#",),
            "customer_id": ("Customer",),
            "name": ("-",),
            "contact_kind": ("Create Channel",),
            "started": ("Created At",),
            "ended": ("Closed At",),
            "waiting_minutes": ("First Response In Min",),
            "outcome": ("State",),
            "note": ("Title",),
        },
    ),
}


def preset_of(sources: Sequence[Source]) -> str | None:
    """Which program wrote the files, where their columns leave no doubt."""
    for name, preset in PRESETS.items():
        if all(any(told <= set(s.columns) for told in preset.told_by) for s in sources):
            return name
    return None


def preset_mapping(name: str, sources: Sequence[Source]) -> dict[str, str]:
    """Field -> column, as far as the files have the columns and they say something."""
    told = {
        column for source in sources for column, values in source.sample().items() if said(values)
    }
    return {
        field: column
        for field, columns in PRESETS[name].columns.items()
        if (column := next((c for c in columns if c == "-" or c in told), None))
    }


def kind_of_records(sources: Sequence[Source]) -> str:
    """What the files tell of, where their columns leave no doubt."""
    fits = _kinds(sources)
    if len(fits) == 1:
        return fits[0]
    raise InputRefused(
        "which_kind",
        N_("The columns of {file} do not say for certain what its rows are: {kinds}."),
        N_("Say which with --kind, such as --kind {first}."),
        file=sources[0].file,
        kinds=", ".join(fits) or "?",
        first=fits[0] if fits else "orders",
    )


def _kinds(sources: Sequence[Source]) -> list[str]:
    """The kinds that all files can be."""
    fits = [
        kind
        for kind, telling in TELLING.items()
        if all(_has(source, telling) and _is_whole(source, kind) for source in sources)
    ]
    choices = [choose_by_name(source, {}, _CERTAIN) for source in sources]
    is_order = any(is_complete(choice) for choice in choices) and all(
        (
            is_complete(choice)
            and not {"amount", "unit_price", "quantity", "order"}.isdisjoint(choice.columns)
        )
        or is_lines_of_orders(choice)
        for choice in choices
    )
    if is_order and fits in ([], ["promises"]):  # orders may say when they are to be delivered
        return ["orders", *fits]
    if not fits and all(_is_whole(source, "customers") for source in sources):
        return ["customers"]
    return fits


_CERTAIN = [name for name in FIELDS if name not in ("discount", "name")]


def _has(source: Source, fields: Sequence[str]) -> bool:
    choice = choose_by_name(source, {}, fields)
    return all(name in choice for name in fields)


def _is_whole(source: Source, kind: str) -> bool:
    wanted = KINDS[kind]
    choice = choose_by_name(source, {}, list(wanted.fields))
    return all(name in choice for name in wanted.needed) and all(
        any(name in choice for name in group) for group in wanted.one_of
    )
