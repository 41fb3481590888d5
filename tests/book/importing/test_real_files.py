"""Real files come in whole, and the counts are those of the files."""

import pytest
from django.db.models import Count, Sum

from regulars.book.models import Customer, Identity, Order, OrderLine, Promise, Return
from tests.support.data import REAL, needs_real_data
from tests.support.importing import imported

pytestmark = [needs_real_data, pytest.mark.django_db]
YEAR_1 = REAL / "online_retail_ii" / "online_retail_ii_2009_2010.parquet"
YEAR_2 = REAL / "online_retail_ii" / "online_retail_2010_2011.parquet"
OLIST = REAL / "olist_partial"


def net():
    """What all orders came to, less what was paid back."""
    paid = Order.objects.aggregate(net=Sum("net_minor"))["net"]
    return paid - (Return.objects.aggregate(back=Sum("refund_minor"))["back"] or 0)


def test_cdnow(tmp_path):
    done = imported(tmp_path, REAL / "cdnow" / "cdnow_full.parquet", source="cdnow", currency="USD")
    assert done.counts() == (69_659, 0, 0, 0)
    assert (Customer.objects.count(), net()) == (23_570, 250_031_563)


def test_both_years_of_online_retail(tmp_path):
    done = imported(tmp_path, YEAR_1, YEAR_2, source="retail", currency="GBP")
    # 22,523 rows stand in both files.
    assert done.counts() == (525_461 + 541_908 - 22_523, 22_523, 0, 0)
    lines = OrderLine.objects.count() + Return.objects.aggregate(n=Count("lines"))["n"]
    assert lines == 525_461 + 541_908 - 22_523
    assert Identity.objects.count() == Customer.objects.count() == 5_942


def test_the_complete_journey(tmp_path):
    path = REAL / "complete_journey_even" / "transactions.parquet"
    done = imported(tmp_path, path, kind="orders", source="grocer", currency="USD")
    assert done.counts() == (742_567, 0, 0, 0)
    assert (Order.objects.count(), Customer.objects.count()) == (78_536, 1_238)


def test_the_grocers_log_which_has_no_amounts(tmp_path):
    path = REAL / "grocery_btydplus" / "grocery_elog.parquet"
    done = imported(tmp_path, path, kind="orders", source="grocer")
    assert done.counts() == (10_483, 0, 0, 0)
    assert (Customer.objects.count(), net()) == (1_525, 0)


class TestOlist:
    def orders(self, tmp_path):
        people = imported(
            tmp_path, OLIST / "customers_first_9999.parquet", kind="customers", source="olist"
        )
        # Some came twice, under another number each time.
        assert people.counts() == (9_963, 0, 36, 0)
        return imported(
            tmp_path,
            OLIST / "orders_first_9999.parquet",
            OLIST / "order_payments_full.parquet",
            kind="orders",
            source="olist",
            currency="BRL",
        )

    def test_orders_come_in_with_their_payments(self, tmp_path):
        done = self.orders(tmp_path)
        assert sum(done.counts()) == 9_999 + 103_886
        assert done.reasons() == {"order_unknown": 93_434}
        assert Order.objects.count() == 9_999

    def test_delivery_dates_are_promises_kept_and_broken(self, tmp_path):
        self.orders(tmp_path)
        done = imported(
            tmp_path, OLIST / "orders_first_9999.parquet", kind="promises", source="olist"
        )
        assert done.reasons() == {"void_promise": 111, "refused": 6}
        kept = Promise.objects.filter(kept_at__isnull=False)
        late = kept.filter(broken_at__isnull=False).count()
        assert Promise.objects.count() == 9_882
        assert Promise.objects.filter(order=None).count() == 0
        # A day is promised until its end: 691 came on a later day than the one promised.
        assert (kept.count(), late) == (9_716, 691)
