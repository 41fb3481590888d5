"""The cast with passwords: Dee owns the house, Cy is an agent, Eli handles cases only."""

import pytest

from regulars.company.models import Staff
from regulars.company.rights import Role
from tests.support.house import PASSWORD


def made(name, role):
    person = Staff(name=name, email=f"{name.lower()}@example.org", role=role)
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def dee(db):
    return made("Dee", Role.OWNER)


@pytest.fixture
def cy(db):
    return made("Cy", Role.AGENT)


@pytest.fixture
def eli(db):
    return made("Eli", Role.HANDLER)


@pytest.fixture
def by_dee(client, dee):
    client.force_login(dee)
    return client
