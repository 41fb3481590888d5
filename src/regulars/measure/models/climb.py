"""How every model of buying is fitted: look for obstacles, count alike customers once, climb."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from regulars.measure.models.cells import coarsen, collapse
from regulars.measure.models.fitted import Outcome, not_tried, outcome
from regulars.measure.models.inputs import Floats, History, starting_point
from regulars.measure.models.newton import LogLikelihood, maximise

# Above this many cells a first climb on a coarse grid saves more than it costs.
_MANY_CELLS = 20_000
_GRID = 104
_ROUGH_GAP = 1e-3


def fit_purchases(
    name: str,
    params: Sequence[str],
    rows: History,
    likelihood: Callable[[History], LogLikelihood],
    *,
    guesses: Sequence[Floats],
    start: Mapping[str, float] | None,
    edge: Callable[[Floats], str],
    may_round: bool = True,
) -> Outcome:
    """The maximum of a likelihood of purchases, or the reason why this history has none.

    `guesses` are where to begin when `start`, the parameters of an earlier fit, is not given: one
    for each hill that the likelihood may have. `may_round` is whether it can be had at rounded
    times.
    """
    begin = starting_point(params, start)
    why_not = _obstacle(rows, len(params))
    if why_not:
        return not_tried(name, rows.n_customers, why_not)
    cells = collapse(rows)
    if begin is None:
        is_coarse = may_round and len(cells) > _MANY_CELLS
        begin = guesses[0]
        if is_coarse or len(guesses) > 1:
            begin = _most_promising(
                likelihood(coarsen(cells, _GRID) if is_coarse else cells), guesses
            )
    return outcome(name, params, maximise(likelihood(cells), begin), rows.n_customers, edge)


def _most_promising(likelihood: LogLikelihood, guesses: Sequence[Floats]) -> Floats:
    """Where the highest of the climbs ended, or where it began if it did not come to a top."""
    climbs = [(maximise(likelihood, guess, gap=_ROUGH_GAP), guess) for guess in guesses]
    highest, guess = max(climbs, key=lambda climb: climb[0].value)
    return highest.params if highest.converged else guess


def _obstacle(rows: History, n_params: int) -> str | None:
    """The code of what keeps a history from telling anything, seen beforehand."""
    if rows.n_customers <= n_params:
        return "too_few"
    if not rows.n @ rows.x:
        return "no_repeat_buyers"
    present = rows.n > 0
    if all(np.ptp(column[present]) == 0 for column in (rows.x, rows.t_x, rows.T)):
        return "all_alike"
    return None


def usual_rate(rows: History) -> float:
    """Twice the purchases seen per time watched: about the rate of those who have not left."""
    bought, watched = float(rows.n @ rows.x), float(rows.n @ rows.T)
    return 2 * bought / watched if bought and watched else 1.0
