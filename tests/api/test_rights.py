"""Who may: without a key nobody, with a key its scopes, and what was read is noted."""

import json

import pytest

from regulars.api.door import api
from regulars.book.models import Customer
from regulars.company.models import ApiKey, AuditEntry, Staff
from regulars.company.scopes import Scope
from regulars.company.services.keys import revoke_key
from tests.api.sent import contact, order
from tests.support.cast import everything

SCHEMA = api.get_openapi_schema()
OPERATIONS = {
    operation["operationId"]: (method, path.removeprefix("/api/v1"))
    for path, operations in SCHEMA["paths"].items()
    for method, operation in operations.items()
}
# By the first step of the path; the scope is `<what>:read` or `<what>:write`.
OF = {
    "identities": "customers",
    "returns": "orders",
    "branches": "config",
    "departments": "config",
    "channels": "config",
    "webhooks": "config",
}


def asked(program, method, path):
    for name in ("customer", "identity", "order", "return", "contact", "promise", "consent"):
        path = path.replace(f"{{{name}_id}}", f"{name[:3]}_1")
    path = (
        path.replace("{import_id}", "imp_1").replace("{webhook_id}", "whk_1").replace("{code}", "a")
    )
    body = "" if method == "get" else json.dumps({})
    return program.send(path, body, method=method)


def scope_of(method, path):
    what = path.split("/")[1]
    return f"{OF.get(what, what)}:{'read' if method == 'get' else 'write'}"


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_stranger_is_asked_for_a_key_and_changes_nothing(stranger, db, name):
    before = everything()
    answer = asked(stranger, *OPERATIONS[name])
    assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert everything() == before


OURS = [name for name in OPERATIONS if scope_of(*OPERATIONS[name]) in set(Scope)]


@pytest.mark.parametrize("name", OURS)
def test_each_operation_needs_its_scope_and_no_other_will_do(program, name):
    method, path = OPERATIONS[name]
    needed = scope_of(method, path)
    others = program(*(scope for scope in Scope if scope != needed))
    refused = asked(others, method, path)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert refused.json()["scope"] == needed
    allowed = asked(program(Scope(needed)), method, path)
    assert allowed.status_code not in {401, 403}


@pytest.mark.parametrize("token", ["", "reg_x", "reg_00000000_" + "a" * 43, "\x00", "å"])
def test_what_is_no_key_opens_nothing(client, db, token):
    answer = client.get("/api/v1/orders", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_revoked_key_opens_nothing(shop, dee):
    revoke_key(ApiKey.objects.get(), by=dee)
    assert shop.get("/orders").json()["code"] == "key_revoked"


def test_a_session_of_staff_is_no_key(client, dee):
    client.force_login(dee)
    assert client.get("/api/v1/orders").status_code == 401


def test_who_read_of_whom_is_noted_with_the_key(shop):
    made = shop.send("/orders", order()).json()
    ana, key = Customer.objects.get(), ApiKey.objects.get()
    before = AuditEntry.objects.count()
    shop.get(f"/orders/{made['id']}")
    shop.get("/orders")
    shop.get("/customers")
    noted = list(AuditEntry.objects.order_by("id"))[before:]
    assert [(entry.action, entry.key_id, entry.staff_id) for entry in noted] == [
        ("order.read", key.pk, None),
        ("order.read", key.pk, None),
        ("customer.read", key.pk, None),
    ]
    assert {entry.facts["customer"] for entry in noted} == {str(ana.pk)}


def test_a_change_is_noted_with_the_key_and_without_what_was_told(shop):
    shop.send("/contacts", contact(note="She likes green tea."))
    entry = AuditEntry.objects.get(action="contact.told")
    assert (entry.key_id, entry.facts) == (ApiKey.objects.get().pk, {"outcome": "new"})
    assert entry.subject_id is not None


def test_a_key_may_ask_so_often_a_minute_and_is_told_how_often_still(shop, settings):
    settings.API_REQUESTS_A_MINUTE = 2
    left = [shop.get("/orders").headers["RateLimit-Remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    refused = shop.get("/orders")
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (429, "too_many_requests")
    assert refused.headers["Retry-After"] == str(problem["retry_after_seconds"])
    assert (problem["limit"], refused.headers["RateLimit-Limit"]) == (2, "2")
    assert Staff.objects.count() == 1
