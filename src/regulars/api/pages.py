"""Lists: a page at a time, each with the place where the next one begins."""

import base64
import binascii
import hashlib
from collections.abc import Callable
from uuid import UUID

from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from pydantic import BaseModel, ConfigDict, Field

from regulars.api.problems import PartWrong, Problem
from regulars.api.shapes import Moment
from regulars.book.queries.key_access import MOST, Door, Made, PageWanted, page_by_key

_MARK = 6  # bytes


class Paging(BaseModel):
    """Which page, and of what was made when."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=MOST)
    cursor: str | None = Field(
        None, pattern="^[A-Za-z0-9_-]{30}$", description="`next_cursor` of the page before"
    )
    made_from: Moment | None = Field(None, alias="created_at[gte]")
    made_after: Moment | None = Field(None, alias="created_at[gt]")
    made_to: Moment | None = Field(None, alias="created_at[lte]")
    made_before: Moment | None = Field(None, alias="created_at[lt]")

    def wanted(
        self, request: HttpRequest, *, customer: UUID | None = None, **fields: object
    ) -> PageWanted:
        """As the book takes it; a filter that is None is none."""
        return PageWanted(
            limit=self.limit,
            after=after_of(self.cursor, request) if self.cursor else None,
            made=Made(self.made_from, self.made_after, self.made_to, self.made_before),
            customer=customer,
            fields={name: value for name, value in fields.items() if value is not None},
        )


class PageOut[T](BaseModel):
    """One page; `next_cursor` is null where it is the last."""

    data: list[T]
    next_cursor: str | None


def answer_page[R: Model](
    request: HttpRequest,
    door: Door[R],
    wanted: PageWanted,
    show: Callable[[R], BaseModel],
    *,
    only: Q | None = None,
) -> HttpResponse:
    """A page of records for the key that asks, each as `show` has it."""
    page = page_by_key(request.auth, door, wanted, only=only)  # type: ignore[attr-defined]
    last = page.records[-1].pk if page.has_more else None
    told = {
        "data": [show(record).model_dump(mode="json") for record in page.records],
        "next_cursor": cursor_at(last, _of(request)) if last else None,
    }
    return JsonResponse(told)


def answer_record(body: BaseModel) -> HttpResponse:
    """One record."""
    return HttpResponse(body.model_dump_json(), content_type="application/json")


def cursor_at(last: UUID, of: bytes) -> str:
    """The place after a record, good for the list it was given in."""
    return base64.urlsafe_b64encode(last.bytes + of).decode().rstrip("=")


def after_of(cursor: str, request: HttpRequest) -> UUID:
    """The record a page begins after; a Problem for what is no cursor of this list."""
    try:
        told = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        told = b""
    if len(told) != 16 + _MARK or told[16:] != _of(request):
        raise cursor_unknown()
    return UUID(bytes=told[:16])


def cursor_unknown() -> Problem:
    """The refusal of what is no cursor, or one of another list."""
    return Problem(
        409,
        "cursor_unknown",
        "This cursor is not of this list. Send `next_cursor` as it was, with the same filters.",
        errors=[PartWrong(pointer="cursor", code="cursor_unknown", message="not of this list")],
    )


def _of(request: HttpRequest) -> bytes:
    """A mark of the list: its address and its filters, wherever in it and however many at once."""
    told = sorted((n, v) for n, v in request.GET.items() if n not in {"cursor", "limit"})
    return hashlib.sha256(repr((request.path, told)).encode()).digest()[:_MARK]
