"""Configuration: branches, departments and channels, changed only by who has seen what stands."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router
from pydantic import BaseModel, Field, StrictBool, StringConstraints

from regulars.api.keys import BearerKey
from regulars.api.once import Answer, DryRun, IdempotencyKey, answer_once
from regulars.api.problems import Problem
from regulars.api.shapes import Name, Out, Shape
from regulars.company.models import Branch, Channel, Department
from regulars.company.models.place import ChannelKind, Place
from regulars.company.queries.access import place_by_key
from regulars.company.queries.company import branches, channels, departments
from regulars.company.scopes import Scope
from regulars.company.services.places import (
    add_branch,
    add_channel,
    add_department,
    change_place,
    close_place,
    reopen_place,
)

router = Router()
READ, WRITE = BearerKey(Scope.READ_CONFIG), BearerKey(Scope.WRITE_CONFIG)
PlaceCode = Annotated[
    str, StringConstraints(strict=True, max_length=20, pattern="^[a-z0-9]+([_-][a-z0-9]+)*$")
]
Zone = Annotated[str, StringConstraints(strict=True, max_length=60, pattern="^[A-Za-z0-9_+/-]*$")]
IfMatch = Annotated[
    Annotated[str, StringConstraints(max_length=200)] | None,
    Header(None, alias="If-Match", description="The ETag of what you have seen; it is wanted"),
]


class DepartmentIn(Shape):
    """A new department; its code is for good."""

    code: PlaceCode
    name: Annotated[Name, StringConstraints(max_length=120)]


class BranchIn(DepartmentIn):
    """A new branch; without a time zone it has the company's."""

    time_zone: Zone = ""


class ChannelIn(DepartmentIn):
    """A new channel."""

    kind: ChannelKind


class PlaceChange(Shape):
    """What is to be otherwise; what is left out stays."""

    name: Annotated[Name, StringConstraints(max_length=120)] | None = None
    is_open: StrictBool | None = None


class BranchChange(PlaceChange):
    """What is to be otherwise of a branch."""

    time_zone: Zone | None = None


class PlaceOut(Out):
    """A branch, department or channel as it stands."""

    code: str
    name: str
    is_open: bool
    time_zone: str | None = Field(None, description="Of a branch: empty is the company's")
    kind: ChannelKind | None = Field(None, description="Of a channel")


class PlacesOut(Out):
    """All of them, the open ones first."""

    data: list[PlaceOut]


@dataclass(frozen=True)
class _Kind:
    """One of the three."""

    name: str  # as the audit log has it
    model: Any
    add: Callable[..., Place]


BRANCH = _Kind("branch", Branch, add_branch)
DEPARTMENT = _Kind("department", Department, add_department)
CHANNEL = _Kind("channel", Channel, add_channel)


@router.get("/branches", operation_id="listBranches", auth=READ, response=PlacesOut)
def list_branches(request: HttpRequest) -> PlacesOut:  # noqa: ARG001 - the library's
    """All branches."""
    return PlacesOut(data=[shown(place) for place in branches()])


@router.get("/departments", operation_id="listDepartments", auth=READ, response=PlacesOut)
def list_departments(request: HttpRequest) -> PlacesOut:  # noqa: ARG001 - the library's
    """All departments."""
    return PlacesOut(data=[shown(place) for place in departments()])


@router.get("/channels", operation_id="listChannels", auth=READ, response=PlacesOut)
def list_channels(request: HttpRequest) -> PlacesOut:  # noqa: ARG001 - the library's
    """All channels."""
    return PlacesOut(data=[shown(place) for place in channels()])


@router.post("/branches", operation_id="addBranch", auth=WRITE, response={201: PlaceOut})
def add_a_branch(
    request: HttpRequest, branch: BranchIn, dry_run: DryRun, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Open a branch."""
    return _added(request, BRANCH, branch, idempotency_key, dry_run=dry_run)


@router.post("/departments", operation_id="addDepartment", auth=WRITE, response={201: PlaceOut})
def add_a_department(
    request: HttpRequest,
    department: DepartmentIn,
    dry_run: DryRun,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Take down a department."""
    return _added(request, DEPARTMENT, department, idempotency_key, dry_run=dry_run)


@router.post("/channels", operation_id="addChannel", auth=WRITE, response={201: PlaceOut})
def add_a_channel(
    request: HttpRequest, channel: ChannelIn, dry_run: DryRun, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Take down a channel."""
    return _added(request, CHANNEL, channel, idempotency_key, dry_run=dry_run)


@router.get("/branches/{code}", operation_id="readBranch", auth=READ, response=PlaceOut)
def read_branch(request: HttpRequest, code: PlaceCode) -> HttpResponse:
    """One branch, with its ETag."""
    return _read(request, BRANCH, code)


@router.get("/departments/{code}", operation_id="readDepartment", auth=READ, response=PlaceOut)
def read_department(request: HttpRequest, code: PlaceCode) -> HttpResponse:
    """One department, with its ETag."""
    return _read(request, DEPARTMENT, code)


@router.get("/channels/{code}", operation_id="readChannel", auth=READ, response=PlaceOut)
def read_channel(request: HttpRequest, code: PlaceCode) -> HttpResponse:
    """One channel, with its ETag."""
    return _read(request, CHANNEL, code)


@router.patch("/branches/{code}", operation_id="changeBranch", auth=WRITE, response=PlaceOut)
def change_branch(
    request: HttpRequest, code: PlaceCode, change: BranchChange, dry_run: DryRun, if_match: IfMatch
) -> HttpResponse:
    """Say anew what a branch is called or where it is, close it or open it again."""
    return _changed(request, BRANCH, code, change, if_match, dry_run=dry_run)


@router.patch("/departments/{code}", operation_id="changeDepartment", auth=WRITE, response=PlaceOut)
def change_department(
    request: HttpRequest, code: PlaceCode, change: PlaceChange, dry_run: DryRun, if_match: IfMatch
) -> HttpResponse:
    """Say anew what a department is called, close it or open it again."""
    return _changed(request, DEPARTMENT, code, change, if_match, dry_run=dry_run)


@router.patch("/channels/{code}", operation_id="changeChannel", auth=WRITE, response=PlaceOut)
def change_channel(
    request: HttpRequest, code: PlaceCode, change: PlaceChange, dry_run: DryRun, if_match: IfMatch
) -> HttpResponse:
    """Say anew what a channel is called, close it or open it again."""
    return _changed(request, CHANNEL, code, change, if_match, dry_run=dry_run)


def _read(request: HttpRequest, kind: _Kind, code: str) -> HttpResponse:
    body = shown(place_by_key(request.auth, kind.model, code, scope=Scope.READ_CONFIG))  # type: ignore[attr-defined]
    headers = {"ETag": etag_of(body)}
    return HttpResponse(body.model_dump_json(), content_type="application/json", headers=headers)


def _added(
    request: HttpRequest, kind: _Kind, told: Shape, name: str | None, *, dry_run: bool
) -> HttpResponse:
    def act() -> Answer:
        body = shown(kind.add(**told.model_dump(), by=request.auth))  # type: ignore[attr-defined]
        return Answer(201, body, f"{kind.name}.told", {"code": body.code})

    return answer_once(request, act, name=name, dry_run=dry_run)


def _changed(
    request: HttpRequest,
    kind: _Kind,
    code: str,
    change: PlaceChange,
    if_match: str | None,
    *,
    dry_run: bool,
) -> HttpResponse:
    key = request.auth  # type: ignore[attr-defined]
    told = change.model_dump(exclude_none=True)
    is_open = told.pop("is_open", None)

    def act() -> Answer:
        place = place_by_key(key, kind.model, code, scope=Scope.WRITE_CONFIG)
        refuse_unseen(if_match, etag_of(shown(place)))
        if told:
            change_place(place, by=key, **told)
        if is_open is not None:
            (reopen_place if is_open else close_place)(place, by=key)
        place.refresh_from_db()
        return Answer(200, shown(place), f"{kind.name}.told", {"code": code})

    answer = answer_once(request, act, name=None, dry_run=dry_run)
    answer.headers["ETag"] = etag_of(PlaceOut.model_validate_json(answer.content))
    return answer


def refuse_unseen(if_match: str | None, etag: str) -> None:
    """Refuse to change what the program has not seen as it stands."""
    if not if_match:
        raise Problem(
            428,
            "if_match_missing",
            "Read it first, and send its ETag as If-Match: so nobody's change is lost.",
            headers={"ETag": etag},
        )
    if if_match.strip() not in {etag, "*"}:
        raise Problem(
            412,
            "changed_meanwhile",
            "It is not as you saw it any more. Read it again, and send its new ETag as If-Match.",
            headers={"ETag": etag},
        )


def etag_of(body: BaseModel) -> str:
    """A mark of what stands."""
    return f'"{hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:20]}"'


def shown(place: Place) -> PlaceOut:
    """A branch, department or channel as programs see it."""
    return PlaceOut(
        code=place.code,
        name=place.name,
        is_open=place.closed_at is None,
        time_zone=place.time_zone if isinstance(place, Branch) else None,
        kind=ChannelKind(place.kind) if isinstance(place, Channel) else None,
    )
