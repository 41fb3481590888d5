import itertools
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from regulars.company.models import AuditEntry
from regulars.company.queries.access import NotAllowed
from regulars.company.queries.audit import PAGE, AuditFilter, audit_page
from regulars.company.rights import Action, Role, may
from regulars.company.scopes import Scope
from regulars.company.services.keys import make_key
from regulars.kit.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def note():
    """Write an entry whose id comes after those before it, however quick the machine is."""
    count = itertools.count(1)

    def write(action, **more):
        return AuditEntry.objects.create(
            id=UUID(int=next(count) << 80), action=action, subject=action.split(".")[0], **more
        )

    return write


def actions(dee, **wanted):
    return [line.action for line in audit_page(dee, wanted=AuditFilter(**wanted)).lines]


def test_the_newest_come_first_each_with_who(dee, note):
    key, _ = make_key(name="Shop", scopes=[Scope.READ_ORDERS], by=dee)
    note("key.made", staff_id=dee.pk)
    note("order.read", key_id=key.pk)
    note("invitation.made")
    note("customer.read", staff_id=new_id())  # whose row is not here
    told = [(line.action, line.who) for line in audit_page(dee, wanted=AuditFilter()).lines]
    assert told[0] == ("key.made", "Dee")  # the one that make_key wrote
    assert told[1:] == [
        ("customer.read", ""),
        ("invitation.made", ""),
        ("order.read", key.prefix),
        ("key.made", "Dee"),
    ]


def test_it_is_filtered_by_what_by_whom_and_by_when(dee, cy, note):
    note("customer.read", staff_id=cy.pk)
    note("customer.changed", staff_id=dee.pk)
    note("key.made", staff_id=dee.pk)
    now = timezone.now()
    assert actions(dee, action="customer") == ["customer.changed", "customer.read"]
    assert actions(dee, action="customer.read") == ["customer.read"]
    assert actions(dee, action="cust") == []
    assert actions(dee, staff_id=cy.pk) == ["customer.read"]
    assert actions(dee, since=now + timedelta(hours=1)) == []
    assert len(actions(dee, since=now - timedelta(hours=1), until=now + timedelta(hours=1))) == 3
    assert actions(dee, until=now - timedelta(hours=1)) == []


def test_pages_follow_each_other_without_gap_or_repeat_in_three_statements(dee, note):
    for n in range(2 * PAGE + 1):
        note("customer.read", staff_id=dee.pk, facts={"n": n})
    seen, before = [], None
    while True:
        with CaptureQueriesContext(connection) as asked:
            page = audit_page(dee, wanted=AuditFilter(before=before))
        assert len(asked) <= 3
        seen += [line.facts["n"] for line in page.lines]
        if (before := page.before) is None:
            break
    assert seen == list(reversed(range(2 * PAGE + 1)))


def test_a_full_last_page_leads_nowhere(dee, note):
    for _ in range(PAGE):
        note("customer.read")
    assert audit_page(dee, wanted=AuditFilter()).before is None


@pytest.mark.parametrize("role", list(Role))
def test_it_is_read_by_whose_role_includes_it(dee, role):
    dee.role = role
    if may(role, Action.READ_AUDIT):
        assert audit_page(dee, wanted=AuditFilter()).lines == []
    else:
        with pytest.raises(NotAllowed):
            audit_page(dee, wanted=AuditFilter())
    assert AuditEntry.objects.count() == 0
