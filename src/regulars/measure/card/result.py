"""What the model card says, as plain values."""

from dataclasses import dataclass
from typing import Literal

from regulars.measure.card.scores import Score
from regulars.measure.expected import Past
from regulars.measure.season import Season
from regulars.measure.value import PastNet

# The simpler first: of rules, or models, that cannot be told apart the first one serves.
RULE_NAMES = ("zero", "last_value", "recency")
ModelName = Literal["nbd", "mbg_nbd", "bg_nbd", "pareto_nbd", "mbg_cnbd_k"]
MODEL_NAMES: tuple[ModelName, ...] = ("nbd", "mbg_nbd", "bg_nbd", "pareto_nbd", "mbg_cnbd_k")
REFERENCE: ModelName = "mbg_nbd"


@dataclass(frozen=True, slots=True)
class Entry:
    """One candidate's row.

    `why_not` is set where it could not be tried, and there is no score then: a code of
    `models.WHY_NOT`, or "gaps_not_regular" for mbg_cnbd_k where one stage a gap, which is mbg_nbd,
    is most likely. `behind`: its log-loss less that of the best, with `behind_error`, its standard
    error; `is_tied`: within one such error, or within 0.5 % of the best. `k`: stages of a gap.
    """

    name: str
    is_rule: bool
    has_season: bool
    everybody: Score | None = None
    one_time: Score | None = None
    repeat: Score | None = None
    behind: float | None = None
    behind_error: float | None = None
    is_tied: bool = False
    k: int | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class SeasonTrial:
    """Whether the season of the shop is counted on: see `season.backtest`.

    `season` is the year as known today, also where it is off. Of the swings foretold at
    `n_origins` past days `came_share` came, with `came_error`, its standard error. `saved`: by how
    much less the log-loss of the odds over the card's n customers was with it, with its standard
    error. `why_not`: "history_too_short" (it takes 636 days), or "no_model".
    """

    is_on: bool
    season: Season | None = None
    came_share: float | None = None
    came_error: float | None = None
    n_origins: int = 0
    saved: float | None = None
    saved_error: float | None = None
    n: int = 0
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """How the candidates did on this company's own past.

    `origins`: days, the newest first; `n`: customers known at them, each once for each origin.

    `winner` has the lowest mean log-loss of "buys within the horizon" over those customers. Of
    models tied with a model that has the lowest, or rules tied with a rule that has it, the
    simplest wins. `serving`: the winner; "mbg_nbd" or "nbd" where nothing could be tried; "none"
    where nothing can serve. `fitted_on`: the day whose history gave the serving model its
    parameters, before today where today's history does not determine them; None for a rule.

    `past` and `past_net`: what `serving` would have said. `dispersion`: its squared miss of a
    customer's purchases, per purchase expected. `why_not`: "history_too_short", which takes `needs`
    days, or "no_model_fits".
    """

    horizon: int
    origins: tuple[int, ...]
    n: int
    entries: tuple[Entry, ...]
    winner: str | None
    serving: str
    season: SeasonTrial
    fitted_on: int | None = None
    past: tuple[Past, ...] = ()
    past_net: tuple[PastNet, ...] = ()
    dispersion: float | None = None
    why_not: str | None = None
    needs: int | None = None

    @property
    def has_season(self) -> bool:
        """Whether the predictions that serve are stretched by the season."""
        return self.season.is_on and self.serving in MODEL_NAMES
