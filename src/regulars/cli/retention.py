"""`regulars rights retention` and `rule`: how long data is kept, and what goes by that."""

from typing import TYPE_CHECKING, Annotated

import typer

from regulars.cli.asking import By, Home, Lang, asker
from regulars.cli.inside import in_the_book
from regulars.cli.options import spoken, whole
from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.book.services.retaining import Standing

LONGEST_DAYS = 100 * 366


def retention(
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help=N_("Let it go; else it is only counted."))
    ] = False,
    by: By = None,
    home: Home = None,
    lang: Lang = None,
) -> None:
    """Show each rule and what would go by it now; with --apply let it go, in small steps."""
    from rich.console import Console

    from regulars.cli.telling import shown_progress

    language = spoken(lang)
    with in_the_book(home):
        from django.utils import timezone

        from regulars.book.services.retaining import apply_rules, retention_standing
        from regulars.company.rights import Action

        staff = asker(by, may=Action.ERASE_CUSTOMERS)
        now = timezone.now()
        _tell(retention_standing(now), language)
        if not apply:
            print(say(N_("Nothing has gone. Add --apply to let it go."), language))
            return
        with shown_progress(Console(stderr=True), language, quiet=False) as progress:
            gone = apply_rules(now, by=staff.pk if staff else None, tell=progress)
        for what, n in gone.items():
            print(say(N_("{what}: {n} gone."), language, what=what, n=n))


def rule(
    what: Annotated[
        str, typer.Argument(metavar="KIND", help=N_("What the rule is for; retention lists them."))
    ],
    *,
    days: Annotated[str | None, typer.Option(metavar="N", help=N_("How long it is kept."))] = None,
    off: Annotated[
        bool, typer.Option("--off", help=N_("No rule: it is kept until somebody erases it."))
    ] = False,
    nightly: Annotated[
        bool, typer.Option("--nightly", help=N_("Apply it each night by itself."))
    ] = False,
    by: By = None,
    home: Home = None,
    lang: Lang = None,
) -> None:
    """Set the next version of a rule. Nothing goes by it before it is applied."""
    language = spoken(lang)
    if off == (days is not None):
        raise InputRefused(
            "bad_option",
            N_("A rule needs either a number of days or --off."),
            N_("Write it as: regulars rights rule notes --days 730"),
        )
    n_days = None if days is None else whole("--days", days, least=1, most=LONGEST_DAYS)
    with in_the_book(home):
        from regulars.book.services.retaining import set_rule
        from regulars.company.rights import Action

        staff = asker(by, may=Action.MANAGE_SETTINGS)
        set_by = staff.pk if staff else None
        made = set_rule(what, days=n_days, is_nightly=nightly, by=set_by)
    told = (
        N_("{what}: no rule, from version {version} on.")
        if made.days is None
        else N_("{what}: kept for {days} days, from version {version} on.")
    )
    print(say(told, language, what=what, days=made.days, version=made.version))


def _tell(standing: "Sequence[Standing]", language: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from regulars.book.services.retention_kinds import DEED_WORDS

    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim")
    for head in (N_("Kind"), N_("What it is"), N_("Then"), N_("Kept for"), N_("Due"), N_("Oldest")):
        table.add_column(say(head, language), overflow="fold")
    for each in standing:
        table.add_row(
            each.kind.what,
            say(each.kind.title, language),
            say(DEED_WORDS[each.kind.deed], language),
            _kept_for(each, language),
            "" if each.n is None else str(each.n),
            "" if each.oldest is None else f"{each.oldest:%Y-%m-%d}",
        )
    Console(highlight=False, markup=False).print(table)


def _kept_for(each: "Standing", language: str) -> str:
    if each.rule is None or each.rule.days is None:
        example = each.kind.example_days
        return say(N_("no rule (some set {days} days)"), language, days=example)
    told = N_("{days} days, nightly") if each.rule.is_nightly else N_("{days} days")
    return say(told, language, days=each.rule.days)
