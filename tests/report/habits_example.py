"""Hand-made facts beyond today: forecast, movements, discounts, rules of thumb, the model card."""

from datetime import date, timedelta
from math import sqrt

from regulars.measure.card.result import Card, Entry, SeasonTrial
from regulars.measure.card.scores import Score
from regulars.measure.discounts import Dependence, Group, Won
from regulars.measure.figure import Figure
from regulars.measure.rules import YEAR
from regulars.measure.verdict import Claim, Need, Verdict, judge
from regulars.report.facts import (
    DiscountFacts,
    ForecastFacts,
    ForecastStep,
    GoalFacts,
    Move,
    StatesFacts,
)

AS_OF = date(2026, 11, 20)
YEAR_BEFORE = date(2025, 11, 21)


def figure(value: float, low: float, high: float, n: int, method: str) -> Figure:
    return Figure(
        value, low, high, n=n, method=method, first_on=YEAR_BEFORE, last_on=AS_OF, level=0.95
    )


def forecast() -> ForecastFacts:
    """On average half a point up a month: 35% is reached in the seventh or so."""
    steps, by = [], []
    for n in range(1, 13):
        on, median = AS_OF + timedelta(days=30 * n), 0.31 + 0.006 * n
        wide, middle = 0.012 * sqrt(n), 0.005 * sqrt(n)
        steps.append(
            ForecastStep(on, median, median - wide, median + wide, median - middle, median + middle)
        )
        by.append((on, 0.08 * n if n < 10 else 0.8))
    return ForecastFacts(
        steps=steps,
        n_past=96,
        held_share=0.875,
        missed=0.0134,
        width=0.052,
        has_season=True,
        if_fewer=0.41,
        goal=GoalFacts(0.35, by, 0.2),
        why_not=None,
        needs=None,
    )


def states() -> StatesFacts:
    """Four quarters; of first-time buyers none stays one, of the lost hardly any comes back."""
    went = {
        ("first_time", "repeat"): 1_410,
        ("first_time", "regular"): 920,
        ("first_time", "lapsing"): 3_870,
        ("repeat", "repeat"): 6_240,
        ("repeat", "regular"): 2_310,
        ("repeat", "lapsing"): 3_020,
        ("repeat", "lost"): 140,
        ("regular", "repeat"): 1_490,
        ("regular", "regular"): 7_830,
        ("regular", "lapsing"): 1_380,
        ("regular", "lost"): 410,
        ("lapsing", "repeat"): 1_150,
        ("lapsing", "regular"): 330,
        ("lapsing", "lapsing"): 1_610,
        ("lapsing", "lost"): 4_450,
        ("lost", "repeat"): 690,
        ("lost", "regular"): 42,
        ("lost", "lost"): 23_800,
    }
    moves = []
    for (before, after), n in went.items():
        of = sum(count for (start, _), count in went.items() if start == before)
        half = 2.5 * sqrt(n / of * (1 - n / of) / of)
        moves.append(Move(before, after, n, n / of, n / of - half, n / of + half))
    return StatesFacts(
        on=[AS_OF - timedelta(days=91 * k) for k in range(4, -1, -1)],
        period_days=91,
        counts={"first_time": 1_580, "repeat": 3_310, "regular": 2_830, "lapsing": 1_973}
        | {"lost": 8_247},
        counts_before={"first_time": 1_490, "repeat": 2_920, "regular": 2_410, "lapsing": 1_830}
        | {"lost": 5_120},
        newcomers=1_604,
        moves=moves,
    )


def discounts() -> DiscountFacts:
    return DiscountFacts(
        Dependence(
            spend_share=figure(0.184, 0.176, 0.192, 17_940, "ratio_wilson"),
            days_share=figure(0.213, 0.205, 0.221, 17_940, "ratio_wilson"),
            only_share=figure(0.061, 0.056, 0.066, 8_606, "wilson"),
            never_share=figure(0.502, 0.491, 0.513, 8_606, "wilson"),
        ),
        Won(
            within_days=YEAR,
            discount=Group(
                2_104,
                figure(0.352, 0.332, 0.373, 2_104, "wilson"),
                figure(0.47, 0.443, 0.497, 741, "ratio_wilson"),
            ),
            full_price=Group(
                6_707,
                figure(0.445, 0.433, 0.457, 6_707, "wilson"),
                figure(0.121, 0.114, 0.128, 2_985, "ratio_wilson"),
            ),
            difference=figure(-0.093, -0.116, -0.069, 8_811, "newcombe"),
            n_unknown=0,
        ),
    )


def rules() -> list[Verdict]:
    return [
        judge("top_fifth", figure(0.57, 0.556, 0.584, 9_027, "influence"), Claim(0.75, 0.85)),
        judge("regulars_bring", figure(8.6, 8.1, 9.2, 9_129, "log_ratio"), Claim(7.0, 11.0)),
        judge("lost_in_a_year", figure(0.385, 0.365, 0.405, 7_740, "wilson"), Claim(0.2, 0.4)),
        judge(
            "several_channels",
            figure(0.004, -0.021, 0.029, 3_204, "newcombe"),
            Claim(0.0, None),
        ),
        judge(
            "won_by_discount", figure(-0.093, -0.116, -0.069, 8_811, "newcombe"), Claim(None, 0.0)
        ),
    ]


def rules_unknown() -> list[Verdict]:
    """Every rule where nothing can be told, each for a reason of its own."""
    unknown = Figure.unknown("nobody_counted")
    short = Figure.unknown("history_too_short", needs=2 * YEAR)
    return [
        judge("top_fifth", unknown, Claim(0.75, 0.85), otherwise=Need("amounts")),
        judge("regulars_bring", unknown, Claim(7, 11), otherwise=Need("customers_of_both_kinds")),
        judge("lost_in_a_year", short, Claim(0.2, 0.4), otherwise=Need("history_days", 2 * YEAR)),
        judge("several_channels", unknown, Claim(0, None), otherwise=Need("channel_column")),
        judge("won_by_discount", unknown, Claim(None, 0), otherwise=Need("discount_column")),
    ]


def _score(ratio: float, brier: float, log_loss: float) -> Score:
    return Score(
        n=61_240,
        purchases_expected=16_000 * ratio,
        purchases_actual=16_000.0,
        buyers_expected=9_900 * ratio,
        buyers_actual=9_900.0,
        rmse=0.9,
        brier=brier,
        log_loss=log_loss,
        calibration_error=abs(ratio - 1) / 4 + 0.006,
    )


def card() -> Card:
    """The reference serves, tied with another model."""
    scores = {
        "zero": (0.0, 0.162, 1.117),
        "last_value": (1.21, 0.124, 0.391),
        "recency": (0.97, 0.113, 0.356),
        "nbd": (1.44, 0.158, 0.492),
        "mbg_nbd": (0.984, 0.101, 0.319),
        "bg_nbd": (1.05, 0.103, 0.327),
        "pareto_nbd": (0.99, 0.101, 0.3195),
    }
    entries = [
        Entry(
            name=name,
            is_rule=name in ("zero", "last_value", "recency"),
            has_season=False,
            everybody=_score(ratio, brier, loss),
            one_time=_score(0.93 * ratio, 0.8 * brier, 0.8 * loss),
            repeat=_score(1.02 * ratio, 1.1 * brier, 1.1 * loss),
            behind=loss - 0.319,
            behind_error=0.002,
            is_tied=loss < 0.32,
        )
        for name, (ratio, brier, loss) in scores.items()
    ]
    entries.append(Entry("mbg_cnbd_k", False, False, k=1, why_not="gaps_not_regular"))
    as_of = (AS_OF - date(1970, 1, 1)).days
    return Card(
        horizon=90,
        origins=tuple(as_of - 90 * k for k in range(1, 5)),
        n=61_240,
        entries=tuple(entries),
        winner="mbg_nbd",
        serving="mbg_nbd",
        season=SeasonTrial(
            is_on=False,
            came_share=0.31,
            came_error=0.22,
            n_origins=9,
            saved=-0.0004,
            saved_error=0.0003,
            n=61_240,
        ),
        fitted_on=as_of,
    )


def card_untried() -> Card:
    """Nothing could be tried, and nothing serves."""
    off = SeasonTrial(is_on=False, why_not="history_too_short")
    return Card(90, (), 0, (), None, "none", off, why_not="history_too_short", needs=270)


def no_forecast(why_not: str, needs: float | None) -> ForecastFacts:
    return ForecastFacts((), 0, None, None, None, False, None, None, why_not, needs)
