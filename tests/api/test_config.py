"""Configuration is changed only by who has seen it as it stands."""

import pytest

from regulars.company.models import ApiKey, AuditEntry, Branch

OLD_TOWN = {"code": "old-town", "name": "Old Town", "time_zone": "Europe/Stockholm"}


def test_a_branch_is_added_changed_closed_and_opened_again(shop):
    assert shop.send("/branches", OLD_TOWN).status_code == 201
    read = shop.get("/branches/old-town")
    renamed = shop.send(
        "/branches/old-town",
        {"name": "Gamla stan"},
        method="patch",
        **{"If-Match": read.headers["ETag"]},
    )
    assert renamed.json() == {
        "code": "old-town",
        "name": "Gamla stan",
        "is_open": True,
        "time_zone": "Europe/Stockholm",
        "kind": None,
    }
    closed = shop.send(
        "/branches/old-town",
        {"is_open": False},
        method="patch",
        **{"If-Match": renamed.headers["ETag"]},
    )
    assert closed.json()["is_open"] is False
    key = ApiKey.objects.get().pk
    noted = AuditEntry.objects.filter(subject="branch", key_id=key).order_by("id")
    assert [entry.action for entry in noted if entry.action != "branch.told"] == [
        "branch.made",
        "branch.changed",
        "branch.closed",
    ]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [({}, 428, "if_match_missing"), ({"If-Match": '"old"'}, 412, "changed_meanwhile")],
)
def test_who_has_not_seen_what_stands_changes_nothing(shop, headers, status, code):
    shop.send("/branches", OLD_TOWN)
    refused = shop.send("/branches/old-town", {"name": "X"}, method="patch", **headers)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.headers["ETag"] == shop.get("/branches/old-town").headers["ETag"]
    assert Branch.objects.get().name == "Old Town"


def test_a_dry_run_shows_what_would_stand(shop):
    shop.send("/branches", OLD_TOWN)
    seen = shop.get("/branches/old-town").headers["ETag"]
    shown = shop.send(
        "/branches/old-town?dry_run=true", {"name": "X"}, method="patch", **{"If-Match": seen}
    )
    assert shown.json()["name"] == "X"
    assert shop.get("/branches/old-town").headers["ETag"] == seen


def test_departments_and_channels_too(shop):
    assert shop.send("/departments", {"code": "depot", "name": "Depot"}).status_code == 201
    taken = shop.send("/departments", {"code": "depot", "name": "Depot"})
    assert (taken.status_code, taken.json()["code"]) == (409, "code_taken")
    assert (
        shop.send("/channels", {"code": "fax", "name": "Fax", "kind": "phone"}).status_code == 201
    )
    assert [each["code"] for each in shop.get("/departments").json()["data"]] == ["depot"]
    assert "fax" in [each["code"] for each in shop.get("/channels").json()["data"]]
    assert shop.get("/channels/none").json()["code"] == "no_such_place"
