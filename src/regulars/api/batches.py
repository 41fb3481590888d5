"""One record or up to ten thousand: what is sent, what became of each, and how it is answered."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from pydantic import (
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    create_model,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from regulars.api.once import Answer, answer_once
from regulars.api.problems import PartWrong, problem_of
from regulars.api.shapes import Out, Shape
from regulars.book.kept import Outcome
from regulars.book.sent.results import Result
from regulars.kit.ids import readable

MOST = 10_000


class Unfit:
    """A record of a batch that is not as it should be; the others are kept all the same."""

    def __init__(self, errors: Sequence[PartWrong]) -> None:
        self.errors = errors


class KeptOut(Out):
    """What became of the record that was sent."""

    id: str | None = Field(description="Null in a dry run of what would be new")
    outcome: Outcome
    dry_run: bool


class ItemOut(Out):
    """What became of one record of a batch."""

    index: int
    status: int = Field(description="What it would have been answered alone")
    code: str = Field(description="new, same or changed; else why it was refused")
    id: str | None
    detail: str | None = None
    facts: dict[str, Any] = Field(
        default_factory=dict, description="What one can act on, by the code"
    )
    errors: list[PartWrong] = Field(default_factory=list)


class BatchOut(Out):
    """What became of a batch, each record in its place; n_sent = new + same + changed + refused."""

    n_sent: int
    n_new: int
    n_same: int
    n_changed: int
    n_refused: int
    dry_run: bool
    results: list[ItemOut]


def parts_wrong(
    error: ValidationError | Sequence[dict[str, Any]], skip: int = 0
) -> list[PartWrong]:
    """What is wrong, part by part; `skip` is how much of the way leads to the body."""
    errors = error.errors() if isinstance(error, ValidationError) else error
    return [
        PartWrong(
            pointer="".join(f"/{_step(step)}" for step in each["loc"][skip:]),
            code=each["type"],
            message=each["msg"],
        )
        for each in errors[:100]
    ]


def _step(step: object) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _or_unfit(told: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(told)
    except ValidationError as error:
        return Unfit(parts_wrong(error))


class _Anything:
    """Described as what is wanted, or anything else, which is answered for itself."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(core), {}]}


def batch_of(shape: type[Shape], name: str) -> Any:
    """The shape of a batch; one record that is not as it should be does not hold up the others."""
    item = Annotated[shape, WrapValidator(_or_unfit), _Anything()]  # type: ignore[valid-type]
    return create_model(
        name,
        __base__=Shape,
        __doc__=f"Up to {MOST:,} records; each is judged alone.",
        items=(list[item], Field(min_length=1, max_length=MOST)),
    )


def answer_one(
    request: HttpRequest,
    keep: Callable[[], Sequence[Result]],
    *,
    prefix: str,
    action: str,
    name: str | None,
    dry_run: bool,
) -> HttpResponse:
    """Keep one record: 201 where it is new, 200 where it was there, else a refusal."""

    def act() -> Answer:
        (result,) = keep()
        if result.refusal is not None:
            raise result.refusal
        outcome = result.outcome or Outcome.SAME
        body = KeptOut(id=_id(prefix, result, dry_run=dry_run), outcome=outcome, dry_run=dry_run)
        status = 201 if outcome is Outcome.NEW else 200
        return Answer(status, body, action, {"outcome": outcome.value}, subject_id=result.id)

    return answer_once(request, act, name=name, dry_run=dry_run)


def answer_batch[S, T](
    request: HttpRequest,
    items: Sequence[S | Unfit],
    keep: Callable[[Sequence[S]], Sequence[Result]],
    *,
    prefix: str,
    action: str,
    name: str | None,
    dry_run: bool,
) -> HttpResponse:
    """Keep a batch; 200 whatever became of its records, each of which has its own answer."""

    def act() -> Answer:
        kept = iter(keep([item for item in items if not isinstance(item, Unfit)]))
        results = [
            _unfit(index, item)
            if isinstance(item, Unfit)
            else _item(index, next(kept), prefix, dry_run=dry_run)
            for index, item in enumerate(items)
        ]
        n = Counter(item.code if item.status < 300 else "refused" for item in results)
        counts = {f"n_{code}": n[code] for code in ("new", "same", "changed", "refused")}
        body = BatchOut(n_sent=len(items), **counts, dry_run=dry_run, results=results)
        return Answer(200, body, action, {"n_sent": len(items), **counts})

    return answer_once(request, act, name=name, dry_run=dry_run)


def _item(index: int, result: Result, prefix: str, *, dry_run: bool) -> ItemOut:
    if result.refusal is not None:
        problem = problem_of(result.refusal)
        return ItemOut(
            index=index,
            status=problem.status,
            code=problem.code,
            id=None,
            detail=problem.detail,
            facts=dict(problem.facts),
        )
    outcome = result.outcome or Outcome.SAME
    return ItemOut(
        index=index,
        status=201 if outcome is Outcome.NEW else 200,
        code=outcome.value,
        id=_id(prefix, result, dry_run=dry_run),
    )


def _unfit(index: int, item: Unfit) -> ItemOut:
    return ItemOut(
        index=index,
        status=422,
        code="not_as_described",
        id=None,
        detail="This record is not as the description of the API has it.",
        errors=list(item.errors),
    )


def _id(prefix: str, result: Result, *, dry_run: bool) -> str | None:
    is_void = result.id is None or (dry_run and result.outcome is Outcome.NEW)
    return None if is_void or result.id is None else readable(prefix, result.id)
