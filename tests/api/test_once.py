"""Once, whatever happens: repeats, many at the same moment, and a program killed in between."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from regulars.api.models import GivenAnswer
from regulars.book.models import Customer, Event, Order
from regulars.company.models import ApiKey, AuditEntry, Staff
from regulars.company.rights import Role as StaffRole
from regulars.kit.postgres import Role
from tests.api.conftest import Program, token_of
from tests.api.sent import order
from tests.support.house_database import NAME

KEY = {"Idempotency-Key": "a1"}


def test_a_repeat_gets_the_stored_answer_and_says_so(shop):
    first = shop.send("/orders", order(), **KEY)
    again = shop.send("/orders", order(), **KEY)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 1
    assert AuditEntry.objects.filter(action="order.told").count() == 1


def test_the_same_key_with_another_request_is_refused_and_nothing_is_written(shop):
    shop.send("/orders", order(), **KEY)
    for path, body in (("/orders", order("2")), ("/orders/batch", {"items": [order("2")]})):
        refused = shop.send(path, body, **KEY)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert Order.objects.count() == 1


def test_a_new_key_next_month_makes_no_second_order(shop):
    first = shop.send("/orders", order(), **KEY).json()
    later = shop.send("/orders", order(), **{"Idempotency-Key": "a2"})
    assert (later.status_code, later.json()["id"]) == (200, first["id"])
    assert Event.objects.filter(kind="order.placed").count() == 1


def test_keys_of_two_programs_do_not_meet(shop, program):
    shop.send("/orders", order(), **KEY)
    other = program().send("/orders", order("2"), **KEY)
    assert other.status_code == 201


def test_a_refusal_is_not_kept_so_what_was_mended_can_be_sent_again(shop):
    wrong = {"gross_minor": 1, "discount_minor": 2}
    assert shop.send("/orders", order(lines=[wrong]), **KEY).status_code == 409
    assert GivenAnswer.objects.count() == 0
    assert shop.send("/orders", order(), **KEY).status_code == 201


def test_a_dry_run_does_not_use_the_key_up(shop):
    assert shop.send("/orders?dry_run=true", order(), **KEY).status_code == 201
    assert GivenAnswer.objects.count() == 0
    assert shop.send("/orders", order(), **KEY).json()["dry_run"] is False


def test_answers_hold_nothing_personal_and_are_forgotten_after_two_days(shop):
    shop.send("/orders", order(), **KEY)
    kept = GivenAnswer.objects.get()
    assert "ana" not in (kept.body + bytes(kept.digest).hex()).lower()
    GivenAnswer.objects.update(given_at=timezone.now() - timedelta(hours=49))
    shop.send("/orders", order("2"), **{"Idempotency-Key": "a2"})
    assert [each.name for each in GivenAnswer.objects.all()] == ["a2"]


@pytest.fixture
def token(committed):
    return token_of(Staff.objects.create(name="Dee", email="dee@example.org", role=StaffRole.OWNER))


def test_fifty_at_once_with_one_key_make_one_order_and_get_equal_answers(token):
    def ask(_):
        try:
            while True:  # as the answer says: ask again
                answer = Program(Client(), token).send("/orders", order(), **KEY)
                if answer.status_code != 409:
                    return answer.status_code, answer.content
                assert answer.headers["Retry-After"] == "1"
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(ask, range(50)))
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert (Order.objects.count(), Customer.objects.count()) == (1, 1)
    assert Event.objects.filter(kind="order.placed").count() == 1


def test_fifty_at_once_without_a_key_make_one_order_too(token):
    def ask(_):
        try:
            return Program(Client(), token).send("/orders", order()).json()
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(ask, range(50)))
    assert len({answer["id"] for answer in answers}) == 1
    assert Order.objects.count() == 1


def test_what_still_runs_is_told_so(token, monkeypatch):
    monkeypatch.setattr("regulars.api.once._WAIT", "50ms")

    def ask():
        try:
            return Program(Client(), token).send("/orders", order(), **KEY)
        finally:
            connection.close()

    with transaction.atomic():  # what the request writes first, and has not committed yet
        GivenAnswer.objects.create(key=ApiKey.objects.get(), name="a1", digest=b"d" * 32)
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(ask).result()
    assert (waiting.status_code, waiting.json()["code"]) == (409, "still_running")
    assert waiting.headers["Retry-After"] == "1"


KILLED = """
import json, os, signal, sys
import django
django.setup()
from django.db import transaction
from django.test import Client
from regulars.api.models import GivenAnswer
as_it_is = GivenAnswer.save
def save_and_die(self, **more):
    as_it_is(self, **more)
    if self.status is not None:
        end = lambda: os.kill(os.getpid(), signal.SIGKILL)
        transaction.on_commit(end) if sys.argv[1] == "after" else end()
GivenAnswer.save = save_and_die
Client().post("/api/v1/orders", **json.load(sys.stdin))
"""


@pytest.mark.parametrize(("when", "is_replayed"), [("after", "true"), ("before", None)])
def test_killed_around_the_commit_the_retry_gets_the_one_answer(
    token, committed, when, is_replayed
):
    headers = {"Authorization": f"Bearer {token}"} | KEY
    sent = {
        "data": json.dumps(order()),
        "content_type": "application/json",
        "headers": headers | {"Host": "localhost"},
    }
    done = subprocess.run(
        [sys.executable, "-c", KILLED, when],
        input=json.dumps(sent).encode(),
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "regulars.settings",
            "DATABASE_URL": committed.address(Role.OWNER).replace("@/regulars?", f"@/{NAME}?"),
        },
        check=False,
        timeout=60,
    )
    assert done.returncode == -9
    assert Order.objects.count() == (1 if when == "after" else 0)
    answer = Program(Client(), token).send("/orders", order(), **KEY)
    assert answer.status_code == 201
    assert answer.headers.get("Idempotent-Replayed") == is_replayed
    assert Order.objects.count() == 1


def test_two_batches_at_once_of_the_same_orders_both_end(token):
    items = [order(str(n), customer={"external_id": str(n % 40)}) for n in range(400)]

    def ask(batch):
        try:
            return Program(Client(), token).send("/orders/batch", {"items": batch})
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(ask, (items, items[::-1])))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json()["n_refused"] for answer in answers] == [0, 0]
    assert (Order.objects.count(), Customer.objects.count()) == (400, 40)
