from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError
from django.utils import timezone

from regulars.company.models import AuditEntry, Invitation, Staff
from regulars.company.queries.access import NotAllowed, staff_who
from regulars.company.rights import Action, Role
from regulars.company.services.naming import NotAName
from regulars.company.services.staff import (
    EmailTaken,
    InvitationSpent,
    LastOwner,
    accept_invitation,
    change_role,
    invite,
    invite_first_owner,
    let_come_back,
    let_leave,
)

pytestmark = pytest.mark.django_db
PASSWORD = "tea and coffee 42"


def join(token, name="Dee", email="Dee@Example.org"):
    return accept_invitation(token, name=name, email=email, password=PASSWORD)


def test_the_first_owner_joins_by_the_link_and_it_is_noted():
    dee = join(invite_first_owner())
    assert (dee.email, dee.role, dee.check_password(PASSWORD)) == ("dee@example.org", "owner", True)
    assert list(AuditEntry.objects.order_by("id").values_list("action", "staff_id")) == [
        ("invitation.made", None),
        ("staff.joined", dee.pk),
    ]


def test_once_there_is_an_owner_no_link_is_made():
    join(invite_first_owner())
    assert invite_first_owner() is None


def test_a_second_start_before_anybody_joined_makes_the_first_link_void():
    first, second = invite_first_owner(), invite_first_owner()
    with pytest.raises(InvitationSpent):
        join(first)
    assert join(second).role == Role.OWNER


def test_a_link_works_once():
    token = invite(Role.AGENT, by=None)
    join(token, name="Cy")
    with pytest.raises(InvitationSpent):
        join(token, name="Bo", email="bo@example.org")
    assert [staff.name for staff in Staff.objects.all()] == ["Cy"]


def test_a_link_expires():
    token = invite(Role.AGENT, by=None)
    past = timezone.now() - timedelta(days=3)
    Invitation.objects.update(made_at=past, expires_at=past + timedelta(days=2))
    with pytest.raises(InvitationSpent):
        join(token)


def test_the_token_itself_is_not_kept():
    token = invite(Role.AGENT, by=None)
    assert token.encode() not in bytes(Invitation.objects.get().token_digest)


def test_an_e_mail_belongs_to_one_person_however_it_is_written():
    join(invite(Role.AGENT, by=None))
    with pytest.raises(EmailTaken):
        join(invite(Role.AGENT, by=None), email=" DEE@example.ORG ")
    assert Staff.objects.count() == 1


def test_a_weak_password_leaves_the_link_as_it_was():
    token = invite(Role.AGENT, by=None)
    with pytest.raises(ValidationError):
        accept_invitation(token, name="Cy", email="cy@example.org", password="short")
    assert (Staff.objects.count(), join(token).name) == (0, "Dee")


def test_the_database_refuses_a_role_it_does_not_know():
    with pytest.raises(IntegrityError, match="staff_role_is_known"):
        Staff.objects.create(name="Eli", email="eli@example.org", role="king")


def test_somebody_who_left_may_do_nothing():
    dee = join(invite_first_owner())
    assert staff_who(dee, may=Action.MANAGE_STAFF) == dee
    dee.is_active = False
    with pytest.raises(NotAllowed):
        staff_who(dee, may=Action.SEE_FIGURES)


def test_a_refusal_names_the_roles_that_may():
    cy = join(invite(Role.AGENT, by=None), name="Cy")
    with pytest.raises(NotAllowed) as refused:
        staff_who(cy, may=Action.READ_LEDGER)
    assert refused.value.facts["roles"] == "owner, manager, auditor"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE company_auditentry SET action = 'nothing.happened'",
        "DELETE FROM company_auditentry",
        "TRUNCATE company_auditentry",
    ],
)
@pytest.mark.parametrize("role", ["regulars_owner", "regulars_app"])
def test_the_audit_log_cannot_be_changed_by_anybody(statement, role):
    invite(Role.AGENT, by=None)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(ProgrammingError):
            cursor.execute(statement)


def test_the_role_that_runs_the_house_may_write_the_audit_log_and_staff():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE regulars_app")
        join(invite(Role.AGENT, by=None))
        assert AuditEntry.objects.count() == 2


def works(name, role=Role.AGENT):
    return join(invite(role, by=None), name=name, email=f"{name.lower()}@example.org")


def noted(action):
    entries = AuditEntry.objects.filter(action=action)
    return list(entries.values_list("staff_id", "subject_id", "facts"))


def test_a_role_is_changed_and_both_are_noted_and_the_same_again_writes_nothing():
    dee, cy = works("Dee", Role.OWNER), works("Cy")
    for _ in range(2):
        change_role(cy, Role.MANAGER, by=dee)
    cy.refresh_from_db()
    assert cy.may(Action.READ_AUDIT)
    change = {"field": "role", "old": "agent", "new": "manager"}
    assert noted("staff.changed") == [(dee.pk, cy.pk, change)]


def test_whoever_leaves_may_do_nothing_and_whoever_comes_back_what_they_did():
    dee, cy = works("Dee", Role.OWNER), works("Cy")
    for _ in range(2):
        let_leave(cy, by=dee)
    cy.refresh_from_db()
    assert not cy.may(Action.SEE_CUSTOMERS)
    for _ in range(2):
        let_come_back(cy, by=dee)
    cy.refresh_from_db()
    assert (cy.may(Action.SEE_CUSTOMERS), cy.check_password(PASSWORD)) == (True, True)
    assert noted("staff.left") == [(dee.pk, cy.pk, {})]
    assert noted("staff.came_back") == [(dee.pk, cy.pk, {"role": "agent"})]


@pytest.mark.parametrize(
    "go", [let_leave, lambda dee, *, by: change_role(dee, Role.MANAGER, by=by)]
)
def test_the_last_owner_stays_however_many_have_left(go):
    dee, ana = works("Dee", Role.OWNER), works("Ana", Role.OWNER)
    let_leave(ana, by=dee)
    before = AuditEntry.objects.count()
    with pytest.raises(LastOwner):
        go(dee, by=dee)
    dee.refresh_from_db()
    assert (dee.role, dee.is_active, AuditEntry.objects.count()) == ("owner", True, before)
    let_come_back(ana, by=dee)
    go(dee, by=ana)
    change_role(ana, Role.OWNER, by=ana)


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\x01", "Dee\x00", "Dee\u202e", "\ud800"])
def test_a_name_that_cannot_be_seen_is_refused_and_the_link_still_works(name):
    token = invite(Role.AGENT, by=None)
    with pytest.raises(NotAName):
        join(token, name=name)
    assert join(token, name=" 张伟 👩\u200d🍳 ").name == "张伟 👩\u200d🍳"
