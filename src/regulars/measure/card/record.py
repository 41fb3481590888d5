"""What the past holds to try candidates on: taken from the tables once."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from regulars.measure.backtest import Origin, origin_cells, past_origins, sampled
from regulars.measure.card.scores import Cases
from regulars.measure.engine import Engine
from regulars.measure.season import Rhythm, rhythm, trial_days

MOST_ORIGINS = 4
# So many customers of an origin tell the totals of all to about one per cent.
MOST_CUSTOMERS = 30_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """The past origins to judge by, the newest first, and one more before them to learn from.

    `before_trials`: what was known on the first day on which a season is tried, if there is one.
    """

    first_on: int
    as_of: int
    horizon: int
    origins: tuple[Origin, ...]
    rhythm: Rhythm
    before_trials: Origin | None = None

    @property
    def judged(self) -> tuple[Origin, ...]:
        """All but the last: rules learn from the window before the one they foretell."""
        return self.origins[:-1]


def evidence(
    days: nw.LazyFrame[Any],
    visits: nw.LazyFrame[Any],
    *,
    first_on: int,
    as_of: int,
    horizon: int,
    engine: Engine,
    with_money: bool = False,
) -> Evidence:
    """What was known at past origins, what followed, and the rhythm of the shop.

    Takes   days and visits (see `rfm.customer_days` and `rfm.visits`); first_on and as_of in days
            since 1970-01-01; horizon in days; with_money: whether net_minor means anything.
    Gives   an Evidence; without origins where the history is shorter than three horizons.
    Error   exact, of at most 30,000 customers an origin; beyond that a random sample of them.
    Beware  one pass over the days for all origins: its cost grows with their number.
    Source  see `backtest.past_origins`.
    """
    found = past_origins(first_on=first_on, as_of=as_of, horizon=horizon, at_most=MOST_ORIGINS)
    if found:
        found.append(found[-1] - horizon)
    tried = [*trial_days(first_on=first_on, as_of=as_of)][:1] if found else []
    cells = origin_cells(
        days, origins=[*found, *tried], horizon=horizon, engine=engine, with_money=with_money
    )
    drawn = [sampled(each, at_most=MOST_CUSTOMERS) for each in cells]
    known = [each for each in drawn[: len(found)] if each.weight.size]
    return Evidence(
        first_on,
        as_of,
        horizon,
        origins=tuple(known) if len(known) > 1 else (),
        rhythm=rhythm(visits, engine=engine),
        before_trials=drawn[-1] if tried else None,
    )


def cases_of(origins: tuple[Origin, ...]) -> Cases:
    """The customers of all origins, one after the other."""
    return Cases(
        x=np.concatenate([each.x for each in origins]),
        bought=np.concatenate([each.bought for each in origins]),
        weight=np.concatenate([each.weight for each in origins]),
        origin=np.repeat([each.on for each in origins], [each.weight.size for each in origins]),
    )
