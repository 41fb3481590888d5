import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from regulars.company.models import AuditEntry, Invitation
from regulars.company.rights import Role
from regulars.company.services.staff import invite

pytestmark = pytest.mark.django_db
PATHS = ["/rare/", "/rare/company/invitation/", "/rare/mfa/authenticator/", "/rare/login/"]


@pytest.mark.parametrize("path", PATHS)
def test_to_all_but_owners_there_is_nothing_here(client, cy, path):
    if path != "/rare/login/":
        assert client.get(path).status_code in {302, 404}
    client.force_login(cy)
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", [*PATHS[:3], "/rare/procrastinate/procrastinatejob/"])
def test_an_owner_sees_them_under_the_strict_policy(by_dee, path):
    page = by_dee.get(path)
    assert page.status_code == 200
    assert "unsafe" not in page["Content-Security-Policy"]


def test_an_owner_takes_an_invitation_back_and_it_is_noted(by_dee, dee):
    invite(Role.AGENT, by=dee)
    made = Invitation.objects.get()
    by_dee.post(f"/rare/company/invitation/{made.pk}/delete/", {"post": "yes"})
    assert Invitation.objects.count() == 0
    noted = AuditEntry.objects.get(action="invitation.removed")
    assert (noted.staff_id, noted.subject_id, noted.facts) == (dee.pk, made.pk, {"what": "agent"})


def test_an_owner_helps_whoever_lost_their_second_factor_and_it_is_noted(by_dee, dee, cy):
    held = Authenticator.objects.create(user=cy, type="totp", data={"secret": "GEZDGNBVGY3TQOJQ"})
    Authenticator.objects.create(user=cy, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    page = by_dee.get(f"/rare/mfa/authenticator/{held.pk}/change/")
    assert "GEZDGNBVGY3TQOJQ" not in page.content.decode()
    by_dee.post(f"/rare/mfa/authenticator/{held.pk}/delete/", {"post": "yes"})
    assert Authenticator.objects.count() == 0
    noted = AuditEntry.objects.get(action="staff.second_factor_removed")
    assert (noted.staff_id, noted.subject_id) == (dee.pk, cy.pk)


def test_several_are_taken_away_at_once(by_dee, dee, cy):
    for person in (dee, cy):
        for kind in ("totp", "recovery_codes"):
            Authenticator.objects.create(user=person, type=kind, data={})
    held = Authenticator.objects.get(user=cy, type="totp")
    told = {"action": "delete_selected", "_selected_action": [held.pk], "post": "yes"}
    by_dee.post("/rare/mfa/authenticator/", told)
    assert {left.user for left in Authenticator.objects.all()} == {dee}
    assert AuditEntry.objects.get(action="staff.second_factor_removed").subject_id == cy.pk


def test_nothing_is_made_or_changed_there(by_dee, dee):
    invite(Role.AGENT, by=dee)
    made = Invitation.objects.get()
    assert by_dee.get("/rare/company/invitation/add/").status_code == 403
    by_dee.post(f"/rare/company/invitation/{made.pk}/change/", {"role": "owner"})
    assert Invitation.objects.get().role == "agent"
    assert by_dee.get("/rare/company/auditentry/").status_code == 404
    assert by_dee.get("/rare/auth/group/").status_code == 404


def test_out_and_the_password_are_where_they_are_for_everybody(by_dee):
    assert by_dee.get("/rare/password_change/")["Location"] == "/password"
    assert by_dee.post("/rare/logout/")["Location"] == "/sign-in"
    assert by_dee.get("/").status_code == 302


def test_its_style_sheets_are_served_from_the_package(client, db):
    sheet = Client().get("/static/admin/css/base.css")
    assert sheet.status_code == 200
    assert sheet["Content-Type"] == 'text/css; charset="utf-8"'
    sheet.close()
