"""Whether to count on the season: what it foretold on past days, beside what came."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regulars.measure.models import PurchaseModel
from regulars.measure.season.rhythm import Rhythm, expected_returns
from regulars.measure.season.year import LEAST_DAYS, Season

# Past days on which a season is tried lie so far apart, and what it foretells is held against the
# purchases until the next of them.
TRIAL_DAYS = 30
# Half a year of trials: by then a good and a bad time of the year have both come again.
LEAST_TRIALS = 6
# Two years of them: each part of the year has come again twice.
_MOST_TRIALS = 24
_LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Swing:
    """What a season known on day `on` foretold of the next `TRIAL_DAYS`, and what came of it.

    Both are logarithms: `foretold` of usual days in them, `came` of the returns there were over
    those that the model of that day expected without a season.
    """

    on: int
    foretold: float
    came: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """How much of the swings foretold at past days came: 1 is all of it, 0 nothing.

    `came_share` with `came_error`, its standard error, from `n` past days; None where they are
    fewer than `LEAST_TRIALS`. `is_on`: whether to count on the season.
    """

    is_on: bool
    n: int
    came_share: float | None = None
    came_error: float | None = None


def trial_days(*, first_on: int, as_of: int) -> range:
    """The past days on which a season is tried.

    Takes   the first day of the history, and today.
    Gives   days, the oldest first: `TRIAL_DAYS` apart, the last of them so long before today, the
            first with 456 days of history behind it, the latest 24 of them.
    Error   -
    Beware  empty where the history is shorter than 486 days.
    Source  rolling origins: Tashman 2000, International J. of Forecasting 16.
    """
    n = max(0, (as_of - first_on - LEAST_DAYS) // TRIAL_DAYS)
    return range(as_of - min(n, _MOST_TRIALS) * TRIAL_DAYS, as_of, TRIAL_DAYS)


def swing(seen: Rhythm, model: PurchaseModel, known: Season, *, on: int) -> Swing:
    """A season held against the days that followed.

    Takes   a Rhythm that reaches at least `TRIAL_DAYS` beyond day `on`; the model and the season
            known on that day.
    Gives   a Swing.
    Error   chance among the returns of these days, and whatever else the model misses.
    Beware  who came for the first time in these days is known to both sides: arrivals are not
            what is tried.
    Source  -
    """
    until = on + TRIAL_DAYS
    came = (seen.n_first > 0) & (seen.day <= until)
    edges = np.array([on, until])
    expected = expected_returns(model, seen.day[came], seen.n_first[came], edges).sum()
    returns = (seen.n - seen.n_first)[(seen.day > on) & (seen.day <= until)].sum()
    foretold = known.exposure(on, TRIAL_DAYS) / TRIAL_DAYS
    return Swing(on, float(np.log(foretold)), float(np.log((returns + 0.5) / (expected + 0.5))))


def backtest(swings: Sequence[Swing]) -> Backtest:
    """Whether to count on the season, by what came of it on past days.

    Takes   Swings of days at least `TRIAL_DAYS` apart, the oldest first, each from what was known
            on its day; of more than 24 the latest count.
    Gives   a Backtest, on where two things hold: squared misses are smaller with the season, which
            is so where more than half of what it foretold came; and what came is more than chance
            gives a shop without a season once in twenty, by a one-sided t-test.
    Error   `came_error`: of a regression through the origin.
    Beware  where the rate of buying wanders for months on end, neighbouring days err together, and
            the test is on more often than in 5 % of shops: see `bench/season.py`.
    Source  forecast encompassing: Harvey, Leybourne & Newbold 1998, J. of Business & Economic
            Statistics 16; for nested forecasts Clark & West 2007, J. of Econometrics 138.
    """
    latest = swings[-_MOST_TRIALS:]
    n = len(latest)
    foretold, came = np.array([(each.foretold, each.came) for each in latest]).reshape(-1, 2).T
    square = float(foretold @ foretold)
    if n < LEAST_TRIALS or not square:
        return Backtest(is_on=False, n=n)
    from scipy.special import stdtrit

    share = float(foretold @ came) / square
    left = came - share * foretold
    error = float(np.sqrt(left @ left / (n - 1) / square))
    is_on = share > 0.5 and share > float(stdtrit(n - 1, _LEVEL)) * error
    return Backtest(is_on, n, share, error)
