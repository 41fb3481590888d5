"""The description against the API: schemathesis makes up requests, fit and unfit, for every
operation, and holds each answer to what the description says."""

import os
from uuid import uuid4

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from regulars.api.door import api
from tests.api.conftest import token_of

EXAMPLES = int(os.environ.get("REGULARS_TEST_EXAMPLES", "15"))
schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = get_wsgi_application()


@pytest.fixture
def token(dee):
    """Every request is in the test's transaction, so none may close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield token_of(dee)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_described(case, token):
    # A key that came before with another request is refused, as it should be.
    if "Idempotency-Key" in case.headers and case.meta.generation.mode.is_positive:
        case.headers["Idempotency-Key"] = str(uuid4())
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
