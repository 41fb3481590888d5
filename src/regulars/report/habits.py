"""What the report tells of discounts, channels, movements, and the trade's rules of thumb."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np

from regulars.measure import rules
from regulars.measure.discounts import customer_discounts, dependence, discount_days, won
from regulars.measure.expected import Predictor
from regulars.measure.figure import Figure
from regulars.measure.state_map import NEW, STATES, state_map
from regulars.measure.verdict import Verdict
from regulars.report.asked import Asked
from regulars.report.facts import FEW, FEWEST, DiscountFacts, Move, StatesFacts
from regulars.report.tables import Sample, Tables, day_of

PERIOD_DAYS = 91
MOST_PERIODS = 4


def habits_facts(
    lines: nw.LazyFrame[Any], tables: Tables, *, known: set[str], level: float
) -> tuple[DiscountFacts | None, list[Verdict]]:
    """Discount dependence and the rules of thumb; `known` names what the files have columns for.

    Where no column tells of discounts or channels the rules that need them see no lines at all, so
    they answer what would tell, and cost nothing.
    """
    engine, as_of = tables.engine, tables.as_of
    nothing = lines.head(0)
    is_recorded = "discount" in known
    told = lines if is_recorded else nothing
    days = engine.keep(discount_days(told, as_of=as_of), "discount_days")
    discounts = None
    if is_recorded:
        each = customer_discounts(days)
        discounts = DiscountFacts(
            dependence(each, engine=engine, level=level),
            won(days, as_of=as_of, engine=engine, level=level),
        )
    through = lines if "channel" in known else nothing
    verdicts = [
        rules.top_fifth(tables.customers, engine=engine, level=level),
        rules.regulars_bring(tables.customers, engine=engine, level=level),
        rules.lost_in_a_year(tables.days, as_of=as_of, engine=engine, level=level),
        rules.several_channels(through, as_of=as_of, engine=engine, level=level),
        rules.won_by_discount(
            days, as_of=as_of, engine=engine, is_recorded=is_recorded, level=level
        ),
    ]
    engine.drop("discount_days")
    return discounts, [_of_enough(verdict) for verdict in verdicts]


def _of_enough(verdict: Verdict) -> Verdict:
    """A rule as it was found, its estimate left out where it is of too few to say."""
    if not 0 < verdict.estimate.n < FEWEST:
        return verdict
    return replace(verdict, estimate=Figure.unknown(FEW, n=verdict.estimate.n, needs=FEWEST))


def states_facts(
    tables: Tables, sample: Sample, model: Predictor | None, asked: Asked
) -> StatesFacts | None:
    """Movements between states over the last quarters; None where the model cannot tell states.

    Of a sample of customers where they are very many; counts of people are then those of all.
    """
    seen = tables.as_of - tables.first_on
    n_periods = min(MOST_PERIODS, (seen - tables.definition.window_days) // PERIOD_DAYS)
    if model is None or n_periods < 1:
        return None
    on = [tables.as_of - PERIOD_DAYS * k for k in range(n_periods, -1, -1)]
    found = state_map(
        sample.days,
        model=model,
        on=on,
        horizon=asked.horizon_days,
        definition=tables.definition,
        engine=tables.engine,
        thresholds=asked.thresholds,
    )
    moved = found.movements(level=asked.level)
    known = found.moves[:, :NEW, :]
    totals, most = known.sum(axis=0), known.sum(axis=2).max(axis=0)
    return StatesFacts(
        on=[day_of(day) for day in on],
        period_days=PERIOD_DAYS,
        counts=_by_state(found.counts[-1], sample.factor),
        counts_before=_by_state(found.counts[0], sample.factor),
        newcomers=round(sample.factor * found.moves[-1, NEW].sum()),
        moves=[
            Move(STATES[before], STATES[after], int(totals[before, after]))
            if most[before] < FEWEST
            else Move(
                STATES[before],
                STATES[after],
                int(totals[before, after]),
                float(moved.share[before, after]),
                float(moved.low[before, after]),
                float(moved.high[before, after]),
            )
            for before, after in np.argwhere(totals > 0).tolist()
        ],
    )


def _by_state(counts: Any, factor: float) -> Mapping[str, int]:
    return {state: round(factor * n) for state, n in zip(STATES, counts.tolist(), strict=True)}
