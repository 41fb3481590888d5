"""From a history to the facts of a report: calls each measure once and gathers what they say."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw
import numpy as np

import regulars
from regulars.intake.history import History
from regulars.kit.errors import NothingToMeasure
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_
from regulars.measure.activity import NAMES
from regulars.measure.concentration import concentration
from regulars.measure.engine import Arrays, Engine
from regulars.measure.expected import Predictor
from regulars.measure.figure import Figure
from regulars.measure.spend import Credibility, credibility
from regulars.report.asked import Asked
from regulars.report.facts import (
    FEW,
    FEWEST,
    ConcentrationFacts,
    Facts,
    ForecastFacts,
    InputFacts,
    ModelFacts,
)
from regulars.report.habits import habits_facts, states_facts
from regulars.report.outlook import outlook
from regulars.report.serving import Served, serve
from regulars.report.share_ahead import forecast_facts
from regulars.report.standing import names_of, slipping, standing
from regulars.report.tables import Tables, tabulate
from regulars.report.who_is_regular import regulars_facts
from regulars.report.who_stays import cohort_facts

MONEY = ("net_minor", "gross_minor", "net_squared")


@dataclass(frozen=True, slots=True)
class Assembled:
    """The facts, and what stands behind them: the tables, each customer's standing, who foretells.

    `speaker` None where nobody can.
    """

    facts: Facts
    standing: nw.LazyFrame[Any]
    tables: Tables
    speaker: Predictor | None


def assemble(
    history: History,
    lines: nw.LazyFrame[Any],
    *,
    engine: Engine,
    asked: Asked,
    progress: Progress = silent,
) -> Assembled:
    """Take every measure of the report.

    `lines` has the columns of `History`, its `day` as a day number. Raises NothingToMeasure where
    no customer of the history ever bought anything.
    """
    progress(N_("Grouping orders by customer and day"), 0.30)
    totals = _totals(lines, engine, history)
    tables = tabulate(
        lines,
        engine=engine,
        definition=asked.definition,
        first_on=history.first_on,
        as_of=history.as_of,
    )
    money = engine.arrays(tables.customers.select("customer", "n_days", *MONEY))
    n_customers = money["n_days"].size
    if n_customers == 0:
        raise _nobody(history)
    served = serve(
        tables, money["customer"], asked=asked, has_amounts=history.has_amounts, progress=progress
    )
    spend = _spend(money) if history.has_amounts else None
    known = {taken.meaning for taken in history.columns}
    names = names_of(lines) if "name" in known else None
    everyone = standing(tables, served.predicted, spend, names)
    ahead = outlook(tables, served, everyone, spend=spend, asked=asked)
    progress(N_("Counting regulars, cohorts and who is slipping"), 0.70)
    with ThreadPoolExecutor(max_workers=1) as beside:
        forecast = forecast_facts(tables, served.sample, goal=asked.goal, beside=beside)
        discounts, verdicts = habits_facts(lines, tables, known=known, level=asked.level)
        can_tell = served.predicted is not None
        facts = Facts(
            company=asked.company,
            made_on=date.today(),
            engine=f"regulars {regulars.__version__}, {engine.name}",
            currency=history.currency,
            currency_exponent=history.currency_exponent,
            input=_input_facts(history, totals),
            customers=n_customers,
            orders=totals["orders"],
            net_revenue_minor=totals["net"] if history.has_amounts else None,
            stages=_stages(money),
            activity=_activity(everyone, engine) if can_tell else None,
            regulars=regulars_facts(tables, has_amounts=history.has_amounts, level=asked.level),
            slipping=slipping(tables, everyone, has_amounts=history.has_amounts)
            if can_tell
            else None,
            concentration=_concentration(money, has_amounts=history.has_amounts, level=asked.level),
            cohorts=cohort_facts(tables, level=asked.level),
            model=_model(served),
            expected=ahead,
            states=states_facts(tables, served.sample, served.speaker, asked),
            discounts=discounts,
            rules=verdicts,
            card=served.chosen.card,
            forecast=_waited_for(forecast, progress),
        )
    return Assembled(facts, everyone, tables, served.speaker)


def _waited_for(forecast: Future[ForecastFacts], progress: Progress) -> ForecastFacts:
    progress(N_("Forecasting the share of regulars"), 0.80)
    return forecast.result()


def _model(served: Served) -> ModelFacts:
    fitted = served.reference
    return ModelFacts(
        name=fitted.name,
        time_unit="days",
        params=fitted.params,
        standard_errors=fitted.standard_errors,
        log_likelihood=fitted.log_likelihood,
        n_customers=fitted.n_customers,
        converged=fitted.converged,
        identifiable=fitted.identifiable,
        why_not=fitted.why_not,
        serving=served.chosen.card.serving,
    )


def _totals(lines: nw.LazyFrame[Any], engine: Engine, history: History) -> dict[str, int]:
    """Net revenue of all lines and of the anonymous ones, and the number of orders."""
    anonymous = nw.col("customer").is_null()
    bought = lines.filter(nw.col("is_purchase"))
    summed = engine.arrays(
        lines.select(
            net=nw.col("net_minor").sum(),
            anonymous=nw.when(anonymous).then(nw.col("net_minor")).otherwise(0).sum(),
            purchases=nw.col("is_purchase").cast(nw.Int64).sum(),
        )
    )
    if history.has_orders:
        named = bought.filter(~nw.col("order_key").is_null()).group_by("order_key").agg(n=nw.len())
        unnamed = bought.filter(nw.col("order_key").is_null())
        orders = _count(named, engine) + _count(unnamed, engine)
    else:
        orders = int(_number(summed["purchases"]))
    return {
        "net": int(_number(summed["net"])),
        "anonymous": int(_number(summed["anonymous"])),
        "orders": orders,
    }


def _count(frame: nw.LazyFrame[Any], engine: Engine) -> int:
    return int(engine.arrays(frame.select(n=nw.len()))["n"][0])


def _number(column: Any) -> float:
    """The one value of an aggregate, 0 where it was taken over nothing."""
    return 0.0 if np.isnan(value := float(column[0])) else value


def _nobody(history: History) -> NothingToMeasure:
    if history.rows_returned == history.rows_used:
        return NothingToMeasure(
            "no_purchases",
            N_("None of the {rows} rows is a purchase: all are returns, cancellations or free."),
            N_("Export the sales as well, not the returns alone."),
            rows=history.rows_read,
        )
    return NothingToMeasure(
        "no_customers",
        N_(
            "None of the {rows} rows is a purchase by a known customer, so nothing can be said "
            "about customers coming back."
        ),
        N_(
            "Export the orders again with a column that names the customer (number, e-mail, phone "
            "or card), or say which column it is with --map customer=COLUMN."
        ),
        rows=history.rows_read,
    )


def _spend(money: Arrays) -> Credibility:
    return credibility(money["n_days"], money["net_minor"], money["net_squared"])


def _stages(money: Arrays) -> dict[str, int]:
    repeat = int((money["n_days"] > 1).sum())
    return {"first_time": int(money["n_days"].size) - repeat, "repeat": repeat}


def _activity(everyone: nw.LazyFrame[Any], engine: Engine) -> dict[str, int]:
    counted = engine.arrays(everyone.group_by("activity").agg(n=nw.len()))
    by_code = dict(zip(counted["activity"].tolist(), counted["n"].tolist(), strict=True))
    return {name: int(by_code.get(code, 0)) for code, name in enumerate(NAMES)}


def _concentration(money: Arrays, *, has_amounts: bool, level: float) -> ConcentrationFacts:
    """By net spend, which returns lower; beside it by what was bought, where anything came back."""
    held = money["net_minor"] if has_amounts else money["n_days"]
    above = held > 0
    found = concentration(held[above], level=level)
    bought = money["gross_minor"]
    by = "revenue" if has_amounts else "purchase_days"
    if 0 < found.n < FEWEST:
        few = Figure.unknown(FEW, n=found.n, needs=FEWEST)
        return ConcentrationFacts(found.n, few, few, few, [], int(held.size - above.sum()), by)
    gross = None
    if has_amounts and (bought != held).any():
        gross = concentration(bought[bought > 0], level=level)
    return ConcentrationFacts(
        n=found.n,
        top_20_share=found.top_20_share,
        gini=found.gini,
        customers_for_80_share=found.holders_for_80_share,
        curve=found.curve,
        n_not_positive=int(held.size - above.sum()),
        by=by,
        before_returns=None
        if gross is None
        else {
            "top_20_share": gross.top_20_share,
            "gini": gross.gini,
            "customers_for_80_share": gross.holders_for_80_share,
        },
    )


def _input_facts(history: History, totals: dict[str, int]) -> InputFacts:
    return InputFacts(
        files=history.files,
        rows_read=history.rows_read,
        rows_used=history.rows_used,
        rows_put_aside=history.rows_put_aside,
        rows_anonymous=history.rows_anonymous,
        rows_returned=history.rows_returned,
        reasons=history.reasons,
        columns=history.columns,
        columns_left_out=history.columns_left_out,
        repeats=history.repeats,
        first_on=history.first_on,
        last_on=history.last_on,
        as_of=history.as_of,
        has_amounts=history.has_amounts,
        anonymous_net_minor=totals["anonymous"],
    )
