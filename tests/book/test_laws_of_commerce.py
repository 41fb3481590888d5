"""Each constraint of orders, returns, invoices and disputes refuses what it names."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from regulars.book.models import Dispute, Invoice, Order, OrderLine, Return, ReturnLine
from tests.book.shop import AT, LATER, bought, customer

pytestmark = pytest.mark.django_db
ORDER = {"source": "s", "source_key": "1", "placed_at": AT, "currency": "SEK", "gross_minor": 100}
LINE = {"position": 2, "quantity": 1, "gross_minor": 100}
BACK = {"source": "s", "source_key": "1", "returned_at": AT, "currency": "SEK", "refund_minor": 1}
INVOICE = {
    **{"source": "s", "source_key": "1", "number": "F1", "amount_minor": 1, "currency": "SEK"},
    **{"issued_on": date(2026, 3, 1), "due_on": date(2026, 3, 1)},
}
DISPUTE = {"source": "s", "source_key": "1", "reason": "other", "opened_at": LATER}


def refused(law, write):
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        write()


@pytest.mark.parametrize(
    ("fields", "law"),
    [
        ({"source": ""}, "order_source_and_key_are_told"),
        ({"source_key": ""}, "order_source_and_key_are_told"),
        ({"status": "lost"}, "order_status_is_known"),
        ({"currency": "SE"}, "order_currency_is_a_code"),
        ({"discount_minor": -1}, "order_amounts_are_not_negative"),
        ({"tax_minor": -1}, "order_amounts_are_not_negative"),
        ({"shipping_minor": -1}, "order_amounts_are_not_negative"),
        ({"discount_minor": 101}, "order_discount_is_at_most_gross"),
    ],
)
def test_an_order(fields, law):
    refused(law, lambda: Order.objects.create(**ORDER | fields))
    Order.objects.create(**ORDER)
    refused("order_once_per_source_key", lambda: Order.objects.create(**ORDER))


@pytest.mark.parametrize(
    ("fields", "law"),
    [
        ({"position": 0}, "order_line_position_counts_from_one"),
        ({"position": 1}, "order_line_position_is_taken_once"),
        ({"quantity": 0}, "order_line_quantity_is_positive"),
        ({"discount_minor": -1}, "order_line_amounts_are_not_negative"),
        ({"unit_price_minor": -1, "gross_minor": 0}, "order_line_amounts_are_not_negative"),
        ({"discount_minor": 101}, "order_line_discount_is_at_most_gross"),
        ({"unit_price_minor": 102}, "order_line_gross_is_price_times_quantity"),
        ({"unit_price_minor": 98}, "order_line_gross_is_price_times_quantity"),
    ],
)
def test_a_line(fields, law):
    order = bought()
    refused(law, lambda: OrderLine.objects.create(order=order, **LINE | fields))


@pytest.mark.parametrize(
    ("quantity", "price", "gross"),
    [("3", 3333, 10_000), ("0.357", 12_990, 4637), ("7", 14, 100), ("1", 0, 0)],
)
def test_a_gross_may_be_off_by_what_rounding_does(quantity, price, gross):
    told = {"quantity": Decimal(quantity), "unit_price_minor": price, "gross_minor": gross}
    OrderLine.objects.create(order=bought(), position=2, **told)


@pytest.mark.parametrize(
    ("fields", "law"),
    [
        ({"source": ""}, "return_source_and_key_are_told"),
        ({"reason": "mood"}, "return_reason_is_known"),
        ({"currency": "kr."}, "return_currency_is_a_code"),
        ({"refund_minor": -1}, "return_amounts_are_not_negative"),
        ({"shipping_minor": -1}, "return_amounts_are_not_negative"),
    ],
)
def test_a_return(fields, law):
    refused(law, lambda: Return.objects.create(**BACK | fields))
    back = Return.objects.create(**BACK)
    refused("return_once_per_source_key", lambda: Return.objects.create(**BACK))
    for wrong, rule in (
        ({"quantity": 0}, "return_line_quantity_is_positive"),
        ({"refund_minor": -1}, "return_line_refund_is_not_negative"),
    ):
        line = {"goods_return": back, "quantity": 1, "refund_minor": 0} | wrong
        refused(rule, lambda line=line: ReturnLine.objects.create(**line))


@pytest.mark.parametrize(
    ("fields", "law"),
    [
        ({"number": ""}, "invoice_source_key_and_number_are_told"),
        ({"amount_minor": 0}, "invoice_amount_is_positive"),
        ({"currency": ""}, "invoice_currency_is_a_code"),
        ({"due_on": date(2026, 2, 28)}, "invoice_is_due_after_it_was_issued"),
    ],
)
def test_an_invoice(fields, law):
    ana = customer()
    refused(law, lambda: Invoice.objects.create(customer=ana, **INVOICE | fields))
    Invoice.objects.create(customer=ana, **INVOICE)
    refused("invoice_once_per_source_key", lambda: Invoice.objects.create(customer=ana, **INVOICE))


@pytest.mark.parametrize(
    ("fields", "law"),
    [
        ({"source_key": ""}, "dispute_source_and_key_are_told"),
        ({"reason": ""}, "dispute_reason_is_known"),
        ({"outcome": "won", "resolved_at": LATER}, "dispute_outcome_is_known"),
        ({"outcome": "rejected"}, "dispute_has_an_outcome_once_resolved"),
        ({"resolved_at": LATER}, "dispute_has_an_outcome_once_resolved"),
        (
            {"resolved_at": LATER - timedelta(seconds=1), "outcome": "rejected"},
            "dispute_is_resolved_after_it_was_opened",
        ),
    ],
)
def test_a_dispute(fields, law):
    invoice = Invoice.objects.create(customer=customer(), **INVOICE)
    refused(law, lambda: Dispute.objects.create(invoice=invoice, **DISPUTE | fields))
    Dispute.objects.create(invoice=invoice, **DISPUTE)
    refused(
        "dispute_is_open_once_per_invoice",
        lambda: Dispute.objects.create(invoice=invoice, **DISPUTE | {"source_key": "2"}),
    )
    resolved = {"resolved_at": LATER, "outcome": "rejected"}
    refused(
        "dispute_once_per_source_key",
        lambda: Dispute.objects.create(invoice=invoice, **DISPUTE | resolved),
    )
