"""What programs are told where something cannot be done: RFC 9457, with codes that stay."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ConfigDict, Field

from regulars.kit.errors import Refusal

MEDIA_TYPE = "application/problem+json"
# The answers that any operation can give beside its own.
STATUSES = (400, 401, 403, 404, 406, 408, 409, 411, 412, 413, 415, 422, 428, 429, 500, 503)
_OF_KEYS = {"key_unknown": 401, "key_revoked": 401, "key_expired": 401, "scope_missing": 403}


class PartWrong(BaseModel):
    """One part of a request that is not as it should be."""

    pointer: str = Field(description="JSON pointer into the body, or the parameter's name")
    code: str
    message: str


class ProblemOut(BaseModel):
    """A problem. Beside these members it may hold numbers to act on, named by its code."""

    model_config = ConfigDict(extra="allow", title="Problem")

    type: str = Field(description="The page that explains the code")
    title: str
    status: int
    detail: str
    code: str = Field(description="Stays the same from version to version")
    request_id: str
    errors: list[PartWrong] = []


class Problem(Exception):
    """Something that the door itself refuses."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[PartWrong] = (),
        headers: Mapping[str, str] | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(code, detail)
        self.status, self.code, self.detail, self.errors = status, code, detail, errors
        self.headers, self.facts = headers or {}, facts or {}


def problem_of(refusal: Refusal) -> Problem:
    """A refusal of the house as programs are told it."""
    return Problem(
        status_of(refusal),
        refusal.code,
        " ".join(refusal.sentences()),
        facts={name: _plain(fact) for name, fact in refusal.facts.items()},
    )


def status_of(refusal: Refusal) -> int:
    """401 and 403 speak of the key, 404 of what is not there; all else does not fit what stands."""
    if refusal.code.startswith("no_such_"):
        return 404
    return _OF_KEYS.get(refusal.code, 409)


def title_of(code: str) -> str:
    """The code as words."""
    return code.replace("_", " ").capitalize()


def answer_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as the answer to a request."""
    told = ProblemOut(
        type=f"{settings.ORIGIN}/api/problems#{problem.code}",
        title=title_of(problem.code),
        status=problem.status,
        detail=problem.detail,
        code=problem.code,
        request_id=getattr(request, "request_id", ""),
        errors=list(problem.errors),
    ).model_dump()
    body = {name: fact for name, fact in problem.facts.items() if name not in told} | told
    headers = dict(problem.headers)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="Regulars"')
    return HttpResponse(
        json.dumps(body), status=problem.status, content_type=MEDIA_TYPE, headers=headers
    )


def _plain(fact: object) -> object:
    return fact if isinstance(fact, (int, float, bool)) or fact is None else str(fact)
