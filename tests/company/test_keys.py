import hashlib
import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from regulars.company.models import ApiKey, AuditEntry
from regulars.company.queries.access import NoSuchKey, NotAllowed, key_for
from regulars.company.queries.keys import KeyRefused, key_that, keys
from regulars.company.scopes import Scope
from regulars.company.services.keys import ExpiryIsPast, NoScopes, make_key, revoke_key
from regulars.kit.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(dee):
    return make_key(name="Web shop", scopes=[Scope.WRITE_ORDERS, Scope.READ_ORDERS], by=dee)


def refused(token, scope=Scope.READ_ORDERS):
    with pytest.raises(KeyRefused) as refusal:
        key_that(token, scope=scope)
    return refusal.value.code


def test_a_key_is_told_once_and_only_its_digest_is_kept(made, dee):
    _, token = made
    prefix, secret = token[:12], token[13:]
    assert re.fullmatch(r"reg_[0-9a-z]{8}", prefix)
    assert len(secret) == 43  # 256 bits, six in a letter
    kept = ApiKey.objects.values().get()
    assert kept["prefix"] == prefix
    assert bytes(kept["digest"]) == hashlib.sha256(token.encode()).digest()
    assert secret not in str(kept)
    assert kept["scopes"] == ["orders:read", "orders:write"]
    assert (kept["made_by_id"], kept["last_used_at"]) == (dee.pk, None)


def test_making_and_revoking_are_noted_without_the_secret(made, dee):
    key, token = made
    for _ in range(2):
        revoke_key(key, by=dee)
    noted = AuditEntry.objects.order_by("id")
    assert [(entry.action, entry.staff_id, entry.subject_id) for entry in noted] == [
        ("key.made", dee.pk, key.pk),
        ("key.revoked", dee.pk, key.pk),
    ]
    assert token[13:] not in str([entry.facts for entry in noted])


@pytest.mark.parametrize("scope", list(Scope))
def test_a_key_opens_what_its_scopes_say_and_nothing_else(made, scope):
    key, token = made
    if scope in {Scope.READ_ORDERS, Scope.WRITE_ORDERS}:
        assert key_that(token, scope=scope) == key
    else:
        assert refused(token, scope) == "scope_missing"


def test_writing_does_not_include_reading(dee):
    _, token = make_key(name="Till", scopes=[Scope.WRITE_ORDERS], by=dee)
    assert refused(token, Scope.READ_ORDERS) == "scope_missing"


def test_a_revoked_key_opens_nothing(made, dee):
    revoke_key(made[0], by=dee)
    assert refused(made[1]) == "key_revoked"


def test_a_key_opens_until_it_expires(made):
    key, token = made
    ApiKey.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert key_that(token, scope=Scope.READ_ORDERS) == key
    past = timezone.now() - timedelta(days=1)
    ApiKey.objects.update(made_at=past - timedelta(days=1), expires_at=past)
    assert refused(token) == "key_expired"


def test_what_is_no_key_says_no_more_than_that(made, dee):
    key, token = made
    revoke_key(key, by=dee)
    strange = [
        "",
        "reg_",
        key.prefix,
        token[:-1],
        token + "x",
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        "reg_00000000" + token[12:],
        "\x00" + token,
        "nyckel_åäö",
    ]
    assert {refused(other) for other in strange} == {"key_unknown"}


def test_the_last_use_is_written_once_a_minute_at_most(made):
    _, token = made
    key_that(token, scope=Scope.READ_ORDERS)
    first = ApiKey.objects.get().last_used_at
    with CaptureQueriesContext(
        connection,
    ) as asked:
        key_that(token, scope=Scope.READ_ORDERS)
    assert len(asked) == 1
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    key_that(token, scope=Scope.READ_ORDERS)
    assert ApiKey.objects.get().last_used_at >= first


def test_a_refused_key_was_not_used(made):
    refused(made[1], Scope.READ_CONFIG)
    assert ApiKey.objects.get().last_used_at is None


def test_a_key_that_could_do_nothing_is_not_made(dee):
    with pytest.raises(NoScopes):
        make_key(name="Nothing", scopes=[], by=dee)
    with pytest.raises(ExpiryIsPast):
        make_key(name="Late", scopes=[Scope.READ_ORDERS], expires_at=timezone.now(), by=dee)
    assert keys().count() == 0


def test_the_database_refuses_scopes_it_does_not_know_and_none(made):
    for scopes in ([], ["orders:read", "everything"]):
        with pytest.raises(IntegrityError, match="key_scopes_are_known"), transaction.atomic():
            ApiKey.objects.update(scopes=scopes)


def test_only_who_manages_settings_gets_a_key_to_revoke(made, dee, cy):
    assert key_for(dee, made[0].pk) == made[0]
    with pytest.raises(NotAllowed):
        key_for(cy, made[0].pk)
    with pytest.raises(NoSuchKey):
        key_for(dee, new_id())
