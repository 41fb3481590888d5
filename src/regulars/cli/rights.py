"""`regulars rights ...`: what people may ask of whoever holds their data, answered."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from regulars.cli.asking import By, Home, Lang, asker
from regulars.cli.inside import in_the_book
from regulars.cli.options import one_of, spoken
from regulars.cli.retention import retention, rule
from regulars.cli.speaking import SpokenCommand, SpokenGroup
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_, say

if TYPE_CHECKING:
    from collections.abc import Callable

GROUNDS = ("accuracy", "unlawful", "claims", "objection")
Sought = Annotated[
    str,
    typer.Argument(
        metavar="CUSTOMER", help=N_("Who it is about: their e-mail, phone, card or id (cus_...).")
    ),
]

rights_app = typer.Typer(
    cls=SpokenGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help=N_("Answer what people ask about their data: give, erase, restrict, keep no longer."),
)


def export(
    customer: Sought,
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help=N_("Folder for the two files."))],
    by: By = None,
    home: Home = None,
    lang: Lang = None,
) -> None:
    """Write all that is held on a person: held.json for programs, held.html for them."""
    language = spoken(lang)
    with in_the_book(home):
        from regulars.book.held_page import as_json, as_page
        from regulars.book.queries.held import held_for
        from regulars.company.rights import Action
        from regulars.kit.texts import LANGUAGES

        _refuse_existing(out)
        held = held_for(asker(by, may=Action.ANSWER_RIGHTS), customer)
        for_person = held.language if held.language in LANGUAGES else "en"
        files = {
            "held.json": as_json(held),
            "held.html": as_page(held, language if lang else for_person),
        }
        _write(out, files)
    print(say(N_("All that is held on {customer} is in:"), language, customer=held.customer))
    for name in files:
        print(f"  {out / name}")


def erase(
    customer: Sought,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=N_("Do it; else it is only counted."))] = False,
    by: By = None,
    home: Home = None,
    lang: Lang = None,
) -> None:
    """Count what goes and what stays of a person; with --yes erase them, for good."""
    language = spoken(lang)
    with in_the_book(home):
        from regulars.book.queries.held import n_held, person_sought_for
        from regulars.book.services.erasing import erase_customer
        from regulars.company.rights import Action

        may = Action.ERASE_CUSTOMERS
        staff = asker(by, may=may)
        person = person_sought_for(staff, customer, to=may)
        counted = [(table.title, table.fate.value, n) for table, n in n_held(person)]
        if yes:
            erase_customer(person, by=staff.pk if staff else None)
    _tell_erasure(counted, language)
    told = (
        N_("Erased. What stays is nobody’s any more; a restore erases them again.")
        if yes
        else N_("Nothing was erased. This cannot be undone: add --yes to do it.")
    )
    print(say(told, language))


def restrict(
    customer: Sought,
    *,
    ground: Annotated[str, typer.Option(help=N_("Why: accuracy, unlawful, claims or objection."))],
    by: By = None,
    home: Home = None,
    lang: Lang = None,
) -> None:
    """Keep a person’s data and use it no more, until it is lifted."""
    language = spoken(lang)
    told = one_of("--ground", ground, GROUNDS) or ""
    with in_the_book(home):
        from regulars.book.models.restriction import RestrictionGround
        from regulars.book.services.restricting import restrict_customer

        _change(
            customer,
            by,
            lambda person, **how: restrict_customer(person, ground=RestrictionGround(told), **how),
        )
    print(say(N_("Their data is kept, and used no more until you lift that."), language))


def lift(customer: Sought, *, by: By = None, home: Home = None, lang: Lang = None) -> None:
    """Use a restricted person’s data again; tell them before."""
    language = spoken(lang)
    with in_the_book(home):
        from regulars.book.services.restricting import lift_restriction

        _change(customer, by, lift_restriction)
    print(say(N_("Their data may be used again."), language))


def _change(customer: str, by: str | None, service: "Callable[..., object]") -> None:
    from regulars.book.queries.held import person_sought_for
    from regulars.company.rights import Action
    from regulars.kit.ids import new_id

    may = Action.ANSWER_RIGHTS
    staff = asker(by, may=may)
    told = {"source": "command", "source_key": str(new_id())}
    person = person_sought_for(staff, customer, to=may)
    service(person, by=staff.pk if staff else None, **told)


def _refuse_existing(out: Path) -> None:
    for name in ("held.json", "held.html"):
        if (out / name).exists():
            raise Refusal(
                "file_exists",
                N_("{file} is there already; a copy never writes over another."),
                N_("Give another folder with --out DIR."),
                file=out / name,
            )


def _write(out: Path, files: dict[str, str]) -> None:
    """Both files, or none, readable by nobody else."""
    from regulars.kit.folders import staged
    from regulars.kit.private import write_private

    is_new = not out.exists()
    with staged(out) as folder:
        for name, text in files.items():
            write_private(folder / name, text)
    if is_new:
        out.chmod(0o700)


def _tell_erasure(counted: list[tuple[str, str, int]], language: str) -> None:
    fates = (
        ("emptied", N_("Emptied of what says who it was:")),
        ("goes", N_("Goes:")),
        ("stays", N_("Stays, as ids, codes, times and amounts:")),
    )
    for fate, said in fates:
        rows = [(title, n) for title, of, n in counted if of == fate]
        if rows:
            print(say(said, language))
        for title, n in rows:
            print(f"  {n:>6}  {say(title, language)}")


for command, said in (
    (export, N_("Write all that is held on a person, for them and for programs.")),
    (erase, N_("Count what an erasure takes and leaves; with --yes erase, for good.")),
    (restrict, N_("Keep a person’s data and use it no more, until it is lifted.")),
    (lift, N_("Use a restricted person’s data again.")),
    (retention, N_("Show what would go by the rules of keeping data; with --apply let it go.")),
    (rule, N_("Set how long a kind of data is kept, or that it is kept for good.")),
):
    rights_app.command(command.__name__, cls=SpokenCommand, help=said)(command)
