"""A shop is connected by a client that was made from the description, over a real server."""

import importlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from regulars.api.door import api
from regulars.company.models import Staff
from regulars.company.rights import Role
from tests.api.conftest import token_of

N = 250
AT = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The client's package, made anew."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(json.dumps(api.get_openapi_schema()))
    (folder / "settings.yml").write_text("post_hooks: []\n")
    made = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"),
            *("--path", "openapi.json", "--config", "settings.yml"),
            *("--output-path", "regulars_client", "--fail-on-warning"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"regulars_client.{name}")
    sys.path.remove(str(folder))


@pytest.fixture
def shop(generated, address):
    """What a program needs: the client with its key, the models and the operations."""
    dee = Staff.objects.create(name="Dee", email="dee@example.org", role=Role.OWNER)
    client = generated("client").AuthenticatedClient(base_url=address, token=token_of(dee))
    models = generated("models")

    def ask(operation, **told):
        return generated(f"api.{operation}").sync_detailed(client=client, **told)

    with client:
        yield SimpleNamespace(ask=ask, models=models)


def test_a_shop_is_connected(shop):
    ask, m = shop.ask, shop.models
    people = [
        m.CustomerIn(source="webshop", external_id=f"c-{n}", email=f"c{n}@example.org")
        for n in range(10)
    ]
    told = ask("customers.keep_customers", body=m.CustomerBatch(items=people))
    assert (told.status_code, told.parsed.n_new) == (200, 10)
    ana = told.parsed.results[0].id

    def line(amount):
        return m.LineIn(gross_minor=amount, product_code="sencha", product_name="Sencha")

    orders = m.OrderBatch(
        items=[
            m.OrderIn(
                source="webshop",
                external_id=str(n),
                placed_at=AT + timedelta(hours=n),
                currency="SEK",
                customer=m.Party(external_id=f"c-{n % 10}"),
                lines=[line(9000)],
            )
            for n in range(N)
        ]
    )
    first = ask("orders.keep_orders", body=orders, idempotency_key="day-1")
    assert (first.parsed.n_new, first.parsed.n_refused) == (N, 0)
    again = ask("orders.keep_orders", body=orders, idempotency_key="day-1")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.content == first.content

    back = m.ReturnIn(
        source="webshop",
        external_id="r1",
        returned_at=AT + timedelta(days=9),
        currency="SEK",
        order=first.parsed.results[0].id,
        lines=[m.LineBackIn(refund_minor=9000, position=1)],
    )
    assert ask("orders.keep_return", body=back).status_code == 201
    too_much = m.ReturnIn.from_dict(back.to_dict() | {"external_id": "r2"})
    refused = ask("orders.keep_return", body=too_much).parsed
    assert (refused.status, refused.code, refused["left_minor"]) == (
        409,
        "more_than_was_bought",
        0,
    )

    promise = m.PromiseIn(
        source="webshop",
        external_id="p1",
        customer=ana,
        kind=m.PromiseKind.DELIVERY,
        made_at=AT,
        due_at=AT + timedelta(days=3),
        kept_at=AT + timedelta(days=2),
    )
    made = ask("promises.keep_promise", body=promise).parsed
    held = ask("promises.read_promise", promise_id=made.id).parsed
    assert (held.state, held.kept_at) == ("kept", AT + timedelta(days=2))

    found, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = ask("orders.list_orders", limit=100, **more).parsed
        found += page.data
        if (cursor := page.next_cursor) is None:
            break
    assert sorted(order.external_id for order in found) == sorted(map(str, range(N)))
    assert sum(order.net_minor for order in found) == N * 9000

    story = ask("events.list_events", customer=ana, limit=200).parsed.data
    kinds = [event.kind for event in story]
    assert kinds.count("order.placed") == N // 10
    assert kinds[-3:] == ["order.returned", "promise.made", "promise.kept"]
