"""Hand-made facts to build pages from: one rich shop, and the shops of which little can be told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import sqrt

from regulars.intake.history import ColumnTaken, Repeats
from regulars.measure.card.result import Entry, SeasonTrial
from regulars.measure.figure import Figure
from regulars.measure.regulars import Definition
from regulars.report.facts import (
    Backtest,
    Cohort,
    CohortCell,
    CohortFacts,
    ConcentrationFacts,
    ExpectedFacts,
    Facts,
    InputFacts,
    ModelFacts,
    RegularsFacts,
    SharePoint,
    SlippingFacts,
    SlippingRow,
)
from tests.report.habits_example import (
    AS_OF,
    card,
    card_untried,
    discounts,
    figure,
    forecast,
    no_forecast,
    rules,
    rules_unknown,
    states,
)

NAMES = (
    "Wei Chen 陈薇",
    "Karl-Johan Österlund-Håkansson",
    "فاطمة الراشد",
    "Café Lyktan AB",
    "Birgitta Sandell",
    "Åsa Öberg",
    "O'Brien & Söner",
    "10482",
    "maja.ek@example.se",
    "🍵 Tea House",
)


def month_starts(first: date, n: int) -> list[date]:
    """The first days of n months in a row."""
    months = [first.year * 12 + first.month - 1 + step for step in range(n)]
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _course() -> list[SharePoint]:
    points = []
    for step, on in enumerate([*month_starts(date(2024, 9, 1), 27), AS_OF]):
        n_base = 6000 + 115 * step
        share = 0.262 + 0.0018 * step + 0.004 * (step % 12 in (2, 3, 4)) - 0.003 * (step % 5 == 1)
        half = 1.96 * sqrt(share * (1 - share) / n_base)
        n = round(share * n_base)
        points.append(SharePoint(on, share, share - half, share + half, n_base, n))
    points[-1] = SharePoint(AS_OF, 0.31, 0.3006, 0.3196, 9129, 2830)
    return points


def _slipping_rows(n: int) -> list[SlippingRow]:
    rows = []
    for place in range(n):
        name = NAMES[place] if place < len(NAMES) else f"K-{20417 + 37 * place}"
        gap = 6.0 + (place * 7) % 23
        silent = round(gap * (2.4 + (place % 5) * 0.6)) + 12
        rows.append(
            SlippingRow(
                customer=name,
                last_on=AS_OF - timedelta(days=silent),
                usual_gap_days=None if place == 6 else gap,
                silent_days=silent,
                worth_a_year_minor=2_260_000 - 39_500 * place,
                odds=0.12 + 0.04 * (place % 8),
                odds_then=0.93 - 0.02 * (place % 7),
                n_days=61 - place if place < 55 else 4,
                is_regular=place % 3 != 2,
            )
        )
    return rows


def _cohorts(first: date, n: int) -> list[Cohort]:
    made = []
    for step, starts_on in enumerate(month_starts(first, n)):
        size = 288 + 17 * (step % 7) + (120 if starts_on.month == 12 else 0)
        cells = []
        for period in range(1, min(13, n - step)):
            share = max(
                0.06, 0.29 / period**0.55 + 0.009 * ((step * 7 + period * 4) % 9 - 4) / period
            )
            half = 1.96 * sqrt(share * (1 - share) / size)
            low, high = max(0.0, share - half), min(1.0, share + half)
            is_complete = step + period < n - 1
            at_risk = size if is_complete else size // 3
            n_back = round(share * at_risk)
            cells.append(CohortCell(period, n_back, share, low, high, is_complete, at_risk))
        made.append(Cohort(starts_on, size, cells))
    return made


def _curve() -> list[tuple[float, float]]:
    return [(step / 50, 1 - (1 - step / 50) ** 3.78) for step in range(51)]


INPUT = InputFacts(
    files=("orders.csv", "orders_2026.csv"),
    rows_read=104_412,
    rows_used=104_118,
    rows_put_aside=294,
    rows_anonymous=9_402,
    rows_returned=1_877,
    reasons={"bad_date": 181, "bad_amount": 76, "no_date": 22, "in_future": 15},
    columns=(
        ColumnTaken("orders.csv", "Kund-ID", "customer", "name"),
        ColumnTaken("orders.csv", "Datum", "when", "name", "read as year, month, day"),
        ColumnTaken("orders.csv", "Belopp", "amount", "name"),
        ColumnTaken("orders.csv", "Ordernr", "order", "mapped"),
        ColumnTaken("orders.csv", "Artikel", "product", "content"),
        ColumnTaken("orders_2026.csv", "Kund-ID", "customer", "name"),
        ColumnTaken("orders_2026.csv", "Datum", "when", "name", "read as year, month, day"),
        ColumnTaken("orders_2026.csv", "Belopp", "amount", "name"),
        ColumnTaken("orders_2026.csv", "Ordernr", "order", "mapped"),
        ColumnTaken("orders_2026.csv", "Artikel", "product", "content"),
    ),
    columns_left_out=(("orders.csv", "Kommentar"), ("orders_2026.csv", "Kommentar")),
    repeats=(Repeats("orders_2026.csv", "orders.csv", date(2026, 1, 1), date(2026, 1, 9), 1_214),),
    first_on=date(2024, 3, 1),
    last_on=AS_OF,
    as_of=AS_OF,
    has_amounts=True,
    anonymous_net_minor=118_400_000,
)

NOBODY = Figure.unknown("nobody_counted")
NOT_IDENTIFIABLE = Figure.unknown("no_repeat_buyers", n=17_940)
TOO_FEW = Figure.unknown("too_few", n=9)


def rich() -> Facts:
    """A shop with everything: regulars growing, 1,204 slipping away."""
    return Facts(
        company="Lindqvist Te & Kaffe",
        made_on=date(2026, 11, 21),
        engine="regulars 0.1.0, duckdb 2.0.0",
        currency="SEK",
        currency_exponent=2,
        input=INPUT,
        customers=17_940,
        orders=48_210,
        net_revenue_minor=1_984_300_000,
        stages={"first_time": 9_334, "repeat": 8_606},
        activity={"active": 7_720, "lapsing": 1_973, "lost": 8_247},
        regulars=RegularsFacts(
            definition=Definition(),
            n=2_830,
            n_base=9_129,
            share=figure(0.31, 0.3006, 0.3196, 9_129, "wilson"),
            revenue_share=figure(0.722, 0.704, 0.739, 9_129, "ratio"),
            course=_course(),
            year_ago=figure(0.024, 0.011, 0.037, 16_869, "newcombe"),
        ),
        slipping=SlippingFacts(n=1_204, worth_a_year_minor=88_214_700, rows=_slipping_rows(50)),
        concentration=ConcentrationFacts(
            n=9_027,
            top_20_share=figure(0.57, 0.556, 0.584, 9_027, "influence"),
            gini=figure(0.581, 0.569, 0.593, 9_027, "influence"),
            customers_for_80_share=figure(0.347, 0.335, 0.359, 9_027, "influence"),
            curve=_curve(),
            n_not_positive=102,
            by="revenue",
            before_returns={
                "top_20_share": figure(0.562, 0.548, 0.576, 9_129, "influence"),
                "gini": figure(0.574, 0.562, 0.586, 9_129, "influence"),
                "customers_for_80_share": figure(0.352, 0.34, 0.364, 9_129, "influence"),
            },
        ),
        cohorts=CohortFacts(
            unit="month",
            cohorts=_cohorts(date(2024, 12, 1), 24),
            back_within_year=figure(0.423, 0.413, 0.433, 8_811, "wilson"),
        ),
        model=ModelFacts(
            name="mbg_nbd",
            time_unit="days",
            params={"r": 0.637140, "alpha": 51.1720, "a": 0.807474, "b": 1.928394},
            standard_errors={"r": 0.01912, "alpha": 1.412, "a": 0.0377, "b": 0.1129},
            log_likelihood=-95336.9583,
            n_customers=17_940,
            converged=True,
            identifiable=True,
            why_not=None,
            serving="mbg_nbd",
        ),
        expected=ExpectedFacts(
            horizon_days=90,
            purchases=figure(4_096.0, 3_712.0, 4_480.0, 17_940, "past_errors"),
            buyers=figure(2_611.0, 2_402.0, 2_820.0, 17_940, "past_errors"),
            revenue_minor=figure(
                168_400_000.0, 149_000_000.0, 188_000_000.0, 17_940, "past_errors"
            ),
            backtests=tuple(
                Backtest(on, expected, actual, expected * 0.64, actual * 0.63, 9_000 + 900 * step)
                for step, (on, expected, actual) in enumerate(
                    (
                        (date(2025, 11, 21), 3_810.0, 4_044.0),
                        (date(2026, 2, 19), 3_905.0, 3_760.0),
                        (date(2026, 5, 20), 3_988.0, 4_071.0),
                        (date(2026, 8, 22), 4_050.0, 4_123.0),
                    )
                )
            ),
        ),
        forecast=forecast(),
        states=states(),
        discounts=discounts(),
        rules=rules(),
        card=card(),
    )


def no_amounts() -> Facts:
    """The same shop from a file without amounts."""
    return replace(
        rich(),
        currency=None,
        net_revenue_minor=None,
        input=replace(INPUT, has_amounts=False, anonymous_net_minor=0),
        regulars=replace(rich().regulars, revenue_share=Figure.unknown("no_amounts")),
        slipping=SlippingFacts(
            n=1_204,
            worth_a_year_minor=None,
            rows=[replace(row, worth_a_year_minor=None) for row in _slipping_rows(50)],
        ),
        concentration=replace(rich().concentration, by="purchase_days", before_returns=None),
        forecast=replace(forecast(), goal=None, has_season=False),
        discounts=replace(
            discounts(),
            dependence=replace(discounts().dependence, spend_share=Figure.unknown("no_revenue")),
        ),
        rules=[rules_unknown()[0], *rules()[1:]],
        expected=replace(rich().expected, revenue_minor=Figure.unknown("no_amounts")),
    )


def no_model() -> Facts:
    """The same shop where no model can be told."""
    return replace(
        rich(),
        activity=None,
        slipping=None,
        model=replace(
            rich().model,
            params=None,
            standard_errors=None,
            log_likelihood=None,
            converged=False,
            identifiable=False,
            why_not="no_repeat_buyers",
        ),
        expected=ExpectedFacts(90, NOT_IDENTIFIABLE, NOT_IDENTIFIABLE, NOT_IDENTIFIABLE, ()),
        forecast=no_forecast("not_identifiable", None),
        states=None,
        discounts=None,
        card=replace(
            card(),
            entries=tuple(
                replace(entry, is_tied=entry.name == "recency")
                if entry.is_rule
                else Entry(entry.name, False, False, why_not="no_repeat_buyers")
                for entry in card().entries
            ),
            winner="recency",
            serving="recency",
            season=SeasonTrial(is_on=False, why_not="no_model"),
            fitted_on=None,
            why_not="no_model_fits",
        ),
    )


def tiny() -> Facts:
    """Twelve orders of nine customers in three weeks; the currency is not known."""
    return replace(
        no_model(),
        company=None,
        currency=None,
        input=replace(
            INPUT,
            files=("twelve.csv",),
            rows_read=12,
            rows_used=12,
            rows_put_aside=0,
            rows_anonymous=0,
            rows_returned=0,
            reasons={},
            columns=INPUT.columns[:3],
            columns_left_out=(),
            repeats=(),
            first_on=date(2026, 10, 30),
            anonymous_net_minor=0,
        ),
        customers=9,
        orders=12,
        net_revenue_minor=264_000,
        stages={"first_time": 7, "repeat": 2},
        regulars=RegularsFacts(
            definition=Definition(),
            n=0,
            n_base=9,
            share=Figure.unknown("history_too_short", n=9, needs=180),
            revenue_share=Figure.unknown("history_too_short", n=9, needs=180),
            course=(),
            year_ago=Figure.unknown("history_too_short", n=9, needs=545),
        ),
        concentration=ConcentrationFacts(
            n=9,
            top_20_share=Figure(0.61, None, None, n=9, method="influence"),
            gini=Figure(0.44, None, None, n=9, method="influence"),
            customers_for_80_share=Figure(0.4, None, None, n=9, method="influence"),
            curve=((0.0, 0.0), (0.2, 0.61), (0.5, 0.85), (1.0, 1.0)),
            n_not_positive=0,
            by="revenue",
        ),
        cohorts=CohortFacts(
            unit="month",
            cohorts=(),
            back_within_year=Figure.unknown("history_too_short", n=9, needs=366),
        ),
        model=replace(no_model().model, n_customers=9, why_not="too_few"),
        expected=ExpectedFacts(90, TOO_FEW, TOO_FEW, TOO_FEW, ()),
        forecast=no_forecast("too_few", 30),
        rules=rules_unknown(),
        card=card_untried(),
    )


def empty() -> Facts:
    """One customer with one purchase."""
    return replace(
        tiny(),
        input=replace(
            tiny().input, rows_read=1, rows_used=1, first_on=AS_OF, columns=tiny().input.columns
        ),
        customers=1,
        orders=1,
        net_revenue_minor=0,
        stages={"first_time": 1, "repeat": 0},
        regulars=replace(
            tiny().regulars, n_base=1, share=NOBODY, revenue_share=NOBODY, year_ago=NOBODY
        ),
        concentration=None,
        cohorts=CohortFacts(unit="month", cohorts=(), back_within_year=NOBODY),
    )


EVERY_SHOP = {
    "rich": rich,
    "no amounts": no_amounts,
    "no model": no_model,
    "twelve orders": tiny,
    "one order": empty,
}


def with_slipping_names(names: Sequence[str]) -> Facts:
    """The rich shop with other names on top of its list."""
    rows = [
        replace(row, customer=name)
        for row, name in zip(_slipping_rows(len(names)), names, strict=True)
    ]
    return replace(rich(), slipping=replace(rich().slipping, rows=rows))
