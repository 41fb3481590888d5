"""Exports as the programs write them, recognised by their columns."""

import pytest

from regulars.book.models import Contact, Identity, Order, OrderLine, Return
from regulars.company.models import Company
from tests.support.cast import at
from tests.support.importing import import_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company():
    Company.objects.update(time_zone="Europe/Stockholm", currency="SEK")


SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,"
    "Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
    "Billing Name,Billing Phone,Cancelled at,Phone,Source,Id\n"
    "#1001,ana@example.org,paid,2026-03-02 10:00:00 +0100,SEK,162.00,49.00,0.00,211.00,SPRING,"
    "18.00,2026-03-02 09:59:00 +0100,2,Sencha,45.00,sencha,Ana Berg,070-123 45 67,,,web,1\n"
    "#1001,ana@example.org,,,,,,,,,,2026-03-02 09:59:00 +0100,1,Oolong,90.00,,,,,,,\n"
    "#1002,bo@example.org,refunded,2026-03-03 10:00:00 +0100,SEK,45.00,0.00,0.00,45.00,,0.00,"
    "2026-03-03 09:59:00 +0100,1,Sencha,45.00,sencha,Bo Ek,,,,web,2\n"
)


def test_shopify(tmp_path):
    done = import_text(tmp_path, SHOPIFY)
    assert (done.made.kind, done.made.preset, done.made.source) == ("orders", "shopify", "shopify")
    assert done.counts() == (3, 0, 0, 0)
    first, second = Order.objects.order_by("source_key")
    assert (first.source_key, first.net_minor, first.discount_minor) == ("#1001", 16200, 1800)
    assert (first.shipping_minor, first.total_minor, first.channel) == (4900, 21100, "web")
    assert first.placed_at == at("2026-03-02 08:59")
    assert (second.status, first.customer.name) == ("cancelled", "Ana Berg")
    assert list(
        OrderLine.objects.filter(order=first).values_list("product__code", "discount_minor")
    ) == [("Oolong", 900), ("sencha", 900)]
    assert sorted(first.customer.identities.values_list("kind", "value")) == [
        ("email", "ana@example.org"),
        ("phone", "+46701234567"),
    ]


def test_woocommerce(tmp_path):
    text = (
        "order_id,order_number,order_date,status,shipping_total,tax_total,discount_total,"
        "order_total,order_currency,customer_id,customer_email,billing_first_name,"
        "billing_last_name,billing_phone,item_name,item_sku,item_quantity,item_price\n"
        "11,W-11,2026-03-02 10:00:00,completed,10.00,5.00,20.00,95.00,EUR,7,ana@example.org,Ana,"
        "Berg,,Sencha,sencha,2,30.00\n"
        "11,W-11,2026-03-02 10:00:00,completed,10.00,5.00,20.00,95.00,EUR,7,ana@example.org,Ana,"
        "Berg,,Oolong,oolong,1,40.00\n"
        "12,W-12,2026-03-02 10:00:00,failed,0,0,0,30.00,EUR,8,bo@example.org,Bo,Ek,,Sencha,"
        "sencha,1,30.00\n"
    )
    done = import_text(tmp_path, text)
    assert (done.made.preset, done.counts()) == ("woocommerce", (3, 0, 0, 0))
    first, second = Order.objects.order_by("source_key")
    assert (first.gross_minor, first.discount_minor) == (10000, 2000)
    assert (first.shipping_minor, first.tax_minor, first.total_minor) == (1000, 500, 9500)
    assert (second.source_key, second.status) == ("W-12", "cancelled")
    assert first.customer.name == "Ana Berg"


def test_square(tmp_path):
    text = (
        "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,"
        "Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Event Type,Location,"
        "Customer ID,Customer Name\n"
        "2026-03-02,10:15:00,CET,Tea,Sencha,2,Regular,sencha,,$90.00,-$9.00,$81.00,$0.00,T1,P1,"
        "Payment,Main,C7,Ana Berg\n"
        "2026-03-02,10:15:00,CET,Cups,Cup,1,Regular,,,$30.00,$0.00,$30.00,$0.00,T1,P1,"
        "Payment,Main,C7,Ana Berg\n"
        "2026-03-03,09:00:00,CET,Tea,Sencha,-1,Regular,sencha,,-$45.00,$0.00,-$45.00,$0.00,T2,P2,"
        "Refund,Main,C7,Ana Berg\n"
    )
    done = import_text(tmp_path, text)
    assert (done.made.preset, done.counts()) == ("square", (3, 0, 0, 0))
    order = Order.objects.get()
    assert (order.gross_minor, order.discount_minor, order.branch) == (12000, 900, "main")
    assert order.placed_at == at("2026-03-02 09:15")
    assert Return.objects.get().refund_minor == 4500


def test_zendesk(tmp_path):
    text = (
        "Summation column,Id,Requester,Requester id,Requester external id,Requester email,"
        "Subject,Status,Priority,Via,Ticket type,Created at,Updated at,Solved at,"
        "First reply time in minutes\n"
        "1,501,Ana Berg,77,,ana@example.org,Where is my tea?,Solved,,Mail,Question,"
        "2026-03-05 10:00,2026-03-06 12:00,2026-03-06 12:00,35\n"
        "1,502,Bo Ek,78,,,Broken cup,Open,,Phone call (outbound),Problem,2026-03-05 11:00,,,\n"
    )
    done = import_text(tmp_path, text)
    assert (done.made.kind, done.made.preset) == ("contacts", "zendesk")
    assert done.counts() == (2, 0, 0, 0)
    mail, call = Contact.objects.order_by("started_at")
    assert (mail.kind, mail.waiting_seconds, mail.outcome) == ("email", 2100, "solved")
    assert (call.kind, call.direction, call.customer.name) == ("call", "out", "Bo Ek")


def test_zammad(tmp_path):
    text = (
        "#,Title,State,Priority,Group,Owner,Customer,Organization,Create Channel,Sender,Tags,"
        "Created At,Updated At,Closed At,First Response In Min\n"
        "20001,Late again,closed,2 normal,Desk,Cy,Ana Berg,,email,Customer,,2026-03-05 10:00,"
        "2026-03-06 12:00,2026-03-06 12:00,35\n"
    )
    done = import_text(tmp_path, text)
    assert (done.made.preset, done.counts()) == ("zammad", (1, 0, 0, 0))
    contact = Contact.objects.get()
    assert (contact.kind, contact.outcome) == ("email", "closed")
    assert Identity.objects.get().value == "Ana Berg"
    assert contact.customer.name == ""


def test_a_zammad_customer_without_a_name_is_known_by_the_address(tmp_path):
    text = (
        "#,Title,State,Customer,Create Channel,Created At\n"
        "20001,Late,closed,Ana Berg,email,2026-03-05 10:00\n"
        "20002,Late,closed,Bo@Example.org,whatsapp message,2026-03-05 11:00\n"
    )
    assert import_text(tmp_path, text).counts() == (2, 0, 0, 0)
    assert sorted(Identity.objects.values_list("kind", "value")) == [
        ("email", "bo@example.org"),
        ("external", "Ana Berg"),
    ]
    assert Contact.objects.get(kind="chat").started_at == at("2026-03-05 10:00")


class TestRefundsAtShopify:
    REFUNDS = ("Refunded Amount", "30.00", "", "")
    PART = "".join(
        f"{line},{refund}\n" for line, refund in zip(SHOPIFY.splitlines(), REFUNDS, strict=True)
    ).replace("ana@example.org,paid", "ana@example.org,partially_refunded")

    def test_a_refund_of_part_is_a_return_of_the_order(self, tmp_path):
        assert import_text(tmp_path, self.PART).counts() == (3, 0, 0, 0)
        back = Return.objects.get()
        assert (back.order.source_key, back.refund_minor) == ("#1001", 3000)
        # By what they cost: 81.00 each.
        assert list(back.lines.values_list("order_line__position", "refund_minor")) == [
            (1, 1500),
            (2, 1500),
        ]
        assert import_text(tmp_path, self.PART).counts() == (0, 3, 0, 0)

    def test_a_refund_that_comes_later_or_grows_changes_its_rows(self, tmp_path):
        import_text(tmp_path, SHOPIFY)
        assert import_text(tmp_path, self.PART).counts() == (0, 1, 2, 0)
        more = self.PART.replace(",30.00\n", ",211.00\n")
        assert import_text(tmp_path, more).counts() == (0, 1, 2, 0)
        back = Return.objects.get()
        assert (back.refund_minor, back.shipping_minor) == (16200, 4900)
        assert Order.objects.get(source_key="#1001").status == "placed"


def test_woocommerce_with_what_was_bought_in_columns_of_their_own(tmp_path):
    text = (
        "order_id,order_number,order_date,status,shipping_total,tax_total,discount_total,"
        "order_total,order_currency,customer_id,line_item_1,line_item_2\n"
        "11,W-11,2026-03-02 10:00:00,completed,10.00,5.00,20.00,95.00,EUR,7,"
        "name:Sencha|product_id:3|sku:sencha|quantity:2|total:48.00|sub_total:60.00,"
        "name:Oolong|product_id:4|sku:|quantity:1|total:32.00|sub_total:40.00\n"
        "12,W-12,2026-03-03 10:00:00,completed,0,0,0,30.00,EUR,8,"
        "name:Sencha|product_id:3|sku:sencha|quantity:1|total:30.00|sub_total:30.00,\n"
        "13,W-13,2026-03-03 10:00:00,completed,0,0,0,30.00,EUR,8,"
        "name:Sencha|product_id:3|sku:sencha|quantity:one|total:30.00|sub_total:30.00,\n"
    )
    done = import_text(tmp_path, text)
    assert (done.made.preset, done.counts()) == ("woocommerce", (2, 0, 0, 1))
    assert done.reasons() == {"bad_quantity": 1}
    first, _ = Order.objects.order_by("source_key")
    assert (first.gross_minor, first.discount_minor, first.total_minor) == (10000, 2000, 9500)
    assert list(
        OrderLine.objects.filter(order=first).values_list(
            "product__code", "quantity", "unit_price_minor", "discount_minor"
        )
    ) == [("Oolong", 1, 4000, 800), ("sencha", 2, 3000, 1200)]
    changed = text.replace("total:48.00", "total:47.00").replace("95.00", "94.00")
    assert import_text(tmp_path, changed).counts() == (0, 1, 1, 1)
