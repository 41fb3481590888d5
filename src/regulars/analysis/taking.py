"""One round: the book's lines are measured, and what came of it is stored and shown."""

import tempfile
import time
from collections.abc import Mapping
from datetime import date

import duckdb

from regulars.analysis.changes import tell_changes
from regulars.analysis.figures import addresses, readings
from regulars.analysis.lines import lines_of_the_book
from regulars.analysis.people import standings
from regulars.book.zone import today
from regulars.company.models import Company
from regulars.company.queries.company import the_company
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_
from regulars.readings.models import GoalMetric, PagePart, Taking
from regulars.readings.queries.goals import goal_of
from regulars.readings.queries.takings import last_taking, regular_rule
from regulars.readings.services.storing import store_figures, store_standings
from regulars.readings.services.takings import (
    drop_what_is_past,
    finish,
    note_step,
    taking_under_way,
)
from regulars.report.asked import Asked
from regulars.report.assemble import Assembled, assemble
from regulars.report.engines import opened
from regulars.report.page import fragments

# Customers are named on pages of their own, for those who may see them.
_ELSEWHERE = ("slipping", "data")
_SECONDS = 1.0  # between two words on how far it is


def take_readings(*, engine: str = "duckdb", progress: Progress = silent) -> Taking:
    """Measure the whole book and store the round; nothing of it shows before all is there.

    Safe to repeat, and to kill: the next one begins anew. Raises NothingToMeasure where there is
    nothing to say, MeasuringAlready where another process is at it.
    """
    company, rule, goal = the_company(), regular_rule(), goal_of(GoalMetric.REGULARS_SHARE)
    asked = Asked(
        definition=rule.definition,
        horizon_days=rule.horizon_days,
        company=company.name or None,
        goal=goal.target_share if goal else None,
        engine=engine,
    )
    about = {"rule": str(rule), "horizon_days": rule.horizon_days, "currency": company.currency}
    with taking_under_way(**about) as taking, tempfile.TemporaryDirectory(prefix="regulars-") as to:
        tell = _telling(taking, progress)
        with duckdb.connect(config={"temp_directory": to}) as con:
            con.execute("SET preserve_insertion_order = false")
            _measure(con, taking, asked, company, goal.due_on if goal else None, tell)
        before = last_taking()
        finish(taking)
        tell(N_("Telling who moved"), None)
        if before is not None:
            tell_changes(before, taking)
        drop_what_is_past()
    return taking


def _measure(
    con: duckdb.DuckDBPyConnection,
    taking: Taking,
    asked: Asked,
    company: Company,
    goal_due_on: date | None,
    tell: Progress,
) -> None:
    tell(N_("Reading the order lines of the book"), 0.05)
    found = lines_of_the_book(con, zone=company.zone, currency=company.currency, today=today())
    history = found.history
    with opened(asked.engine, con) as (runs, lines):
        made = assemble(history, lines, engine=runs, asked=asked, progress=tell)
        tell(N_("Drawing"), 0.85)
        stored = readings(made.facts, taking.pk, goal_due_on=goal_due_on)
        store_figures(stored, _parts(made, taking, company, addresses(stored)))
        tell(N_("Storing where each customer stands"), 0.9)
        table = standings(con, made, horizon_days=asked.horizon_days)
        for n_stored in store_standings(taking.pk, table):
            tell(N_("Storing where each customer stands"), 0.9 + 0.1 * n_stored / table.num_rows)
    taking.first_on, taking.as_of = history.first_on, history.as_of
    taking.engine, taking.serving = made.facts.engine, made.facts.model.serving
    taking.n_lines, taking.n_customers = history.rows_read, made.facts.customers
    taking.n_other_currency = found.n_other_currency


def _parts(
    made: Assembled, taking: Taking, company: Company, leads_to: Mapping[str, str]
) -> list[PagePart]:
    """Every section in every language the company offers."""
    return [
        PagePart(
            taking=taking,
            lang=lang,
            name=part.name,
            place=place,
            title=part.title,
            short=part.short,
            html=part.html,
        )
        for lang in company.languages
        for place, part in enumerate(
            fragments(made.facts, lang, without=_ELSEWHERE, leads_to=leads_to)
        )
    ]


def _telling(taking: Taking, progress: Progress) -> Progress:
    """Tells whoever asked, and once a second the house."""
    told_at = 0.0

    def tell(what: str, done: float | None, /, **facts: object) -> None:
        nonlocal told_at
        progress(what, done, **facts)
        if (now := time.monotonic()) - told_at > _SECONDS:
            told_at = now
            note_step(taking, what, done)

    return tell
