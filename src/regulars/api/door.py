"""The API: its resources, and what it answers where something goes wrong."""

import logging
import re
from functools import cache
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from regulars.api import (
    config,
    consents,
    contacts,
    customers,
    events,
    identities,
    imports,
    orders,
    promises,
    returns,
    webhooks,
)
from regulars.api.batches import parts_wrong
from regulars.api.bodies import StrictParser
from regulars.api.description import described
from regulars.api.problems import PartWrong, Problem, answer_problem, problem_of
from regulars.kit.errors import Refusal

_LOG = logging.getLogger(__name__)
NOT_AS_DESCRIBED = "The request is not as the description of the API has it."


class Api(NinjaAPI):
    """Described as OpenAPI 3.1, with the problems that any operation can answer."""

    def get_openapi_schema(self, *args: Any, **more: Any) -> Any:
        """The description, made once a call."""
        return described(super().get_openapi_schema(*args, **more))


api = Api(
    title="Regulars",
    version="1",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    parser=StrictParser(),
)
for tag, resource in (
    ("Customers", customers),
    ("Customers", identities),
    ("Orders", orders),
    ("Orders", returns),
    ("Contacts", contacts),
    ("Promises", promises),
    ("Consents", consents),
    ("Events", events),
    ("Imports", imports),
    ("Configuration", config),
    ("Webhooks", webhooks),
):
    api.add_router("", resource.router, tags=[tag])


@cache
def parameters() -> dict[tuple[str, str], frozenset[str]]:
    """The names that may stand in a query, by method and route of each operation."""
    return {
        (method.upper(), re.sub(r"{(\w+)}", r"<\1>", path.lstrip("/"))): frozenset(
            each["name"] for each in operation["parameters"] if each["in"] == "query"
        )
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
    }


def refuse_unknown_parameters(request: HttpRequest, route: str) -> None:
    """Refuse a name nobody reads, or one said twice: a filter with a typo would filter nothing."""
    known = parameters().get((request.method or "", route))
    if known is None:
        return
    errors = [
        PartWrong(pointer=name, code=code, message=message)
        for name, values in request.GET.lists()
        for code, message, is_wrong in (
            ("unknown_parameter", "There is no such parameter here.", name not in known),
            ("told_twice", "This stands in the query more than once.", len(values) > 1),
        )
        if is_wrong
    ]
    if errors:
        raise Problem(422, "not_as_described", NOT_AS_DESCRIBED, errors=errors[:100])


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Any) -> HttpResponse:
    return answer_problem(request, problem)


@api.exception_handler(Refusal)
def _refusal(request: HttpRequest, refusal: Any) -> HttpResponse:
    return answer_problem(request, problem_of(refusal))


@api.exception_handler(ValidationError)
def _not_as_described(request: HttpRequest, error: Any) -> HttpResponse:
    errors = [_part(each) for each in error.errors[:100]]
    problem = Problem(422, "not_as_described", NOT_AS_DESCRIBED, errors=errors)
    return answer_problem(request, problem)


def _part(error: dict[str, Any]) -> PartWrong:
    """A part of the body by its pointer, a parameter by its name."""
    where, *way = error["loc"]
    (part,) = parts_wrong([error], skip=2)
    return part if where == "body" else part.model_copy(update={"pointer": str(way[-1])})


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error.__cause__, Problem):  # what the parser of bodies said
        return answer_problem(request, error.__cause__)
    return answer_problem(request, Problem(error.status_code, "bad_request", str(error)))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _error: Any) -> HttpResponse:
    return answer_problem(request, Problem(404, "no_such_address", "Nothing is at this address."))


@api.exception_handler(OperationalError)
def _database(request: HttpRequest, error: Any) -> HttpResponse:
    """Nothing was committed: it may be sent again as it is."""
    _LOG.exception("The database could not do it", exc_info=error)
    detail = "The database is busy or away. Nothing was written. Send it again in a moment."
    return answer_problem(
        request,
        Problem(
            503,
            "try_again",
            detail,
            headers={"Retry-After": "2"},
            facts={"retry_after_seconds": 2},
        ),
    )


@api.exception_handler(Exception)
def _our_fault(request: HttpRequest, error: Any) -> HttpResponse:
    _LOG.exception("A request failed", exc_info=error)
    detail = (
        "Something went wrong here, and nothing was written. Send it again; if it stays so, tell"
        " whoever runs this house the request_id."
    )
    return answer_problem(request, Problem(500, "our_fault", detail))
