import re

import pytest

from regulars.book.services.customers import take_down_customer
from regulars.company.queries.audit import PAGE
from regulars.company.services import audit
from regulars.kit.ids import readable

pytestmark = pytest.mark.django_db


def words(page):
    return page.content.decode()


def rows(page):
    return words(page).count("<tr>") - 1


def test_it_is_for_whose_role_includes_it(client, cy):
    assert client.get("/audit")["Location"] == "/sign-in?next=/audit"
    client.force_login(cy)
    page = client.get("/audit")
    assert page.status_code == 403
    assert "owner, manager, auditor" in words(page)
    assert 'href="/audit"' not in words(client.get("/"))


def test_a_reading_shows_who_what_and_of_whom_by_the_id_in_their_address(by_dee, dee):
    ana = take_down_customer(name="Ana", source="desk", source_key="1", by=None)
    audit.record("customer.read", by=dee.pk, subject_id=ana.pk, to="see_customers")
    page = words(by_dee.get("/audit"))
    assert readable("cus", ana.pk) in page
    assert "to: see_customers" in page
    assert "Ana" not in page


def test_a_change_shows_what_was_and_what_is(by_dee, dee):
    audit.record("company.changed", by=dee.pk, field="currency", old="EUR", new="SEK")
    assert "currency: EUR → SEK" in words(by_dee.get("/audit"))


def test_the_filter_is_in_the_address_and_stays_while_one_goes_back(by_dee, dee):
    for _ in range(PAGE + 3):
        audit.record("customer.read", by=dee.pk)
    audit.record("key.made", by=dee.pk)
    first = by_dee.get("/audit?action=customer")
    assert rows(first) == PAGE
    older = re.search(r'href="(\?[^"]+)"', words(first))[1].replace("&amp;", "&")
    assert "action=customer" in older
    assert rows(by_dee.get("/audit" + older)) == 3
    assert "The newest" in words(by_dee.get("/audit" + older))


def test_a_filter_that_fits_nothing_says_so(by_dee, dee):
    assert "Nothing was noted that fits this." in words(by_dee.get("/audit?until=2020-01-01"))


@pytest.mark.parametrize("query", ["action=DROP", "since=yesterday", "who=somebody"])
def test_a_filter_that_cannot_be_read_is_refused_in_its_field(by_dee, query):
    page = by_dee.get(f"/audit?{query}")
    assert page.status_code == 422
    assert "field__error" in words(page)


def test_a_made_up_place_to_go_on_from_is_left_out(by_dee):
    assert by_dee.get("/audit?before=aud_x").status_code == 200
