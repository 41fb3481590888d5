"""Each resource: told alone and in a batch, read back, told again, told otherwise, refused."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from regulars.book.models import Consent, Customer, Event, Identity, Order
from regulars.book.services.erasing import erase_customer
from tests.api.sent import back, consent, contact, order, promise

ANA = {"source": "webshop", "external_id": "c-7", "name": "Ana", "email": "Ana@example.org"}


def told(answer, status=201):
    assert answer.status_code == status, answer.content
    return answer.json()


def test_an_order_is_told_read_told_again_and_changed(shop):
    first = told(shop.send("/orders", order()))
    assert (first["outcome"], first["dry_run"]) == ("new", False)
    held = shop.get(f"/orders/{first['id']}").json()
    assert held["customer"].startswith("cus_")
    assert {name: held[name] for name in ("placed_at", "net_minor", "version", "status")} == {
        "placed_at": "2026-03-02T10:30:00Z",
        "net_minor": 9000,
        "version": 1,
        "status": "placed",
    }
    (line,) = held["lines"]
    assert (line["position"], line["product_code"], line["quantity"]) == (1, "sencha", "2")
    again = told(shop.send("/orders", order()), 200)
    assert again == {"id": first["id"], "outcome": "same", "dry_run": False}
    changed = told(shop.send("/orders", order(shipping_minor=900)), 200)
    assert (changed["id"], changed["outcome"]) == (first["id"], "changed")
    assert Order.objects.get().version == 2


def test_a_batch_answers_each_order_in_its_place(shop):
    told(shop.send("/orders", order("1")))
    answer = told(
        shop.send(
            "/orders/batch",
            {
                "items": [
                    order("9"),
                    order("1"),
                    order("2", placed_at="yesterday"),
                    "no order",
                    order("3", customer="cus_00000000000000000000000000"),
                    order("4", lines=[{"gross_minor": 1, "discount_minor": 2}]),
                    order("9", tax_minor=1),
                    order("1", source="till", customer=None),
                ]
            },
        ),
        200,
    )
    assert [(item["index"], item["status"], item["code"]) for item in answer["results"]] == [
        (0, 201, "new"),
        (1, 200, "same"),
        (2, 422, "not_as_described"),
        (3, 422, "not_as_described"),
        (4, 404, "no_such_customer"),
        (5, 409, "against_the_rules"),
        (6, 409, "told_twice"),
        (7, 201, "new"),
    ]
    assert answer["results"][2]["errors"][0]["pointer"] == "/placed_at"
    assert answer["results"][5]["facts"]["rule"] == "order_discount_is_at_most_gross"
    counts = {name: n for name, n in answer.items() if name.startswith("n_")}
    assert counts == {"n_sent": 8, "n_new": 2, "n_same": 1, "n_changed": 0, "n_refused": 5}
    assert sorted(Order.objects.values_list("source", "source_key")) == [
        ("till", "1"),
        ("webshop", "1"),
        ("webshop", "9"),
    ]


def test_a_dry_run_says_what_would_become_of_it_and_writes_nothing(shop):
    answer = told(shop.send("/orders?dry_run=true", order()))
    assert answer == {"id": None, "outcome": "new", "dry_run": True}
    assert (Order.objects.count(), Customer.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_customer_is_known_again_by_anything_told_of_them(shop):
    first = told(shop.send("/customers", ANA))
    again = told(shop.send("/customers", ANA | {"phone": "+46701234567"}), 200)
    assert (again["id"], again["outcome"]) == (first["id"], "changed")
    held = shop.get("/customers", {"phone": "+46701234567"}).json()
    assert [customer["id"] for customer in held["data"]] == [first["id"]]
    assert sorted((each["kind"], each["value"]) for each in held["data"][0]["identities"]) == [
        ("email", "ana@example.org"),
        ("external", "c-7"),
        ("phone", "+46701234567"),
    ]


def test_what_belongs_to_two_is_refused_and_nothing_is_guessed(shop):
    told(shop.send("/customers", ANA))
    told(shop.send("/customers", {"source": "webshop", "external_id": "c-8", "name": "Bo"}))
    refused = shop.send("/customers", ANA | {"external_id": "c-8"})
    assert refused.status_code == 409
    assert refused.json()["code"] == "identity_conflict"
    assert Customer.objects.count() == 2


def test_an_identity_is_added_and_taken_away(shop):
    ana = told(shop.send("/customers", ANA))["id"]
    asked = {"source": "webshop", "kind": "card", "value": "4711", "customer": ana}
    made = told(shop.send("/identities", asked))
    assert told(shop.send("/identities", asked), 200)["outcome"] == "same"
    assert shop.get(f"/identities/{made['id']}").json()["customer"] == ana
    other = told(shop.send("/customers", {"source": "till", "external_id": "1"}))["id"]
    taken = shop.send("/identities", asked | {"customer": other})
    assert (taken.status_code, taken.json()["code"]) == (409, "identity_taken")
    removed = shop.send(f"/identities/{made['id']}", "", method="delete")
    assert removed.status_code == 200
    assert not Identity.objects.filter(kind="card").exists()
    assert shop.get(f"/identities/{made['id']}").status_code == 404


def test_a_batch_of_identities_is_written_set_by_set(shop, django_assert_max_num_queries):
    ana = told(shop.send("/customers", ANA))["id"]
    asked = [
        {"source": "webshop", "kind": "card", "value": f"card-{n}", "customer": ana}
        for n in range(300)
    ]
    with django_assert_max_num_queries(40):
        answer = told(shop.send("/identities/batch", {"items": asked}), 200)
    assert answer["n_new"] == 300
    assert answer["results"][0]["id"].startswith("idn_")


def test_a_return_is_held_to_what_was_bought(shop):
    told(shop.send("/orders", order()))
    made = told(shop.send("/returns", back()))
    held = shop.get(f"/returns/{made['id']}").json()
    assert (held["refund_minor"], held["lines"][0]["position"]) == (4500, 1)
    more = shop.send("/returns", back("r2", quantity=2))
    problem = more.json()
    assert (more.status_code, problem["code"]) == (409, "more_than_was_bought")
    assert (problem["position"], problem["left"], problem["left_minor"]) == (1, "1", 4500)
    missing = shop.send("/returns", back("r3", order="no such"))
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_order")
    wrong = shop.send("/returns", back("r4") | {"lines": [{"position": 2, "refund_minor": 1}]})
    assert wrong.json()["code"] == "return_not_of_order"


def test_a_promise_is_made_moved_and_kept(shop):
    now = timezone.now().replace(microsecond=0)
    first, second = (now + timedelta(days=n) for n in (2, 3))
    told_first = promise(made_at=now.isoformat(), due_at=first.isoformat())
    made = told(shop.send("/promises", told_first))
    moved = told_first | {"due_at": second.isoformat()}
    assert told(shop.send("/promises", moved), 200)["outcome"] == "changed"
    kept = moved | {"kept_at": (now + timedelta(minutes=2)).isoformat()}
    assert told(shop.send("/promises", kept), 200)["id"] == made["id"]
    held = shop.get(f"/promises/{made['id']}").json()
    assert (held["state"], held["n_moves"]) == ("kept", 1)
    assert datetime.fromisoformat(held["first_due_at"]) == first
    assert datetime.fromisoformat(held["due_at"]) == second


def test_a_promise_of_the_past_kept_late_was_broken_first(shop):
    made = told(shop.send("/promises", promise(kept_at="2026-03-07T09:00:00+01:00")))
    held = shop.get(f"/promises/{made['id']}").json()
    assert (held["state"], held["n_breaches"]) == ("kept_late", 1)
    assert held["kept_at"] == "2026-03-07T08:00:00Z"


def test_a_contact_is_noted_with_what_was_said(shop):
    made = told(shop.send("/contacts", contact(note="She likes green tea.")))
    ended = contact(ended_at="2026-03-03T09:10:00+01:00", outcome="solved")
    assert told(shop.send("/contacts", ended), 200)["outcome"] == "changed"
    held = shop.get(f"/contacts/{made['id']}").json()
    assert (held["notes"], held["outcome"]) == (["She likes green tea."], "solved")


def test_an_act_of_consent_stays_as_it_was_told(shop):
    made = told(shop.send("/consents", consent()))
    assert told(shop.send("/consents", consent()), 200) == made | {"outcome": "same"}
    other = shop.send("/consents", consent(is_given=False))
    assert (other.status_code, other.json()["code"]) == (409, "source_key_taken")
    held = shop.get("/consents", {"customer": shop.get("/customers").json()["data"][0]["id"]})
    assert [(each["channel"], each["act"]) for each in held.json()["data"]] == [
        ("email", made["id"]),
        ("sms", made["id"]),
    ]
    service = shop.send("/consents", consent("a2", purposes=["service"]))
    assert service.json()["code"] == "nothing_to_consent_to"
    assert Consent.objects.count() == 2


@pytest.mark.parametrize(
    ("path", "record"),
    [("/contacts", contact), ("/promises", promise), ("/consents", consent), ("/returns", back)],
)
def test_a_batch_takes_a_bounded_number_of_statements(
    shop, django_assert_max_num_queries, path, record
):
    items = [record(f"k{n}") for n in range(200)]
    if path == "/returns":
        items = [
            item | {"order_external_id": None, "lines": [{"refund_minor": 1}]} for item in items
        ]
    with django_assert_max_num_queries(45):
        answer = told(shop.send(f"{path}/batch", {"items": items}), 200)
    assert answer["n_new"] == 200
    assert len({item["id"] for item in answer["results"]}) == 200
    again = told(shop.send(f"{path}/batch", {"items": items}), 200)
    assert again["n_same"] == 200


def test_nothing_is_written_of_somebody_who_was_erased(shop):
    ana = told(shop.send("/customers", ANA))["id"]
    erase_customer(Customer.objects.get(), by=None)
    for path, record in (("/contacts", contact), ("/orders", order)):
        refused = shop.send(path, record(customer=ana))
        assert (refused.status_code, refused.json()["code"]) == (409, "customer_erased")


def test_a_file_is_imported_and_its_bad_rows_come_back(shop, client):
    text = (
        "order_id,customer_email,date,total\n"
        "1,ana@example.org,2026-03-02,90.00\n"
        "2,bo@example.org,someday,5\n"
    )
    sent = client.post(
        "/api/v1/imports?source=till&kind=orders",
        {"file": SimpleUploadedFile("orders.csv", text.encode())},
        headers=shop.headers,
    )
    done = told(sent)
    assert (done["n_read"], done["n_new"], done["n_put_aside"]) == (2, 1, 1)
    assert "someday" in done["rows_to_mend"]
    held = shop.get(f"/imports/{done['id']}").json()
    assert (held["state"], held["files"], held["n_new"]) == ("done", ["orders.csv"], 1)
