from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from regulars.company.models import Staff
from regulars.company.rights import Role
from regulars.company.services.staff import (
    EmailTaken,
    LastOwner,
    accept_invitation,
    invite,
    let_leave,
)

PASSWORD = "tea and coffee 42"


def at_once(n, do):
    together = Barrier(n)

    def one(number):
        together.wait(20)
        try:
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(one, range(n)))


def test_of_owners_who_all_leave_at_once_one_stays(committed):
    owners = [
        Staff.objects.create(name=str(n), email=f"{n}@example.org", role=Role.OWNER)
        for n in range(4)
    ]

    def leave(n):
        try:
            let_leave(owners[n], by=owners[n])
        except LastOwner:
            return 1
        return 0

    assert sum(at_once(4, leave)) == 1
    assert Staff.objects.filter(is_active=True).count() == 1


def test_of_two_who_join_with_one_e_mail_at_once_one_is_told_that_it_is_taken(committed):
    tokens = [invite(Role.AGENT, by=None) for _ in range(3)]

    def join(n):
        try:
            accept_invitation(tokens[n], name="Cy", email="cy@example.org", password=PASSWORD)
        except EmailTaken:
            return 1
        return 0

    assert sum(at_once(3, join)) == 2
    assert Staff.objects.count() == 1
