import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from regulars.company.models import AuditEntry, Branch, Channel, Department
from regulars.company.models.place import ChannelKind
from regulars.company.queries.access import NoSuchPlace, NotAllowed, place_for
from regulars.company.queries.company import branches, channels, departments
from regulars.company.services.company import UnknownTimeZone
from regulars.company.services.places import (
    CodeTaken,
    NotACode,
    add_branch,
    add_channel,
    add_department,
    change_place,
    close_place,
    reopen_place,
)

pytestmark = pytest.mark.django_db


def noted():
    return list(AuditEntry.objects.order_by("id").values_list("action", "facts"))


def test_a_new_house_has_a_channel_of_each_kind_and_no_branch_or_department():
    assert [(one.code, one.kind) for one in channels()] == [
        (kind, kind) for kind in sorted(ChannelKind)
    ]
    assert (branches().count(), departments().count()) == (0, 0)


def test_each_is_made_with_its_code_and_it_is_noted(dee):
    branch = add_branch(code="old-town", name=" Old town ", time_zone="Europe/Oslo", by=dee)
    department = add_department(code="warehouse", name="Warehouse", by=dee)
    channel = add_channel(code="market_stall", kind=ChannelKind.SHOP, name="Stall", by=dee)
    assert (branch.name, department.code, channel.kind) == ("Old town", "warehouse", "shop")
    assert noted() == [
        ("branch.made", {"code": "old-town"}),
        ("department.made", {"code": "warehouse"}),
        ("channel.made", {"code": "market_stall"}),
    ]


@pytest.mark.parametrize("code", ["", "Old", "old town", "old--town", "-old", "gamla-stån"])
def test_a_code_that_is_none_is_refused_and_nothing_is_made(dee, code):
    with pytest.raises(NotACode):
        add_branch(code=code, name="Old town", by=dee)
    assert (Branch.objects.count(), noted()) == (0, [])


def test_a_code_belongs_to_one_of_a_kind_also_when_it_is_closed(dee):
    close_place(add_branch(code="old-town", name="Old town", by=dee), by=dee)
    with pytest.raises(CodeTaken):
        add_branch(code="old-town", name="Another", by=dee)
    assert Branch.objects.get().name == "Old town"
    assert add_department(code="old-town", name="Old town", by=dee).code == "old-town"


def test_a_change_is_noted_with_both_values_and_the_code_stays(dee):
    branch = add_branch(code="harbour", name="Harbor", by=dee)
    change_place(branch, by=dee, name="Harbour", time_zone="Europe/Stockholm")
    change_place(branch, by=dee, name="Harbour", time_zone="Europe/Stockholm")
    branch.refresh_from_db()
    assert (branch.code, branch.name) == ("harbour", "Harbour")
    assert noted()[1:] == [
        ("branch.changed", {"field": "name", "old": "Harbor", "new": "Harbour"}),
        ("branch.changed", {"field": "time_zone", "old": "", "new": "Europe/Stockholm"}),
    ]


def test_an_unknown_time_zone_changes_nothing(dee):
    branch = add_branch(code="harbour", name="Harbour", by=dee)
    with pytest.raises(UnknownTimeZone):
        change_place(branch, by=dee, name="Other", time_zone="Harbour")
    with pytest.raises(UnknownTimeZone):
        add_branch(code="depot", name="Depot", time_zone="Harbour", by=dee)
    assert [one.name for one in Branch.objects.all()] == ["Harbour"]


def test_closing_and_opening_again_are_noted_once_each(dee):
    department = add_department(code="returns", name="Returns", by=dee)
    for _ in range(2):
        close_place(department, by=dee)
    assert Department.objects.get().closed_at is not None
    for _ in range(2):
        reopen_place(department, by=dee)
    assert Department.objects.get().closed_at is None
    assert [action for action, _ in noted()] == [
        "department.made",
        "department.closed",
        "department.reopened",
    ]


def test_the_open_ones_come_first(dee):
    for code in ("a", "b", "c"):
        add_branch(code=code, name=code, by=dee)
    close_place(Branch.objects.get(code="a"), by=dee)
    assert [one.code for one in branches()] == ["b", "c", "a"]


def test_the_database_refuses_what_is_no_code_no_kind_and_no_name():
    for law, row in {
        "branch_code_is_a_code": Branch(code="Old Town", name="Old town"),
        "department_has_a_name": Department(code="x", name=""),
        "channel_kind_is_known": Channel(code="fax", kind="fax", name="Fax"),
    }.items():
        with pytest.raises(IntegrityError, match=law), transaction.atomic():
            row.save()


def test_only_who_manages_settings_gets_one_to_change(dee, cy):
    add_branch(code="harbour", name="Harbour", by=dee)
    assert place_for(dee, Branch, "harbour").name == "Harbour"
    with pytest.raises(NotAllowed):
        place_for(cy, Branch, "harbour")
    with pytest.raises(NoSuchPlace):
        place_for(dee, Branch, "harbor")
