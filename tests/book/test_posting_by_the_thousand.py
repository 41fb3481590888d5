"""The set-based path, held to the one-by-one path and to counts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest
from django.db import connection

from regulars.book.known import Known
from regulars.book.models import Customer, Event, Identity, Order, OrderLine, Product
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.customers import customer_known_by
from regulars.book.services import bulk_orders
from regulars.book.services.bulk_orders import OrderSource, post_orders
from regulars.book.services.orders import cancel_order, place_order
from regulars.book.services.products import record_product
from regulars.book.staged import ORDER_LINES, NotSorted, chunks
from tests.book.shop import AT, LATER, customer, gave_back, happened, line, order_told

SHOP = OrderSource(name="shop")


def row(order, code="sencha", customer="7", quantity=2, price=4500, discount=0, **more):
    return {
        "order_key": str(order),
        "customer_key": customer,
        "customer_name": "Ana" if customer else None,
        "placed_at": AT,
        "channel": "web",
        "currency": "SEK",
        "product_code": code,
        "product_name": code and code.title(),
        "quantity": Decimal(quantity),
        "unit_price_minor": price,
        "gross_minor": quantity * price,
        "discount_minor": discount,
    } | more


def reader(rows, size=1000):
    table = pa.Table.from_pylist(rows, ORDER_LINES)
    return table.to_reader(max_chunksize=size)


def post(rows, source=SHOP, size=1000):
    """The counts after the last chunk."""
    *_, posted = post_orders(reader(rows, size), source=source)
    return posted


def counts(posted):
    return posted.n_new, posted.n_same, posted.n_changed, posted.n_refused


THREE = [
    row("1", discount=900, coupon="SPRING", tax_minor=250, shipping_minor=4900),
    row("1", "oolong", quantity=1, price=120),
    row("2", None, None, quantity=1, price=700, unit_price_minor=None, channel=None),
    row("3", cancelled_at=LATER, branch="sthlm-1", category_code="green"),
]


@pytest.mark.django_db
class TestInOneProcess:
    def test_what_is_posted_is_what_placing_one_by_one_would_have_kept(self):
        post(THREE)
        ana = customer_known_by(Known(IdentityKind.EXTERNAL, "7", "shop"))
        told = [
            order_told(
                [line(discount=900, coupon="SPRING"), line("oolong", "1", 120)],
                "1",
                customer=ana,
                tax_minor=250,
                shipping_minor=4900,
            ),
            order_told([line(None, "1", 700, unit_price_minor=None)], "2", channel=""),
            order_told(None, "3", customer=ana, branch="sthlm-1", cancelled_at=LATER),
        ]
        # Told again one by one: the very same, or the two ways would differ.
        assert [place_order(each, by=None).outcome for each in told] == ["same"] * 3
        for each in told:
            place_order(replace(each, source="till"), by=None)
        assert self.held("till") == self.held("shop")

    def held(self, source):
        orders = Order.objects.filter(source=source).order_by("source_key")
        lines = OrderLine.objects.filter(order__source=source)
        events = Event.objects.filter(subject="order", source=source).order_by("source_key")
        return (
            list(
                orders.values(
                    *("customer", "status", "channel", "branch", "placed_at", "currency"),
                    *("gross_minor", "discount_minor", "net_minor", "tax_minor", "shipping_minor"),
                    *("version", "source_key"),
                )
            ),
            list(
                lines.order_by("order__source_key", "position").values(
                    *("position", "product", "quantity", "unit_price_minor", "gross_minor"),
                    *("discount_minor", "net_minor", "coupon"),
                )
            ),
            list(
                events.values(
                    *("kind", "customer", "channel", "staff_id", "amount_minor", "currency"),
                    *("codes", "occurred_at", "source_key", "epoch", "txid"),
                )
            ),
        )

    def test_customers_come_in_once_with_their_event_and_without_a_trace_of_them_in_it(self):
        post([*THREE, row("4"), row("5", customer="8")])
        assert Customer.objects.count() == Identity.objects.count() == 2
        events = happened("customer.made")
        assert {event.customer_id for event in events} == set(
            Customer.objects.values_list("pk", flat=True)
        )
        assert "Ana" not in str(list(Event.objects.values()))

    def test_a_customer_the_book_knows_already_is_taken(self):
        ana = customer()
        ana.identities.create(kind="email", value="ana@example.org")
        by_mail = OrderSource(name="shop", customers_by=IdentityKind.EMAIL)
        post([row("1", customer="ana@example.org")], by_mail)
        assert Order.objects.get().customer == ana
        assert "ana@example.org" not in str(list(Event.objects.values()))

    def test_the_same_rows_again_change_nothing(self):
        first, again = post(THREE), post(THREE)
        assert (counts(first), counts(again)) == ((4, 0, 0, 0), (0, 4, 0, 0))
        assert (Order.objects.count(), OrderLine.objects.count()) == (3, 4)
        assert (Event.objects.count(), Product.objects.count()) == (5, 2)

    @pytest.mark.parametrize(
        "change",
        [
            {"discount_minor": 901},
            {"quantity": Decimal(1), "gross_minor": 4500},
            {"placed_at": LATER},
            {"customer_key": "8"},
            {"product_code": "oolong"},
            {"shipping_minor": 4901},
            {"cancelled_at": LATER},
            {"coupon": "summer"},
            {"unit_price_minor": None},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_an_order_told_otherwise_is_changed_and_the_others_are_not_touched(self, change):
        rows = [row("1"), row("1", "oolong"), row("2")]
        post(rows)
        changed = [rows[0] | change, rows[1] | change if "placed_at" in change else rows[1]]
        if "customer_key" in change:
            changed = [each | change for each in changed]
        assert counts(post([*changed, rows[2]])) == (0, 1, 2, 0)
        order = Order.objects.get(source_key="1")
        assert (order.version, Order.objects.get(source_key="2").version) == (2, 1)
        assert counts(post([*changed, rows[2]])) == (0, 3, 0, 0)

    @pytest.mark.parametrize("n_lines", [1, 3])
    def test_an_order_with_more_or_fewer_lines_is_changed(self, n_lines):
        post([row("1"), row("1", "oolong")])
        lines = [row("1"), row("1", "oolong"), row("1", "assam")][:n_lines]
        assert counts(post(lines)) == (0, 0, n_lines, 0)
        assert Order.objects.get().lines.count() == n_lines

    def test_what_people_did_here_is_kept(self):
        post([row("1", customer=None), row("2")])
        ana = customer()
        Order.objects.filter(source_key="1").update(customer=ana)
        cancel_order(Order.objects.get(source_key="2"), at=LATER, by=None)
        assert counts(post([row("1", customer=None), row("2")])) == (0, 2, 0, 0)
        assert Order.objects.get(source_key="1").customer == ana

    def test_an_order_that_breaks_a_rule_is_refused_alone_with_the_rule(self):
        rows = [row(f"{n:03}") for n in range(40)]
        rows[17] |= {"quantity": Decimal(0), "unit_price_minor": None}
        rows[30] |= {"currency": "kr"}
        rows[31] |= {"placed_at": None}
        posted = post(rows)
        assert counts(posted) == (37, 0, 0, 3)
        assert [(key, n, refusal.facts["rule"]) for key, n, refusal in posted.refused] == [
            ("017", 1, "order_line_quantity_is_positive"),
            ("030", 1, "order_currency_is_a_code"),
            ("031", 1, "placed_at_is_told"),
        ]
        assert posted.n_read == len(rows)
        assert Order.objects.count() == 37

    def test_a_change_that_what_came_back_forbids_is_refused_and_counted(self):
        post([row("1"), row("2")])
        gave_back(Order.objects.get(source_key="1"), (1, "2", 9000))
        posted = post([row("1", quantity=1), row("2", quantity=1)])
        assert counts(posted) == (0, 0, 1, 1)
        assert [key for key, _, _ in posted.refused] == ["1"]

    def test_a_product_that_is_known_is_not_renamed_by_an_order(self):
        record_product(source="shop", code="sencha", name="Sencha from Uji", by=None)
        post([row("1")])
        assert Product.objects.get().name == "Sencha from Uji"

    @pytest.mark.parametrize("size", [1, 3, 1000])
    def test_orders_stay_whole_however_the_rows_are_cut(self, monkeypatch, size):
        monkeypatch.setattr(bulk_orders, "ROWS", 4)
        rows = [row(f"{n:02}", f"tea{i}") for n in range(9) for i in range(n % 4 + 1)]
        assert counts(post(rows, size=size)) == (len(rows), 0, 0, 0)
        held = {order.source_key: order.lines.count() for order in Order.objects.all()}
        assert held == {f"{n:02}": n % 4 + 1 for n in range(9)}

    @pytest.mark.parametrize("keys", ["121", "21", "1232"])
    def test_rows_that_are_not_sorted_are_refused(self, keys):
        with pytest.raises(NotSorted):
            list(chunks(reader([row(key) for key in keys], size=1), about=1))

    def test_nothing_is_nothing(self):
        assert list(post_orders(reader([]), source=SHOP)) == []


@pytest.mark.usefixtures("committed")
class TestSeveralAtOnce:
    def test_overlapping_files_at_once_end_as_one(self, monkeypatch):
        monkeypatch.setattr(bulk_orders, "ROWS", 20)
        rows = [
            row(f"{n:04}", f"tea{n % 7}", f"{n * 31 % 45}", category_code=f"shelf{n % 3}")
            for n in range(300)
        ]
        parts = [rows[:200], rows[100:], rows]

        def run(part):
            try:
                return post(part, size=33)
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as pool:
            done = list(pool.map(run, parts))
        assert sum(posted.n_new for posted in done) == 300
        assert [counts(posted)[2:] for posted in done] == [(0, 0)] * 3
        assert [posted.n_read for posted in done] == [200, 200, 300]
        assert (Order.objects.count(), OrderLine.objects.count()) == (300, 300)
        assert Customer.objects.count() == Identity.objects.count() == 45
        assert Event.objects.count() == 345

    def test_what_was_committed_before_a_kill_stays_and_the_rest_comes_with_the_next_run(
        self, monkeypatch
    ):
        monkeypatch.setattr(bulk_orders, "ROWS", 10)
        rows = [row(f"{n:03}") for n in range(35)]
        posting = post_orders(reader(rows), source=SHOP)
        assert counts(next(posting))[0] == 9
        posting.close()
        assert Order.objects.count() == 9
        assert counts(post(rows)) == (26, 9, 0, 0)
