"""The example company moves into a house: its files come in as any company's would.

They are made anew from the arguments noted at the beginning, so whatever a kill cut off goes on
from the same files, and what is in is found there.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import gettempdir
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from regulars.book.importing.demo_beside import tell_beside
from regulars.book.importing.demo_files import STEPS, CompanyFiles
from regulars.book.importing.run import import_files
from regulars.book.models import Customer, Event, FileImport, Order
from regulars.book.models.file_import import ImportState
from regulars.book.services.linking import learn_and_suggest
from regulars.company.queries.company import branches, the_company
from regulars.company.rights import Role
from regulars.company.services.example_company import (
    Colleague,
    ExampleCompany,
    add_example_places,
    add_example_staff,
    begin_example_company,
    note_example_loaded,
    the_example_company,
)
from regulars.kit.errors import Refusal
from regulars.kit.folders import passing
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_
from regulars.sample import write_company
from regulars.sample.catalogue import COMPANY, CURRENCY

TIME_ZONE = "Europe/Stockholm"
SEED = 1
_FOLDER = "regulars-demo-"
_STAFF = (
    "SELECT name, email, role, left_on IS NOT NULL AS has_left FROM staff ORDER BY staff_number"
)
_ROLES = {"packer": Role.HANDLER, "account manager": Role.MANAGER}  # others: agents


class OwnDataHere(Refusal):
    """The house serves a company."""

    def __init__(self) -> None:
        super().__init__(
            "own_data_here",
            N_("This house holds a company’s own data; the example company would mix with it."),
            N_("Leave out --demo, or give the example a house of its own with --home."),
        )


@dataclass(frozen=True)
class Loaded:
    """What is in the book now."""

    n_customers: int
    n_orders: int
    n_events: int
    n_put_aside: int  # rows, whose keys are of different customers


def begin_demo(*, customers: int) -> ExampleCompany:
    """Note which example company moves in; of one that began before, the same goes on.

    Its files end with yesterday where the company is: a day is in them once it is over.
    """
    if (here := the_example_company()) is not None:
        return here
    _refuse_own_data()
    yesterday = datetime.now(ZoneInfo(TIME_ZONE)).date() - timedelta(days=1)
    example = ExampleCompany(customers=customers, seed=SEED, as_of=yesterday)
    return begin_example_company(example, name=COMPANY, time_zone=TIME_ZONE, currency=CURRENCY)


def _refuse_own_data() -> None:
    tables = (Customer.objects, Order.objects, FileImport.objects, branches())
    if the_company().name or any(table.exists() for table in tables):
        raise OwnDataHere


def load_demo(example: ExampleCompany, *, progress: Progress = silent) -> Loaded:
    """Bring the example company in, or what is missing of it."""
    told = N_("The example company moves in, {nth} of {all}: {file}")
    zone = ZoneInfo(TIME_ZONE)
    with passing(Path(gettempdir()), _FOLDER) as made:
        files = _files_of(example, made)
        _add_places_and_staff(files)
        for nth, step in enumerate(STEPS, 1):
            progress(told, (nth - 1) / len(STEPS), nth=nth, all=len(STEPS), file=step.file)
            path, asked = files.file_of(step)
            if not _is_in(path, asked.source):
                import_files([path], asked, aside=made / "aside")
            tell_beside(files, step.file, zone)
    learn_and_suggest()  # as each night: the same people came by several ways
    note_example_loaded()
    return Loaded(
        n_customers=Customer.objects.filter(kept=None).count(),
        n_orders=Order.objects.count(),
        n_events=Event.objects.count(),
        n_put_aside=_all_done().aggregate(n=Sum("n_put_aside"))["n"],
    )


def _all_done() -> QuerySet[FileImport]:
    return FileImport.objects.filter(state=ImportState.DONE.value)


def _is_in(path: Path, source: str) -> bool:
    """Whether these very bytes came in whole."""
    told = [{"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}]
    return _all_done().filter(source=source, files=told).exists()


def _files_of(example: ExampleCompany, folder: Path) -> CompanyFiles:
    out = folder / "company"
    write_company(
        out,
        customers=example.customers,
        seed=example.seed,
        as_of=example.as_of,
        format="parquet",
    )
    made = folder / "made"
    made.mkdir()
    return CompanyFiles(out, made)


def _add_places_and_staff(files: CompanyFiles) -> None:
    places = files.rows("FROM branches WHERE branch_code <> 'web'")
    departments = files.rows("SELECT DISTINCT department FROM staff ORDER BY department")
    names = [str(row["department"]) for row in departments]
    add_example_places(
        branches=[(str(row["branch_code"]), str(row["name"])) for row in places],
        departments=[(name, name.capitalize()) for name in names],
    )
    add_example_staff(
        [
            Colleague(
                name=str(row["name"]),
                email=str(row["email"]),
                role=_ROLES.get(str(row["role"]), Role.AGENT),
                is_active=not row["has_left"],
            )
            for row in files.rows(_STAFF)
        ]
    )
