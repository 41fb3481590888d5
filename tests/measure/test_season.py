import numpy as np
import pytest

from regulars.measure.forecast.purchases import Purchases
from regulars.measure.models import fit
from regulars.measure.season import LEAST_DAYS, Season, rhythm, season, seasoned
from tests.measure.card.shops import YEAR, steady, yearly
from tests.measure.histories import bought_days, random_rows, visits_of

NONE = Season((0.0,) * 6)
SUMMER = Season((0.0, 0.4, 0.0, 0.1, 0.0, 0.0))


def seen_and_model(rows, engine, *, on):
    histories = bought_days(rows, on).values()
    past = {
        "x": [len(days) - 1 for days in histories],
        "t_x": [days[-1] - days[0] for days in histories],
        "T": [on - days[0] for days in histories],
    }
    return rhythm(visits_of(rows, engine, as_of=on), engine=engine), fit("nbd", **past)


def test_a_rhythm_agrees_with_a_slow_count(engine):
    rows = random_rows(11)
    found = rhythm(visits_of(rows, engine), engine=engine)
    slow = {}
    for days in bought_days(rows).values():
        cohort = days[0] - days[0] % 7
        for before, day in zip([None, *days], days, strict=False):
            n, n_first, gaps = slow.get((cohort, day), (0, 0, 0.0))
            gap = 0.0 if before is None else np.log(day - before)
            slow[cohort, day] = (n + 1, n_first + (before is None), gaps + gap)
    assert list(zip(found.cohort, found.day, strict=True)) == sorted(slow)
    for i, key in enumerate(sorted(slow)):
        assert (found.n[i], found.n_first[i]) == slow[key][:2]
        assert found.log_gaps[i] == pytest.approx(slow[key][2])


def test_two_columns_of_purchase_days_have_the_rhythm_of_the_tables(engine):
    rows = random_rows(12)
    of_tables = rhythm(visits_of(rows, engine), engine=engine)
    days = list(bought_days(rows).values())
    customer = np.repeat(np.arange(len(days)), [len(each) for each in days])
    of_columns = Purchases.checked(customer, np.concatenate(days)).rhythm
    for part in ("cohort", "day", "n", "n_first"):
        assert getattr(of_columns, part).tolist() == getattr(of_tables, part).tolist()
    assert of_columns.log_gaps == pytest.approx(of_tables.log_gaps)


def test_the_mean_gap_is_of_gaps_that_had_ended_by_then(engine):
    rows = [("a", 0, 1, True), ("a", 10, 1, True), ("b", 4, 1, True), ("b", 24, 1, True)]
    found = rhythm(visits_of(rows, engine), engine=engine)
    assert found.mean_log_gap(5) == 0
    assert found.mean_log_gap(10) == pytest.approx(np.log(10))
    assert found.mean_log_gap(30) == pytest.approx((np.log(10) + np.log(20)) / 2)


def test_a_planted_season_is_found_again(engine):
    seen, model = seen_and_model(yearly(1), engine, on=999)
    found = season(seen, model, on=999)
    day = np.arange(366)
    planted = 1 + 0.6 * np.cos(2 * np.pi * day / YEAR)
    assert found.factors(day) == pytest.approx(planted / planted.mean(), abs=0.2)
    assert np.abs(found.factors(day) - planted / planted.mean()).mean() < 0.07


def test_a_shop_without_a_season_has_hardly_any(engine):
    seen, model = seen_and_model(yearly(2, swing=0.0), engine, on=999)
    assert np.abs(season(seen, model, on=999).factors(np.arange(366)) - 1).max() < 0.15


def test_customers_growing_older_are_no_season(engine):
    """Customers leave, so that purchases fall off with age; they come evenly through two years."""
    rows = steady(3, customers=1500)
    histories = bought_days(rows, 719).values()
    past = {
        "x": [len(days) - 1 for days in histories],
        "t_x": [days[-1] - days[0] for days in histories],
        "T": [719 - days[0] for days in histories],
    }
    seen = rhythm(visits_of(rows, engine, as_of=719), engine=engine)
    found = season(seen, fit("mbg_nbd", **past), on=719)
    assert np.abs(found.factors(np.arange(366)) - 1).mean() < 0.1


def test_what_came_after_the_day_is_not_looked_at(engine):
    rows = yearly(4)
    everything, model = seen_and_model(rows, engine, on=999)
    engine.drop("visits_of_test")
    engine.drop("days_of_test")
    until = rhythm(visits_of([r for r in rows if r[1] <= 700], engine), engine=engine)
    now, then = (season(each, model, on=700).harmonics for each in (everything, until))
    assert now == pytest.approx(then)


def test_a_short_history_has_no_season(engine):
    seen, model = seen_and_model(yearly(5), engine, on=999)
    first = int(seen.day.min())
    assert season(seen, model, on=first + LEAST_DAYS - 1) is None
    assert season(seen, model, on=first + LEAST_DAYS) is not None
    assert season(seen, model, on=first - 1) is None


def test_factors_are_one_on_average_over_a_year_and_come_round():
    day = np.arange(365)
    assert SUMMER.factors(day).mean() == pytest.approx(1)
    assert SUMMER.factors(day + 4 * 365.25) == pytest.approx(SUMMER.factors(day))


def test_exposure_is_the_sum_of_the_factors_of_the_days_ahead():
    assert NONE.exposure(100, 90) == pytest.approx(90)
    ahead = SUMMER.factors(np.arange(101, 191))
    assert SUMMER.exposure(100, 90) == pytest.approx(ahead.sum())
    assert SUMMER.exposure(100, 89.5) == pytest.approx(ahead.sum() - ahead[-1] / 2)
    assert SUMMER.exposure(100, 0) == 0


def test_a_seasoned_model_sees_more_days_in_a_good_time_of_the_year():
    rng = np.random.default_rng(0)
    x = rng.poisson(rng.gamma(1, 3, 500))
    T = np.full(500, 300)
    model = fit("nbd", x=x, t_x=np.where(x > 0, 290, 0), T=T)
    known = {"x": [0, 5], "t_x": [0, 290], "T": [300, 300]}
    good = seasoned(model, SUMMER, on=20)
    usual = SUMMER.exposure(20, 90)
    assert usual > 100
    assert good.expected(90, **known) == pytest.approx(model.expected(usual, **known))
    assert good.p_buys(90, **known) == pytest.approx(model.p_buys(usual, **known))
    assert good.p_alive(**known) == pytest.approx(model.p_alive(**known))
    assert seasoned(model, None, on=20) is model
