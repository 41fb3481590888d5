import pytest

from regulars.company.rights import Action, Role, may

# Written out by hand, beside the table in the code: a change of a right is a change here too.
TABLE = """
                  owner manager agent handler marketer auditor analyst
see_house           y      y      y      y       y        y       y
see_figures         y      y      y      -       y        y       y
see_customers       y      y      y      -       y        -       -
change_customers    y      y      y      -       -        -       -
import              y      y      -      -       -        -       -
handle_cases        y      y      y      y       -        -       -
run_plays           y      y      -      -       y        -       -
read_ledger         y      y      -      -       -        y       -
read_audit          y      y      -      -       -        y       -
erase_customers     y      -      -      -       -        -       -
manage_staff        y      -      -      -       -        -       -
manage_settings     y      -      -      -       -        -       -
make_promises       y      y      y      -       -        -       -
record_consents     y      y      y      -       -        -       -
change_orders       y      y      y      -       -        -       -
manage_products     y      y      -      -       y        -       -
see_invoices        y      y      y      -       -        y       -
dispute_invoices    y      y      y      -       -        -       -
change_invoices     y      y      -      -       -        -       -
answer_rights       y      y      -      -       -        -       -
export_tables       y      y      -      -       -        -       y
"""


def cells():
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    for action, *marks in rows:
        for role, mark in zip(head, marks, strict=True):
            yield pytest.param(role, action, mark == "y", id=f"{role}-{action}")


@pytest.mark.parametrize(("role", "action", "allowed"), list(cells()))
def test_each_role_may_do_what_the_table_says(role, action, allowed):
    assert may(role, Action(action)) is allowed


def test_the_table_has_every_role_and_action():
    told = {(cell.values[0], cell.values[1]) for cell in cells()}
    assert told == {(role.value, action.value) for role in Role for action in Action}


@pytest.mark.parametrize("action", list(Action))
def test_an_unknown_role_may_do_nothing(action):
    assert not may("intruder", action)
