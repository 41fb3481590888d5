import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from regulars.book.kept import Outcome
from regulars.book.models import Order, Return, ReturnLine
from regulars.book.services.lawful import AgainstTheRules
from regulars.book.services.orders import OrderCameBack, cancel_order, place_order
from regulars.book.services.returns import (
    MoreThanWasBought,
    ReturnIsEmpty,
    ReturnNotOfOrder,
    take_back,
)
from regulars.book.told import LineBackTold, ReturnTold
from tests.book.shop import (
    LATER,
    bought,
    customer,
    gave_back,
    happened,
    line,
    order_told,
    product,
    return_told,
)


@pytest.mark.django_db
class TestOneAtATime:
    def test_a_part_of_a_line_can_come_back(self):
        ana = customer()
        order = bought([line(quantity="3", discount=1500)], customer=ana)
        back = gave_back(order, (1, "1", 4000), reason="faulty", shipping_minor=4900)
        assert (back.customer, back.refund_minor, back.shipping_minor) == (ana, 4000, 4900)
        assert back.lines.get().product == product()
        (event,) = happened("order.returned")
        assert (event.customer, event.amount_minor, event.occurred_at) == (ana, 4000, LATER)
        assert (event.subject, event.subject_id) == ("return", back.pk)
        assert event.codes == {"order_id": str(order.pk), "reason": "faulty"}

    def test_the_same_return_again_is_the_same_and_nothing_is_written(self):
        order = bought()
        told = return_told(order, (1, "1", 4500))
        first, again = take_back(told, by=None), take_back(told, by=None)
        assert (first.outcome, again.outcome) == (Outcome.NEW, Outcome.SAME)
        assert again.record == first.record
        assert (ReturnLine.objects.count(), len(happened("order.returned"))) == (1, 1)

    def test_a_changed_return_is_brought_up_to_its_source_and_it_is_said(self):
        order = bought()
        gave_back(order, (1, "2", 9000))
        kept = take_back(return_told(order, (1, "1", 4500)), by=None)
        assert (kept.outcome, kept.record.refund_minor, kept.record.version) == (
            Outcome.CHANGED,
            4500,
            2,
        )
        assert ReturnLine.objects.get().quantity == 1
        assert [e.amount_minor for e in happened("return.changed")] == [4500]

    def test_all_of_it_can_come_back_in_parts_and_then_no_more(self):
        order = bought([line(quantity="3")])
        gave_back(order, (1, "1.5", 6750), key="r1")
        gave_back(order, (1, "1.5", 6750), key="r2")
        with pytest.raises(MoreThanWasBought) as refused:
            gave_back(order, (1, "0.001", 0), key="r3")
        assert refused.value.facts == {"position": 1, "left": "0", "left_minor": 0}
        assert (Return.objects.count(), len(happened("order.returned"))) == (2, 2)

    def test_no_more_is_paid_back_than_was_paid(self):
        order = bought([line(quantity="2", discount=1000)])
        with pytest.raises(MoreThanWasBought, match="for 8000"):
            gave_back(order, (1, "2", 8001))
        assert not Return.objects.exists()

    def test_what_is_left_after_another_return_is_counted(self):
        order = bought([line(quantity="3")])
        gave_back(order, (1, "2", 9000))
        with pytest.raises(MoreThanWasBought, match="1 can still come back, for 4500"):
            gave_back(order, (1, "2", 4500), key="r2")

    def test_goods_come_back_without_a_receipt(self):
        ana = customer()
        told = ReturnTold(
            source="shop",
            source_key="C77",
            returned_at=LATER,
            currency="SEK",
            customer=ana,
            lines=[LineBackTold(product=product(), quantity=Decimal(2), refund_minor=9000)],
        )
        back = take_back(told, by=None).record
        assert (back.order, back.customer, back.lines.get().order_line) == (None, ana, None)
        assert [(e.customer, e.codes) for e in happened("order.returned")] == [(ana, {})]

    def test_a_return_without_lines_is_refused(self):
        with pytest.raises(ReturnIsEmpty):
            take_back(return_told(bought()), by=None)

    def test_a_return_that_does_not_fit_its_order_is_refused(self):
        order, other = bought(), bought(key="1043")
        cancelled = bought(key="1044", cancelled_at=LATER)
        for told in (
            return_told(order, (1, "1", 1), currency="EUR"),
            replace(return_told(other, (1, "1", 1)), order=order),
            return_told(cancelled, (1, "1", 1)),
            replace(return_told(order, (1, "1", 1)), order=None),
        ):
            with pytest.raises(ReturnNotOfOrder):
                take_back(told, by=None)
        assert not Return.objects.exists()

    def test_one_line_of_the_order_stands_once_in_a_return(self):
        with pytest.raises(AgainstTheRules, match="return line once per order line"):
            gave_back(bought(), (1, "1", 1), (1, "1", 1))

    def test_an_order_of_which_something_came_back_is_not_cancelled(self):
        order = bought()
        gave_back(order, (1, "1", 0))
        with pytest.raises(OrderCameBack):
            cancel_order(order, at=LATER, by=None)
        assert not Order.objects.get().is_cancelled


@pytest.mark.django_db
class TestTheDatabaseItself:
    """It holds what the services hold, whoever writes."""

    def write(self, order, quantity="1", refund=0, line=None, key="raw"):
        back = Return.objects.create(
            order=order, returned_at=LATER, currency="SEK", refund_minor=0, source="x",
            source_key=key,
        )  # fmt: skip
        line = line or order.lines.get()
        return ReturnLine.objects.create(
            goods_return=back, order_line=line, quantity=Decimal(quantity), refund_minor=refund
        )

    @pytest.mark.parametrize("more", [{"quantity": "2.001"}, {"refund": 9001}])
    def test_refuses_more_than_was_bought(self, more):
        with pytest.raises(IntegrityError, match="more comes back than was bought"):
            self.write(bought(), **more)

    def test_refuses_more_in_a_second_return(self):
        order = bought()
        self.write(order, "1.5")
        with pytest.raises(IntegrityError, match="more comes back than was bought"):
            self.write(order, "1", key="raw2")

    def test_refuses_a_return_that_grows_beyond_what_was_bought(self):
        written = self.write(bought(), "2")
        written.quantity = Decimal(3)
        with pytest.raises(IntegrityError, match="more comes back than was bought"):
            written.save(update_fields=["quantity"])

    def test_refuses_a_line_of_another_order(self):
        other = bought(key="1043")
        with pytest.raises(IntegrityError, match="of another order"):
            self.write(bought(), line=other.lines.get())

    def test_refuses_a_line_that_shrinks_below_what_came_back(self):
        order = bought()
        self.write(order, "2", 9000)
        with pytest.raises(IntegrityError, match="more has come back than that"):
            order.lines.update(discount_minor=1)


@pytest.mark.usefixtures("committed")
class TestSeveralAtOnce:
    def at_once(self, *calls):
        """Run beside each other, starting together; gives what each gave or raised."""
        together = threading.Barrier(len(calls))

        def run(call):
            try:
                together.wait(10)
                return call()
            except Exception as error:  # noqa: BLE001 - the test looks at what was raised
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(run, calls))

    def test_two_returns_of_the_same_goods_bring_back_one(self):
        for n in range(5):
            order = bought(key=f"o{n}")
            given = self.at_once(
                *(
                    lambda key=f"{n}-{i}", order=order: gave_back(order, (1, "2", 9000), key=key)
                    for i in range(3)
                )
            )
            assert sum(isinstance(each, Return) for each in given) == 1
            assert sum(isinstance(each, MoreThanWasBought) for each in given) == 2
            assert order.returns.get().lines.get().quantity == 2

    def test_the_same_order_told_twice_at_once_is_one(self):
        product()
        for n in range(5):
            told = order_told(key=f"o{n}")
            given = self.at_once(*(lambda told=told: place_order(told, by=None) for _ in range(3)))
            assert sorted(kept.outcome for kept in given) == ["new", "same", "same"]
        assert (Order.objects.count(), len(happened("order.placed"))) == (5, 5)

    def test_a_return_and_a_cancellation_at_once_leave_one_of_them(self):
        for n in range(5):
            order = bought(key=f"o{n}")
            given = self.at_once(
                lambda order=order, n=n: gave_back(order, (1, "1", 0), key=f"r{n}"),
                lambda order=order: cancel_order(order, at=LATER, by=None),
            )
            assert sum(isinstance(each, (ReturnNotOfOrder, OrderCameBack)) for each in given) == 1
            order.refresh_from_db()
            assert order.is_cancelled is not order.returns.exists()
