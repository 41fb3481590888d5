import re

import pytest
from django.test import Client

from regulars.company.models import AuditEntry, Invitation, Staff
from regulars.company.rights import Role
from tests.board.conftest import made
from tests.support.house import PASSWORD

pytestmark = pytest.mark.django_db
PEOPLE = "/settings/people"


def words(page):
    return page.content.decode()


def state():
    return list(Staff.objects.order_by("pk").values_list("role", "is_active")), (
        Invitation.objects.count(),
        AuditEntry.objects.count(),
    )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_only_owners_see_or_change_who_works_here(client, dee, role):
    one = f"{PEOPLE}/{dee.pk}"
    assert client.get(PEOPLE)["Location"] == f"/sign-in?next={PEOPLE}"
    client.force_login(made("Bo", role))
    before = state()
    for path in (PEOPLE, one):
        assert client.get(path).status_code == 403
    for path in (PEOPLE, one, f"{one}/leave", f"{one}/come-back"):
        page = client.post(path, {"role": "owner"})
        assert (page.status_code, "Ask somebody who is: owner." in words(page)) == (403, True)
    assert state() == before


def test_an_owner_invites_by_a_link_that_is_shown_once_and_works(by_dee):
    page = words(by_dee.post(PEOPLE, {"role": "marketer"}))
    path = re.search(r"http://127\.0\.0\.1:8000(/welcome/[\w-]+)", page)[1]
    again = words(by_dee.get(PEOPLE))
    assert (path in again, "Marketer, until " in again) == (False, True)
    told = {"name": "Mo", "email": "mo@example.org", "password": PASSWORD}
    assert Client().post(path, told)["Location"] == "/"
    assert Staff.objects.get(name="Mo").role == "marketer"
    assert "2 people work here." in words(by_dee.get(PEOPLE))


def test_an_owner_changes_a_role_and_lets_somebody_leave_and_come_back(by_dee, cy):
    one = f"{PEOPLE}/{cy.pk}"
    theirs = Client()
    theirs.force_login(cy)
    assert by_dee.post(one, {"role": "auditor"})["Location"] == PEOPLE
    assert theirs.get("/audit").status_code == 200
    assert by_dee.post(f"{one}/leave")["Location"] == PEOPLE
    assert theirs.get("/audit").status_code == 302
    assert "has left" in words(by_dee.get(PEOPLE))
    assert "Cy has left." in words(by_dee.get(one))
    assert by_dee.post(f"{one}/come-back")["Location"] == PEOPLE
    assert "Cy works here: Auditor." in words(by_dee.get(one))


def test_the_last_owner_is_told_why_they_stay(by_dee, dee):
    one = f"{PEOPLE}/{dee.pk}"
    before = state()
    refused = by_dee.post(one, {"role": "agent"})
    assert (refused.status_code, "This is the last owner" in words(refused)) == (422, True)
    refused = by_dee.post(f"{one}/leave")
    assert (refused.status_code, "Make somebody else an owner first." in words(refused)) == (
        409,
        True,
    )
    assert state() == before


def test_nobody_and_no_role_are_refused(by_dee, cy):
    nobody = f"{PEOPLE}/00000000-0000-7000-8000-000000000000"
    assert by_dee.get(nobody).status_code == 404
    assert by_dee.post(f"{nobody}/leave").status_code == 404
    before = state()
    for path in (PEOPLE, f"{PEOPLE}/{cy.pk}"):
        assert by_dee.post(path, {"role": "king"}).status_code == 422
    assert by_dee.get(f"{PEOPLE}/{cy.pk}/leave").status_code == 405
    assert state() == before


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "One person works here."),
        ("sv", "En person arbetar här."),
        ("zh-hans", "这里有 1 人。"),
    ],
)
def test_the_page_speaks_the_reader_s_language(by_dee, lang, said):
    assert said in words(by_dee.get(PEOPLE, HTTP_ACCEPT_LANGUAGE=lang))
