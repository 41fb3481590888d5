"""Imports: whole files, as `regulars import` takes them."""

import tempfile
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router, UploadedFile
from pydantic import Field

from regulars.api.keys import BearerKey
from regulars.api.pages import PageOut, Paging, answer_page, answer_record
from regulars.api.shapes import Currency, Moment, Out, Prefixed, Shape, Source
from regulars.book.importing.asked import Asked
from regulars.book.importing.run import import_files
from regulars.book.models import FileImport
from regulars.book.models.file_import import ImportState, RecordKind
from regulars.book.queries.key_access import IMPORT, made_at, record_by_key
from regulars.company.models import ApiKey
from regulars.company.scopes import Scope
from regulars.company.services import audit
from regulars.intake.presets import PRESETS
from regulars.kit.ids import readable

router = Router()
PREFIX = "imp"
ImportId = Annotated[UUID, Prefixed(PREFIX)]
READ, WRITE = BearerKey(Scope.READ_IMPORTS), BearerKey(Scope.WRITE_IMPORTS)


class ImportAsked(Shape):
    """What is said of the file; what is left out is found from it."""

    source: Source | None = None
    kind: RecordKind | None = None
    preset: (
        Annotated[
            str, Field(json_schema_extra={"enum": sorted(PRESETS)}, pattern="^[a-z0-9_-]{1,40}$")
        ]
        | None
    ) = None
    currency: Currency | None = None


class ImportOut(Out):
    """One import; counts are of rows: read = new + same + changed + put aside."""

    id: ImportId
    created_at: Moment
    kind: RecordKind
    source: str
    state: ImportState
    files: list[str]
    n_read: int
    n_new: int
    n_same: int
    n_changed: int
    n_put_aside: int
    reasons: dict[str, int]
    started_at: Moment
    ended_at: Moment | None


class ImportDoneOut(Out):
    """An import that is over, with the rows that could not come in."""

    id: str
    kind: str
    source: str
    n_read: int
    n_new: int
    n_same: int
    n_changed: int
    n_put_aside: int
    reasons: dict[str, int]
    rows_to_mend: str | None = Field(
        description="CSV: the rows put aside with reason and mend, to be mended and sent again"
    )


class ImportPaging(Paging):
    """Which imports."""

    kind: RecordKind | None = None
    source: Source | None = None


@router.post("/imports", operation_id="importFile", auth=WRITE, response={201: ImportDoneOut})
def import_file(
    request: HttpRequest, file: File[UploadedFile], told: Query[ImportAsked]
) -> HttpResponse:
    """Import a file: CSV, Parquet or XLSX, as the page about imports says.

    What is committed stays, and the same file again goes on from there: nothing comes in twice.
    """
    with tempfile.TemporaryDirectory(prefix="regulars-api-import-") as made:
        folder = Path(made)
        path = folder / (Path(file.name or "").name or "file")
        with path.open("wb") as copy:
            copy.writelines(file.chunks())
        asked = Asked(
            source=told.source or "",
            kind=told.kind,
            preset=told.preset,
            currency=told.currency,
        )
        done = import_files([path], asked, aside=folder / "aside")
        to_mend = [aside.read_text(encoding="utf-8-sig") for aside in done.put_aside]
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    audit.record_by(key, "import.sent", subject_id=done.id, kind=done.kind)
    body = ImportDoneOut(
        id=readable(PREFIX, done.id),
        kind=done.kind,
        source=done.source,
        n_read=done.counts.n_read,
        n_new=done.counts.n_new,
        n_same=done.counts.n_same,
        n_changed=done.counts.n_changed,
        n_put_aside=done.n_put_aside,
        reasons=dict(done.reasons),
        rows_to_mend=to_mend[0] if to_mend else None,
    )
    return HttpResponse(body.model_dump_json(), status=201, content_type="application/json")


@router.get("/imports", operation_id="listImports", auth=READ, response=PageOut[ImportOut])
def list_imports(request: HttpRequest, paging: Query[ImportPaging]) -> HttpResponse:
    """Imports in the order in which they began."""
    wanted = paging.wanted(request, kind=paging.kind, source=paging.source)
    return answer_page(request, IMPORT, wanted, shown)


@router.get("/imports/{import_id}", operation_id="readImport", auth=READ, response=ImportOut)
def read_import(request: HttpRequest, import_id: ImportId) -> HttpResponse:
    """One import, running or over."""
    return answer_record(shown(record_by_key(request.auth, IMPORT, import_id)))  # type: ignore[attr-defined]


def shown(made: FileImport) -> ImportOut:
    """An import as programs see it."""
    files: list[dict[str, Any]] = made.files
    return ImportOut(
        id=made.pk,
        created_at=made_at(made.pk),
        kind=RecordKind(made.kind),
        source=made.source,
        state=ImportState(made.state),
        files=[file["name"] for file in files],
        n_read=made.n_read,
        n_new=made.n_new,
        n_same=made.n_same,
        n_changed=made.n_changed,
        n_put_aside=made.n_put_aside,
        reasons=made.reasons,
        started_at=made.started_at,
        ended_at=made.ended_at,
    )
