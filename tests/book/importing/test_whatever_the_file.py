"""Whatever a file looks like: counts that add up or a refusal in words, and nothing in half."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import Count, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.book.importing import batches
from regulars.book.importing.asked import Asked
from regulars.book.importing.run import import_files
from regulars.book.models import (
    Contact,
    Customer,
    Event,
    FileImport,
    Identity,
    Invoice,
    Order,
    OrderLine,
    Promise,
    Return,
)
from regulars.book.services import bulk_orders
from regulars.kit.errors import Refusal
from tests.support.importing import import_text, imported

quick = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
HEADERS = {
    "orders": "order_id,customer_id,email,order_date,product_id,quantity,unit_price,amount",
    "customers": "customer_id,email,phone,name",
    "promises": "promise_id,customer_id,made_at,due_at,delivered_at",
    "contacts": "ticket_id,contact_type,customer_id,email,started_at,ended_at,status",
    "invoices": "invoice_number,customer_id,invoice_date,due_date,amount,paid_on",
    "returns": "return_id,customer_id,returned_at,product_id,quantity,refund",
    "events": "id,event,customer_id,occurred_at,total",
}
GOOD = {
    "orders": "1,7,ana@example.org,2026-01-05,sencha,2,4.50,9.00",
    "customers": "7,ana@example.org,+46701234567,Ana",
    "promises": "1,7,2026-01-05 10:00,2026-01-07 10:00,2026-01-06 10:00",
    "contacts": "1,call,7,ana@example.org,2026-01-05 10:00,2026-01-05 11:00,solved",
    "invoices": "F1,7,2026-01-05,2026-02-05,12.50,2026-02-01",
    "returns": "R1,7,2026-01-05,sencha,1,4.50",
    "events": "e1,newsletter opened,7,2026-01-05 10:00,2.50",
}
cell = st.one_of(
    st.sampled_from(
        ["", "1", "7", "8", "2026-01-05", "2026-01-09 10:00", "05.13.2026", "12,50", "9.00", "-3"]
    ),
    st.sampled_from(
        ["ana@example.org", "bo@example.org", "0701234567", "call", "1e400", "\x00", '"', "a;b"]
    ),
    st.sampled_from(["=1+1", "nan", "refunded", "9" * 30, "x" * 300, "2090-01-01", "0", "'"]),
    st.text(max_size=8),
)


def row(kind):
    width = HEADERS[kind].count(",") + 1
    changed = st.dictionaries(st.integers(0, width - 1), cell, max_size=3)
    spoilt = changed.map(lambda cells: _with(GOOD[kind].split(","), cells))
    return st.one_of(spoilt, st.lists(cell, min_size=1, max_size=width + 1).map(",".join))


def _with(cells, changed):
    return ",".join(changed.get(nth, each) for nth, each in enumerate(cells))


def whole():
    """No record in half: every total is that of its lines, every record has its event."""
    for order in Order.objects.annotate(n=Count("lines"), gross=Sum("lines__gross_minor")):
        assert order.n > 0
        assert order.gross == order.gross_minor
    for back in Return.objects.annotate(n=Count("lines"), refund=Sum("lines__refund_minor")):
        assert (back.n > 0, back.refund) == (True, back.refund_minor)
    for model, subject in ((Order, "order"), (Promise, "promise"), (Contact, "contact")):
        ids = set(model.objects.values_list("pk", flat=True))
        told = Event.objects.filter(subject=subject).values_list("subject_id", flat=True)
        assert ids == set(told)
    assert set(Identity.objects.values_list("customer_id", flat=True)) == set(
        Customer.objects.values_list("pk", flat=True)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", sorted(HEADERS))
def test_spoiled_files_of_every_kind(kind, tmp_path):
    @quick
    @given(rows=st.lists(row(kind), max_size=12))
    def check(rows):
        text = "\n".join([HEADERS[kind], GOOD[kind], *rows]) + "\n"
        with contextlib.suppress(Refusal):
            first = import_text(tmp_path, text, kind=kind, source="shop")
            again = import_text(tmp_path, text, kind=kind, source="shop")
            assert again.counts()[0] == 0
            assert again.counts()[3] == first.counts()[3]
        whole()

    check()


@pytest.mark.usefixtures("committed")
class TestCommitted:
    HEADER = "order_id,customer_id,email,order_date,amount\n"

    def text(self, start, stop):
        return self.HEADER + "".join(
            f"{n},{n % 40},c{n % 40}@example.org,2026-01-05,{n}.50\n" for n in range(start, stop)
        )

    def held(self):
        return (
            Order.objects.count(),
            OrderLine.objects.count(),
            Customer.objects.count(),
            Identity.objects.count(),
            Event.objects.filter(kind="order.placed").count(),
            Event.objects.filter(kind="customer.made").count(),
        )

    def test_overlapping_files_at_once_end_as_one(self, tmp_path, monkeypatch):
        monkeypatch.setattr(bulk_orders, "ROWS", 50)
        spans = [(0, 300), (150, 450), (100, 400)]

        def run(span):
            folder = tmp_path / f"{span[0]}"
            folder.mkdir()
            try:
                return import_text(folder, self.text(*span), kind="orders", source="shop").counts()
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as pool:
            done = list(pool.map(run, spans))
        assert sum(new for new, *_ in done) == 450
        assert [sum(counts) for counts in done] == [300] * 3
        assert [counts[2:] for counts in done] == [(0, 0)] * 3
        assert self.held() == (450, 450, 40, 80, 450, 40)

    def test_what_is_cut_off_goes_on_where_it_was_and_is_noted_as_stopped(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setattr(bulk_orders, "ROWS", 50)
        path = tmp_path / "orders.csv"
        path.write_text(self.text(0, 200))

        def power_cut(_what, done, /, **_facts):
            if done and done > 0.4:
                raise KeyboardInterrupt

        asked = Asked(kind="orders", source="shop")
        with pytest.raises(KeyboardInterrupt):
            import_files([path], asked, aside=tmp_path, progress=power_cut)
        (stopped,) = FileImport.objects.all()
        assert stopped.state == "stopped"
        assert 0 < Order.objects.count() < 200
        n_new, n_same, *_ = imported(tmp_path, path, kind="orders", source="shop").counts()
        assert (n_new + n_same, n_same > 0) == (200, True)
        assert self.held() == (200, 200, 40, 80, 200, 40)

    def test_an_import_whose_process_is_gone_is_noted_as_stopped_by_the_next(self, tmp_path):
        left = FileImport.objects.create(kind="orders", source="shop", files=[])
        import_text(tmp_path, self.text(0, 5), kind="orders", source="shop")
        left.refresh_from_db()
        assert left.state == "stopped"

    def test_one_bad_record_costs_itself_and_no_other(self, tmp_path, monkeypatch):
        monkeypatch.setattr(batches, "BATCH", 7)
        rows = [f"F{n},7,2026-01-05,2026-02-05,{n + 1}.00" for n in range(20)]
        rows[9] = "F9,7,2026-01-05,2026-01-04,3.00"
        text = "\n".join(["invoice_number,customer_id,invoice_date,due_date,amount", *rows])
        done = import_text(tmp_path, text + "\n", kind="invoices", source="books")
        assert done.counts() == (19, 0, 0, 1)
        assert Invoice.objects.count() == 19
