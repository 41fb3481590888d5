"""Whatever a program sends, it is answered in JSON, with a code that stays."""

import ast
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import RequestFactory

import regulars
from regulars.api.bodies import StrictParser
from regulars.api.codes import CODES
from regulars.api.middleware import ApiMiddleware
from regulars.api.problems import MEDIA_TYPE, Problem
from regulars.book.models import Customer, Order
from tests.api.sent import order

SOURCE = Path(regulars.__file__).parent


def refused(answer, status, code):
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"].endswith(f"/api/problems#{code}")
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert code in CODES
    assert Order.objects.count() == 0
    return problem


BAD = {
    "cut off": '{"source": ',
    "not a number": '{"tax_minor": NaN}',
    "endless": '{"tax_minor": Infinity}',
    "twice": '{"source": "a", "source": "b"}',
    "not UTF-8": b'{"source": "\xff"}',
    "deep": "[" * 200_000,
    "a number of 10,000 digits": '{"tax_minor": ' + "9" * 10_000 + "}",
    "with a mark before it": '\ufeff{"source": "a"}',
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_a_body_that_two_readers_may_take_differently_is_refused(shop, body):
    problem = refused(shop.send("/orders", body), 400, "bad_json")
    assert problem["detail"].startswith("The body is not JSON.")


UNFIT = {
    "a NUL": {"external_id": "10\0"},
    "half a sign": {"external_id": "\ud83d"},
    "a moment without an offset": {"placed_at": "2026-03-02T11:30:00"},
    "no such day": {"placed_at": "2026-02-30T11:30:00Z"},
    "a moment as a number": {"placed_at": 1772447400},
    "money with decimals": {"tax_minor": 0.5},
    "money as a text": {"tax_minor": "1"},
    "too much money": {"tax_minor": 10**16},
    "a name nobody knows": {"palced_at": "2026-03-02T11:30:00Z"},
    "no lines": {"lines": []},
    "a small currency": {"currency": "sek"},
}


@pytest.mark.parametrize("part", UNFIT.values(), ids=UNFIT)
def test_what_is_not_as_described_is_named_part_by_part(shop, part):
    problem = refused(shop.send("/orders", order(**part)), 422, "not_as_described")
    assert [each["pointer"] for each in problem["errors"]] == [f"/{name}" for name in part]


def test_a_part_deep_in_the_body_is_named_by_its_pointer(shop):
    lines = [{"gross_minor": 1}, {"gross_minor": -1}]
    problem = refused(shop.send("/orders", order(lines=lines)), 422, "not_as_described")
    assert problem["errors"][0]["pointer"] == "/lines/1/gross_minor"


def test_a_whole_number_may_be_written_with_a_point_as_json_has_one_kind(shop):
    assert shop.send("/orders", order(tax_minor=5.0)).status_code == 201


def test_what_is_too_large_is_refused_by_its_headers_alone(shop, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem = refused(shop.send("/orders", "x" * 1001), 413, "too_large")
    assert problem["limit_bytes"] == 1000


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Encoding": "gzip"}, 415, "encoding_not_taken"),
        ({"Transfer-Encoding": "chunked"}, 411, "length_required"),
        ({"Accept": "text/html"}, 406, "not_acceptable"),
    ],
)
def test_a_request_that_cannot_be_read_or_answered_is_refused(shop, headers, status, code):
    refused(shop.send("/orders", order(), **headers), status, code)


def test_a_body_of_another_type_is_refused(client, shop):
    answer = client.post("/api/v1/orders", "a=1", "text/plain", headers=shop.headers)
    refused(answer, 415, "not_json")


def test_an_address_that_leads_nowhere_and_a_method_it_does_not_know(shop, stranger):
    for program in (shop, stranger):
        refused(program.get("/nothing"), 404, "no_such_address")
        wrong = program.send("/orders", {}, method="put")
        refused(wrong, 405, "method_not_allowed")
        assert set(wrong.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_a_typo_in_a_filter_is_an_error_and_not_the_whole_list(shop):
    problem = refused(shop.get("/orders", {"custmer": "x"}), 422, "not_as_described")
    assert problem["errors"][0]["pointer"] == "custmer"
    twice = shop.get("/orders?limit=1&limit=2")
    assert refused(twice, 422, "not_as_described")["errors"][0]["code"] == "told_twice"


def test_head_and_options_are_answered(shop, stranger, client):
    told = shop.get("/orders")
    head = client.head("/api/v1/orders", headers=shop.headers)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(told.content))
    options = client.options("/api/v1/orders")
    assert (options.status_code, set(options.headers["Allow"].split(", "))) == (
        204,
        {"GET", "POST"},
    )


def test_a_database_that_is_away_is_said_and_when_to_ask_again(shop, monkeypatch):
    def away(*_args, **_named):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("regulars.api.orders.keep_orders", away)
    answer = shop.send("/orders", order())
    assert refused(answer, 503, "try_again")["retry_after_seconds"] == 2
    assert answer.headers["Retry-After"] == "2"


def test_our_own_fault_is_json_too_and_tells_nothing_of_the_inside(shop, monkeypatch):
    def broken(*_args, **_named):
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr("regulars.api.orders.keep_orders", broken)
    answer = shop.send("/orders", order())
    refused(answer, 500, "our_fault")
    assert b"secret" not in answer.content
    assert Customer.objects.count() == 0


def test_a_page_of_html_from_further_in_becomes_a_problem():
    from django.http import HttpResponse

    page = ApiMiddleware(lambda request: HttpResponse("<h1>Oh no</h1>", status=500))
    answer = page(RequestFactory().get("/api/v1/orders"))
    assert answer.headers["Content-Type"] == MEDIA_TYPE


def test_pages_beside_the_api_are_left_alone(client, db):
    assert client.get("/sign-in").headers["Content-Type"].startswith("text/html")


def test_a_readable_body_is_read_as_it_is():
    request = RequestFactory().post(
        "/", '{"a": [1, 2.5, "å"], "b": null}', content_type="application/json; charset=utf-8"
    )
    assert StrictParser().parse_body(request) == {"a": [1, 2.5, "å"], "b": None}


def codes_told():
    """Codes that the door and what it calls may answer with, by reading the source."""
    looked_at = [
        *(SOURCE / "api").rglob("*.py"),
        *(SOURCE / "book" / "sent").rglob("*.py"),
        SOURCE / "book" / "queries" / "key_access.py",
        SOURCE / "company" / "queries" / "keys.py",
        *(
            SOURCE / "book" / "services" / f"{name}.py"
            for name in (
                *("customers", "orders", "returns", "contacts", "promises", "consents"),
                *("notes", "lawful", "fitting", "telling"),
            )
        ),
        SOURCE / "company" / "services" / "places.py",
        SOURCE / "company" / "services" / "naming.py",
    ]
    for file in looked_at:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                nth = {"Problem": 1, "__init__": 0, "KeyRefused": 0}.get(name)
                if nth is not None and len(node.args) > nth:
                    code = node.args[nth]
                    if isinstance(code, ast.Constant) and isinstance(code.value, str):
                        yield code.value


def test_every_code_is_explained_on_its_page(client, db):
    not_by_programs = {"wording_stands"}
    assert set(codes_told()) - not_by_programs - set(CODES) == set()
    page = client.get("/api/problems").content.decode()
    assert [code for code in CODES if f'id="{code}"' not in page] == []


def test_a_problem_keeps_its_code_and_facts():
    problem = Problem(409, "not_yet", "It lies in the future.", facts={"at": "2027"})
    assert (str(problem.code), problem.facts["at"]) == ("not_yet", "2027")
