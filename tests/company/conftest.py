"""The cast: Dee owns the house, Cy is an agent."""

import pytest

from regulars.company.models import Staff
from regulars.company.rights import Role


@pytest.fixture
def dee():
    return Staff.objects.create(name="Dee", email="dee@example.org", role=Role.OWNER)


@pytest.fixture
def cy():
    return Staff.objects.create(name="Cy", email="cy@example.org", role=Role.AGENT)
