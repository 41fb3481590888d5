"""Files of customers, promises, contacts, invoices, returns and events."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from regulars.book.models import (
    Contact,
    Customer,
    Event,
    Identity,
    Invoice,
    Note,
    Order,
    Promise,
    ReturnLine,
)
from regulars.book.services.erasing import erase_customer
from regulars.book.services.events import record_event
from regulars.book.services.promises import keep_promise
from regulars.company.models import Company
from regulars.kit.errors import InputRefused
from tests.support.cast import at, told, works_here
from tests.support.importing import import_text, imported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def company():
    Company.objects.update(time_zone="Europe/Stockholm", currency="SEK")


def customer(**key):
    return Identity.objects.get(**key).customer


CUSTOMERS = """Customer number,First name,Last name,E-mail,Phone
7,Ana,Berg,Ana@Example.org,070-123 45 67
8,Bo,Ek,,
"""


class TestCustomers:
    def test_they_are_taken_down_with_all_they_are_known_by(self, tmp_path):
        assert import_text(tmp_path, CUSTOMERS, source="crm").counts() == (2, 0, 0, 0)
        ana = customer(kind="email", value="ana@example.org")
        assert ana.name == "Ana Berg"
        assert sorted(ana.identities.values_list("kind", "source", "value")) == [
            ("email", "", "ana@example.org"),
            ("external", "crm", "7"),
            ("phone", "", "+46701234567"),
        ]
        assert import_text(tmp_path, CUSTOMERS, source="crm").counts() == (0, 2, 0, 0)
        assert Event.objects.filter(kind="customer.made").count() == 2

    def test_a_source_changes_the_names_it_told_and_adds_keys(self, tmp_path):
        import_text(tmp_path, CUSTOMERS, source="crm")
        changed = CUSTOMERS.replace("Bo,Ek,,", "Bo,Alm,bo@example.org,")
        assert import_text(tmp_path, changed, source="crm").counts() == (0, 1, 1, 0)
        assert customer(value="bo@example.org").name == "Bo Alm"
        assert Event.objects.get(kind="customer.changed").codes == {"changed": ["email", "name"]}

    def test_what_people_wrote_is_kept(self, tmp_path):
        import_text(tmp_path, CUSTOMERS, source="crm")
        bo = customer(value="8")
        Customer.objects.filter(pk=bo.pk).update(name="Bo Ekström")
        record_event(
            "customer.changed",
            customer=bo,
            occurred_at=timezone.now(),
            source="desk",
            source_key="1",
            staff_id=works_here("Cy").pk,
            codes={"changed": ["name"]},
        )
        assert import_text(tmp_path, CUSTOMERS, source="crm").counts() == (0, 2, 0, 0)
        assert customer(value="8").name == "Bo Ekström"

    def test_another_source_does_not_rename_whom_it_did_not_take_down(self, tmp_path):
        import_text(tmp_path, CUSTOMERS, source="crm")
        text = "Customer number,Name,E-mail\nA1,A. Berg,ana@example.org\n"
        assert import_text(tmp_path, text, source="till").counts() == (0, 0, 1, 0)
        ana = customer(value="ana@example.org")
        assert (ana.name, ana.identities.count()) == ("Ana Berg", 4)

    def test_addresses_and_numbers_that_cannot_be_are_put_aside(self, tmp_path):
        text = (
            "Customer number,E-mail,Phone\n1,ana(at)example,\n2,,12\n3,,\n,,\n4,di@example.org,\n"
        )
        text += "5,ed@example.org,\n6,fy@example.org,\n"
        done = import_text(tmp_path, text, source="crm")
        assert done.reasons() == {"bad_email": 1, "bad_phone": 1, "no_customer": 1}
        assert done.counts() == (4, 0, 0, 3)


ORDERS = """Order number,Customer number,Ordered at,Product,Quantity,Unit price
1,7,2026-03-02 10:30,sencha,2,45.00
2,8,2026-03-02 10:30,oolong,1,120.00
"""
PROMISES = """Order number,Promised at,Promised delivery date,Delivered at
1,2026-03-02 10:30,2026-03-05,2026-03-05 18:00
2,2026-03-02 10:30,2026-03-05,2026-03-06 08:00
"""


class TestPromises:
    @pytest.fixture(autouse=True)
    def orders(self, tmp_path):
        import_text(tmp_path, ORDERS, source="shop", kind="orders")

    def told(self, tmp_path, text):
        return import_text(tmp_path, text, source="shop", kind="promises")

    def test_a_day_is_promised_until_its_end(self, tmp_path):
        assert self.told(tmp_path, PROMISES).counts() == (2, 0, 0, 0)
        first, second = Promise.objects.order_by("order__source_key")
        assert (first.kind, first.state, second.state) == ("delivery", "kept", "kept_late")
        assert first.due_at == at("2026-03-05 22:59:59")
        assert second.customer == customer(value="8")
        kinds = Event.objects.filter(subject="promise").order_by("position")
        assert sorted(kinds.values_list("kind", flat=True)) == [
            "promise.broken",
            "promise.kept",
            "promise.kept",
            "promise.made",
            "promise.made",
        ]
        assert self.told(tmp_path, PROMISES).counts() == (0, 2, 0, 0)

    def test_what_its_source_tells_later_is_kept_and_moved(self, tmp_path):
        self.told(
            tmp_path,
            PROMISES.replace(",2026-03-05 18:00", ",").replace(
                "2026-03-05,2026-03-06 08:00", "2035-03-05,"
            ),
        )
        later = PROMISES.replace("2026-03-05,2026-03-06 08:00", "2035-03-09,")
        assert self.told(tmp_path, later).counts() == (0, 0, 2, 0)
        first, second = Promise.objects.order_by("order__source_key")
        assert first.kept_at == at("2026-03-05 17:00")
        assert (second.due_at, second.n_moves) == (at("2035-03-09 22:59:59"), 1)
        assert self.told(tmp_path, later).counts() == (0, 2, 0, 0)

    def test_a_promise_that_people_kept_stays_so(self, tmp_path):
        self.told(tmp_path, PROMISES.replace(",2026-03-05 18:00", ","))
        kept = Promise.objects.get(order__source_key="1")
        keep_promise(kept, kept_at=at("2026-03-04 12:00"), **told())
        assert self.told(tmp_path, PROMISES).counts() == (0, 2, 0, 0)
        assert Promise.objects.get(pk=kept.pk).kept_at == at("2026-03-04 12:00")

    def test_what_cannot_have_been_promised_is_put_aside_with_the_reason(self, tmp_path):
        text = PROMISES + "9,2026-03-02,2026-03-05,\n2b,2026-03-02,2026-03-05,\n"
        text = text.replace("2,2026-03-02 10:30,2026-03-05", "2,2026-03-09 10:30,2026-03-05")
        done = self.told(tmp_path, text)
        assert done.counts() == (1, 0, 0, 3)
        assert done.reasons() == {"order_not_in_book": 2, "refused": 1}
        said = [row["put aside: reason"] for row in done.aside()]
        assert said[0].startswith("A promise is for later")


class TestContacts:
    TEXT = """Ticket id,Contact type,Started at,Ended at,Email,Status,Subject,Waiting minutes
1,Phone call (inbound),2026-03-02 10:00,,ana@example.org,open,Where is my tea?,5
2,Web,2026-03-02 11:00,2026-03-02 12:00,bo@example.org,solved,,
"""

    def test_they_are_noted_with_what_was_written(self, tmp_path):
        assert import_text(tmp_path, self.TEXT, source="desk").counts() == (2, 0, 0, 0)
        call, mail = Contact.objects.order_by("started_at")
        assert (call.kind, call.direction, call.waiting_seconds) == ("call", "in", 300)
        assert (mail.kind, mail.outcome, mail.channel) == ("email", "solved", "web")
        assert Note.objects.get().text == "Where is my tea?"
        assert import_text(tmp_path, self.TEXT, source="desk").counts() == (0, 2, 0, 0)

    def test_what_is_told_of_them_later_is_brought_up(self, tmp_path):
        import_text(tmp_path, self.TEXT, source="desk")
        later = self.TEXT.replace(
            "10:00,,ana@example.org,open", "10:00,2026-03-02 10:20,ana@example.org,solved"
        )
        assert import_text(tmp_path, later, source="desk").counts() == (0, 1, 1, 0)
        call = Contact.objects.get(kind="call")
        assert (call.outcome, call.ended_at) == ("solved", at("2026-03-02 09:20"))
        assert Event.objects.get(kind="contact.changed").codes == {
            "changed": ["ended_at", "outcome"]
        }

    def test_ways_that_nobody_knows_and_ends_before_the_beginning_are_put_aside(self, tmp_path):
        text = self.TEXT.replace("Web", "Pigeon").replace("10:00,,", "10:00,2026-03-01 10:00,")
        done = import_text(tmp_path, text, source="desk")
        assert done.counts() == (0, 0, 0, 2)
        assert done.reasons() == {"unknown_word": 1, "refused": 1}


class TestInvoices:
    TEXT = """Invoice number;Customer number;Invoice date;Due date;Amount;Paid on
F1;7;2026-01-02;2026-02-01;1.200,50;2026-01-20
F2;7;2026-01-02;2026-01-01;100,00;
F3;8;2026-01-05;2026-02-05;99,90;
"""

    def test_they_are_issued_and_paid(self, tmp_path):
        done = import_text(tmp_path, self.TEXT, source="books")
        assert done.counts() == (2, 0, 0, 1)
        assert "due after it was issued" in done.aside()[0]["put aside: reason"]
        assert list(
            Invoice.objects.order_by("number").values_list("number", "amount_minor", "currency")
        ) == [("F1", 120050, "SEK"), ("F3", 9990, "SEK")]
        paid = self.TEXT.replace("99,90;", "99,90;2026-02-01")
        assert import_text(tmp_path, paid, source="books").counts() == (0, 1, 1, 1)
        assert import_text(tmp_path, paid, source="books").counts() == (0, 2, 0, 1)


class TestReturns:
    def test_they_are_held_to_what_was_bought(self, tmp_path):
        import_text(tmp_path, ORDERS, source="shop", kind="orders")
        text = """Return id,Order number,Returned at,Product,Quantity,Refund,Return reason
R1,1,2026-03-09,sencha,1,40.00,faulty
R2,1,2026-03-10,sencha,9,40.00,
R3,999,2026-03-10,sencha,1,40.00,
"""
        done = import_text(tmp_path, text, source="shop")
        assert done.counts() == (1, 0, 0, 2)
        assert done.reasons() == {"refused": 1, "order_not_in_book": 1}
        line = ReturnLine.objects.get()
        assert (line.order_line.order.source_key, line.refund_minor) == ("1", 4000)
        assert line.goods_return.reason == "faulty"
        assert import_text(tmp_path, text, source="shop").counts() == (0, 1, 0, 2)

    def test_a_refund_without_products_is_of_one_line_after_another(self, tmp_path):
        import_text(tmp_path, ORDERS + "2,8,2026-03-02 10:30,cup,1,30.00\n", source="shop")
        text = "Return id,Order number,Returned at,Refund\nR1,2,2026-03-09,135.00\n"
        assert import_text(tmp_path, text, source="shop").counts() == (1, 0, 0, 0)
        back = ReturnLine.objects.order_by("order_line__position")
        assert [(line.product.code, line.refund_minor) for line in back] == [
            ("cup", 3000),
            ("oolong", 10500),
        ]


class TestEvents:
    TEXT = """id,Event,Email,Occurred at,Amount
e1,Newsletter opened,ana@example.org,2026-03-01 08:00,
e2,Order placed,ana@example.org,2026-03-01 08:00,
e3,Donation,ana@example.org,2026-03-01 08:00,12.50
"""

    def test_they_stand_in_the_timeline_and_cannot_pass_for_the_books_own(self, tmp_path):
        done = import_text(tmp_path, self.TEXT, source="app")
        assert done.counts() == (2, 0, 0, 1)
        assert done.reasons() == {"unknown_word": 1}
        ana = customer(value="ana@example.org")
        held = Event.objects.filter(customer=ana).exclude(kind="customer.made").order_by("kind")
        assert list(held.values_list("kind", "amount_minor", "currency")) == [
            ("donation", 1250, "SEK"),
            ("newsletter.opened", None, ""),
        ]
        assert import_text(tmp_path, self.TEXT, source="app").counts() == (0, 2, 0, 1)

    def test_what_happened_does_not_happen_otherwise_later(self, tmp_path):
        import_text(tmp_path, self.TEXT, source="app")
        done = import_text(tmp_path, self.TEXT.replace("12.50", "13"), source="app")
        assert done.counts() == (0, 1, 0, 2)
        assert "stands for something else" in done.aside()[1]["put aside: reason"]


def test_a_record_told_twice_otherwise_is_put_aside_and_once_the_same_is_one(tmp_path):
    text = TestInvoices.TEXT.replace(
        "F2;7;2026-01-02;2026-01-01;100,00;", "F3;8;2026-01-05;2026-02-05;99,90;"
    )
    text += "F3;8;2026-01-05;2026-02-05;11,90;\n"
    done = import_text(tmp_path, text, source="books")
    assert done.counts() == (2, 1, 0, 1)
    assert done.reasons() == {"told_twice": 1}


def test_columns_that_leave_the_kind_open_are_asked_about(tmp_path):
    text = (
        "order_id,customer_id,order_date,estimated_delivery_date,total\n"
        "1,7,2026-03-01,2026-03-05,9.50\n"
    )
    with pytest.raises(InputRefused) as refused:
        import_text(tmp_path, text, source="shop")
    assert refused.value.code == "which_kind"
    assert refused.value.facts["kinds"] == "orders, promises"
    assert Order.objects.count() == 0


def test_a_day_of_a_parquet_file_is_read_as_one(tmp_path):
    table = pa.table(
        {
            "invoice_number": ["F1"],
            "customer_id": ["7"],
            "invoice_date": [date(2026, 1, 5)],
            "due_date": [date(2026, 2, 5)],
            "amount": [12.5],
        }
    )
    pq.write_table(table, tmp_path / "invoices.parquet")
    done = imported(tmp_path, tmp_path / "invoices.parquet", kind="invoices", source="books")
    assert done.counts() == (1, 0, 0, 0)
    assert Invoice.objects.get().due_on == date(2026, 2, 5)


def test_records_of_somebody_erased_do_not_bring_them_back(tmp_path):
    text = TestInvoices.TEXT.replace("F2;7;2026-01-02;2026-01-01;100,00;\n", "")
    import_text(tmp_path, text, source="books")
    erase_customer(customer(value="7"), by=None)
    assert import_text(tmp_path, text, source="books").counts() == (0, 2, 0, 0)
    assert list(Identity.objects.values_list("value", flat=True)) == ["8"]
