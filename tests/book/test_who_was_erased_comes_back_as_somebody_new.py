import pytest

from regulars.book.known import Known
from regulars.book.models import Erasure, JoinSuggestion
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.customers import customer_known_by
from regulars.book.queries.invoices import invoices_of
from regulars.book.queries.orders import orders_of
from regulars.book.queries.search import found_customers
from regulars.book.services.customers import add_identity, change_customer, take_down_customer
from regulars.book.services.erasing import erase_customer
from regulars.book.services.joining import WasErased, join_customers
from regulars.book.services.search_keys import renew_search_keys
from regulars.book.services.suggesting import suggest_joins_of
from regulars.book.services.telling import CustomerErased
from tests.support.cast import customer, everything, told
from tests.support.importing import import_text

pytestmark = pytest.mark.django_db
EMAIL = Known(IdentityKind.EMAIL, "ana@example.org")
HEAD = "order,email,name,date,amount\n"
BEFORE = "1042,ana@example.org,Ana Berg,2026-03-02,45.00\n"
INVOICE = (
    "invoice,email,issue date,due date,total\nF1,ana@example.org,2026-03-02,2026-04-01,45.00\n"
)
AFTER = "2041,ana@example.org,Ana Berg,2026-05-04,90.00\n"


def bought(folder, rows):
    done = import_text(folder, HEAD + rows, kind="orders", source="shop", currency="SEK")
    return done, customer_known_by(EMAIL)


def test_an_order_after_the_erasure_is_of_somebody_new(tmp_path):
    _, ana = bought(tmp_path, BEFORE)
    erase_customer(ana, by=None)
    done, again = bought(tmp_path, AFTER)
    assert (done.counts(), again.name) == ((1, 0, 0, 0), "Ana Berg")
    assert again != ana
    assert [each.order.source_key for each in orders_of(again)] == ["2041"]
    assert [each.order.source_key for each in orders_of(ana)] == ["1042"]
    renew_search_keys([ana.pk, again.pk])
    assert [found.customer for found in found_customers("ana@example.org")] == [again]
    assert [found.customer for found in found_customers("1042")] == [ana]
    ana.refresh_from_db()
    assert (ana.name, list(ana.identities.all())) == ("", [])


def test_the_old_files_again_give_nothing_back_to_who_was_erased(tmp_path):
    _, ana = bought(tmp_path, BEFORE)
    told_of = {"kind": "invoices", "source": "shop", "currency": "SEK"}
    import_text(tmp_path, INVOICE, **told_of)
    erase_customer(ana, by=None)
    done, again = bought(tmp_path, BEFORE + AFTER)
    assert done.counts() == (1, 1, 0, 0)
    assert import_text(tmp_path, INVOICE, **told_of).counts() == (0, 1, 0, 0)
    assert [each.order.source_key for each in orders_of(again)] == ["2041"]
    assert [each.order.source_key for each in orders_of(ana)] == ["1042"]
    assert ([each.number for each in invoices_of(ana)], invoices_of(again)) == (["F1"], [])


def test_nothing_is_said_of_who_was_erased_and_they_are_joined_with_nobody():
    ana = take_down_customer(name="Ana Berg", known_by=[EMAIL], **told())
    erase_customer(ana, by=None)
    again = take_down_customer(name="Ana Berg", known_by=[EMAIL], **told())
    renew_search_keys([ana.pk, again.pk])
    assert (suggest_joins_of([ana.pk, again.pk]), JoinSuggestion.objects.count()) == (0, 0)
    before = everything()
    for pair in ((ana, again), (again, ana)):
        with pytest.raises(WasErased):
            join_customers(*pair, **told())
    with pytest.raises(CustomerErased):
        change_customer(ana, name="Ana", **told())
    with pytest.raises(CustomerErased):
        add_identity(ana, Known(IdentityKind.PHONE, "+46701234567"), **told())
    assert everything() == before


def test_the_telling_that_made_an_erased_customer_makes_nobody_when_repeated():
    first = told()
    ana = take_down_customer(name="Ana Berg", known_by=[EMAIL], **first)
    erase_customer(ana, by=None)
    again = take_down_customer(name="Ana Berg", known_by=[EMAIL], **first)
    assert (again, again.name, customer_known_by(EMAIL)) == (ana, "", None)


def test_who_was_joined_when_erased_is_split_by_nobody_into_a_life():
    ana, anna = customer("Ana"), customer("Anna")
    join_customers(ana, anna, **told())
    erase_customer(ana, by=None)
    assert set(Erasure.objects.values_list("pk", flat=True)) == {ana.pk, anna.pk}
    with pytest.raises(WasErased):
        join_customers(customer("Anne"), anna, **told())
