from decimal import Decimal

import pytest

from regulars.book.kept import Outcome
from regulars.book.models import Event, Order, OrderLine
from regulars.book.services.lawful import AgainstTheRules
from regulars.book.services.orders import OrderCameBack, OrderIsEmpty, place_order
from regulars.company.models import AuditEntry
from tests.book.shop import LATER, bought, customer, gave_back, happened, line, order_told, staff

pytestmark = pytest.mark.django_db


def two_lines():
    return [line(quantity="2", price=4500, discount=900, coupon="SPRING"), line("oolong", "1", 120)]


def test_an_order_holds_its_lines_and_their_sums():
    ana = customer()
    order = bought(two_lines(), customer=ana, tax_minor=250, shipping_minor=4900)
    assert (order.gross_minor, order.discount_minor, order.net_minor) == (9120, 900, 8220)
    assert order.total_minor == 8220 + 250 + 4900
    assert list(
        order.lines.order_by("position").values_list("position", "net_minor", "coupon")
    ) == [
        (1, 8100, "SPRING"),
        (2, 120, ""),
    ]


def test_the_timeline_tells_that_it_was_placed_by_id_and_without_a_name():
    ana = customer()
    order = bought(customer=ana, shipping_minor=4900)
    (event,) = happened("order.placed")
    assert (event.customer, event.subject, event.subject_id) == (ana, "order", order.pk)
    assert (event.amount_minor, event.currency, event.channel) == (9000, "SEK", "web")
    assert (event.occurred_at, event.source_key) == (order.placed_at, "order:1042:1")
    assert "ana" not in str(Event.objects.filter(pk=event.pk).values()).lower()


def test_a_sale_to_nobody_known_is_an_order_too():
    order = bought([line(None, "1", 700)])
    assert (order.customer, order.net_minor) == (None, 700)


def test_the_same_order_again_is_the_same_and_nothing_is_written():
    ana = customer()
    first = place_order(order_told(two_lines(), customer=ana), by=None)
    again = place_order(order_told(two_lines(), customer=ana), by=None)
    assert (first.outcome, again.outcome) == (Outcome.NEW, Outcome.SAME)
    assert again.record == first.record
    assert (OrderLine.objects.count(), len(happened("order.placed"))) == (2, 1)
    assert again.record.version == 1


def test_two_sources_may_use_the_same_number():
    assert bought() != bought(source="till")


def test_a_changed_order_is_brought_up_to_its_source_and_it_is_said():
    ana = customer()
    bought(two_lines(), customer=ana)
    told = order_told([line(quantity="3", price=4500)], customer=ana, branch="sthlm-1")
    kept = place_order(told, by=None)
    assert kept.outcome is Outcome.CHANGED
    order = Order.objects.get()
    assert (order.net_minor, order.branch, order.version) == (13500, "sthlm-1", 2)
    assert kept.record.net_minor == 13500
    assert [line.quantity for line in order.lines.all()] == [Decimal(3)]
    (event,) = happened("order.changed")
    assert event.codes == {"changed": ["branch", "discount_minor", "gross_minor", "lines"]}
    assert (event.amount_minor, event.source_key) == (13500, "order:1042:2")


def test_a_line_that_stays_keeps_its_row():
    order = bought(two_lines())
    before = order.lines.get(position=1).pk
    place_order(order_told([two_lines()[0], line("oolong", "2", 120)]), by=None)
    assert order.lines.get(position=1).pk == before
    assert order.lines.get(position=2).quantity == 2


def test_a_customer_found_here_for_an_anonymous_sale_is_kept():
    order, ana = bought(), customer()
    place_order(order_told(customer=ana), by=None)
    assert place_order(order_told(), by=None).outcome is Outcome.SAME
    order.refresh_from_db()
    assert order.customer == ana


def test_a_cancellation_made_here_is_kept():
    bought(cancelled_at=LATER)
    kept = place_order(order_told(), by=None)
    assert (kept.outcome, kept.record.is_cancelled) == (Outcome.SAME, True)


def test_an_order_that_was_cancelled_when_it_was_told_has_both_events():
    order = bought(cancelled_at=LATER)
    assert order.is_cancelled
    assert [(e.kind, e.occurred_at, e.source_key) for e in happened()] == [
        ("order.placed", order.placed_at, "order:1042:1"),
        ("order.cancelled", LATER, "order:1042:2"),
    ]


def test_what_staff_places_stands_in_the_audit_log_and_an_import_does_not():
    cy = staff("Cy", "agent")
    order = bought(by=cy.pk)
    bought(key="1043")
    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.staff_id, entry.subject_id) == ("order.placed", cy.pk, order.pk)
    assert happened("order.placed")[0].staff_id == cy.pk


def test_an_order_without_lines_is_refused():
    with pytest.raises(OrderIsEmpty):
        place_order(order_told([]), by=None)
    assert (Order.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ({"currency": "kr"}, "order_currency_is_a_code"),
        ({"tax_minor": -1}, "order_amounts_are_not_negative"),
        ({"source": ""}, "order_source_and_key_are_told"),
        ({"key": "9" * 101}, "every_text_and_number_fits_its_field"),
    ],
)
def test_an_order_that_breaks_a_rule_is_refused_by_its_name_and_nothing_is_kept(told, rule):
    with pytest.raises(AgainstTheRules) as refused:
        place_order(order_told(**told), by=None)
    assert refused.value.facts["rule"] == rule
    assert rule.replace("_", " ") in str(refused.value)
    assert (Order.objects.count(), Event.objects.count()) == (0, 0)


def test_a_line_that_breaks_a_rule_refuses_the_whole_order():
    with pytest.raises(AgainstTheRules, match="order line quantity is positive"):
        place_order(order_told([line(), line(quantity="0")]), by=None)
    assert not Order.objects.exists()


def test_less_than_came_back_cannot_be_what_was_bought():
    order = bought()
    gave_back(order, (1, "2", 9000))
    with pytest.raises(AgainstTheRules, match="order line covers what came back"):
        place_order(order_told([line(quantity="1")]), by=None)
    assert order.lines.get().quantity == 2


@pytest.mark.parametrize(
    "told", [{"lines": [{"code": "oolong"}]}, {"currency": "EUR"}, {"cancelled_at": LATER}]
)
def test_what_came_back_holds_the_order(told):
    order = bought([line("oolong"), line()])
    gave_back(order, (2, "1", 100))
    lines = [line(**each) for each in told.pop("lines", [{"code": "oolong"}, {}])]
    with pytest.raises(OrderCameBack):
        place_order(order_told(lines, **told), by=None)
    order.refresh_from_db()
    assert (order.lines.count(), order.currency, order.is_cancelled) == (2, "SEK", False)
