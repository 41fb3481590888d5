import numpy as np
import pyarrow.parquet as pq
import pytest

from bench.forecast import PLANTED, Shop, planted
from bench.season import is_on
from regulars.measure.forecast import WHY_NOT, WhatIf, forecast
from regulars.measure.forecast.looks import Question
from regulars.measure.forecast.purchases import Purchases, count
from regulars.measure.forecast.share import looks_until
from regulars.measure.models import BadInput
from regulars.measure.regulars import Definition
from tests.support.data import REAL, needs_real_data

DEFINITION = Definition()
AS_OF = 400


def told(purchases, *, definition=DEFINITION, as_of=AS_OF, **asked):
    return forecast(purchases.customer, purchases.day, definition=definition, as_of=as_of, **asked)


@pytest.fixture(scope="module")
def usual(planted_shop):
    return told(planted_shop)


def test_a_forecast_starts_from_the_share_there_is(planted_shop, usual):
    now = count(planted_shop, definition=DEFINITION, on=AS_OF)
    assert (usual.n_regulars, usual.n_base) == (now.n_regulars, now.n_base)
    assert usual.share == now.n_regulars / now.n_base
    assert [step.on for step in usual.steps] == [AS_OF + 30 * i for i in range(1, 7)]
    assert usual.why_not is None


def test_bands_lie_within_each_other_and_widen(usual):
    for step in usual.steps:
        half, nine, most = step.bands
        assert 0 < most.low < nine.low < half.low < step.median
        assert step.median < half.high < nine.high < most.high < 1
    widths = [step.band(0.9).high - step.band(0.9).low for step in usual.steps]
    assert widths == sorted(widths)


def test_paths_have_the_distribution_that_the_bands_say(usual):
    for i, step in enumerate(usual.steps):
        band = step.band(0.9)
        inside = (usual.paths[:, i] > band.low) & (usual.paths[:, i] < band.high)
        # Four standard errors of a share of .9 among 4,000 draws.
        assert inside.mean() == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 4000))
        assert np.median(usual.paths[:, i]) == pytest.approx(step.median, abs=0.01)
        assert usual.paths[:, i].mean() == step.mean


@pytest.mark.parametrize("goal", [0.05, 0.3, 0.4, 0.9])
def test_the_outcomes_of_a_goal_make_up_one(usual, goal):
    found = usual.goal_date(goal)
    assert sum(found.probabilities) + found.not_within == pytest.approx(1.0)


def test_a_nearer_goal_is_reached_no_later(usual):
    near, far = usual.goal_date(usual.share + 0.01), usual.goal_date(usual.share + 0.04)
    for step in usual.steps:
        assert near.by(step.on) >= far.by(step.on)
    assert near.not_within < far.not_within


def test_the_same_seed_gives_the_same_forecast_and_later_rows_change_nothing(planted_shop, usual):
    known = planted_shop.until(AS_OF)
    again = told(known)
    assert len(known) < len(planted_shop)
    assert again.steps == usual.steps
    assert again.record == usual.record
    assert np.array_equal(again.paths, usual.paths)
    assert told(known, seed=1).steps != usual.steps


def test_names_and_the_origin_of_days_do_not_matter(planted_shop, usual):
    moved = forecast(
        planted_shop.customer * 3 + 1000,
        planted_shop.day + 365_250,
        definition=DEFINITION,
        as_of=AS_OF + 365_250,
        seed=0,
    )
    assert moved.share == usual.share
    for step, other in zip(usual.steps, moved.steps, strict=True):
        assert other.on == step.on + 365_250
        assert other.median == pytest.approx(step.median, abs=0.02)


def test_the_record_is_of_forecasts_from_what_was_known_then(planted_shop, usual):
    origins = sorted({past.said_on for past in usual.record.steps})
    # Looks go back to day 190, a window after the first; the first three have no record yet.
    assert origins == [280, 310, 340, 370]
    for past in usual.record.steps:
        assert past.on <= AS_OF
        assert past.low < past.median < past.high
    once = next(past for past in usual.record.steps if (past.said_on, past.on) == (340, 370))
    there = count(planted_shop, definition=DEFINITION, on=370)
    assert once.actual == pytest.approx((there.n_regulars + 0.5) / (there.n_base + 1))
    then = told(planted_shop, as_of=340)
    assert once.median == pytest.approx(then.steps[0].median, abs=0.01)


def test_fewer_lapses_more_visits_and_fewer_new_customers_raise_the_share(planted_shop, usual):
    last = usual.steps[-1].median
    few, many = (
        told(planted_shop, what_if=WhatIf(fewer_lapse=share)).steps[-1].median
        for share in (0.1, 0.5)
    )
    assert last < few < many
    assert told(planted_shop, what_if=WhatIf(more_often=0.2)).steps[-1].median > last
    assert told(planted_shop, what_if=WhatIf(more_new=-0.5)).steps[-1].median > last
    assert told(planted_shop, what_if=WhatIf(more_new=0.5)).steps[-1].median < last


def test_a_history_without_a_past_forecast_to_judge_says_so(planted_shop):
    found = told(planted_shop, as_of=269)
    assert (found.why_not, found.needs, found.steps) == ("history_too_short", 270, ())
    assert found.share is not None
    assert told(planted_shop, as_of=270).why_not is None


def test_looks_go_back_four_years_and_no_further(planted_shop):
    later = 3 * 365
    doubled = Purchases.checked(
        np.concatenate([planted_shop.customer, planted_shop.customer + planted_shop.n_customers]),
        np.concatenate([planted_shop.day, planted_shop.day + later]),
    )
    looks = looks_until(doubled, as_of=2000, question=Question(DEFINITION, 1, 0))
    assert [look.on for look in looks] == [2000 - 30 * i for i in range(48, -1, -1)]
    tried = [look.swing.on for look in looks if look.swing is not None]
    assert tried == [look.on for look in looks[:-1]]


def test_too_few_customers_say_so(planted_shop):
    few = planted_shop.thinned(25)
    found = told(few)
    assert (found.why_not, found.needs, found.share) == ("too_few", 30, None)
    nobody = forecast([], [], definition=DEFINITION, as_of=AS_OF)
    assert (nobody.why_not, nobody.n_base) == ("too_few", 0)


def test_customers_without_a_second_purchase_cannot_be_told():
    n = 200
    found = forecast(range(n), list(range(n)), definition=DEFINITION, as_of=400)
    assert found.why_not == "not_identifiable"


def test_every_reason_has_its_sentence():
    assert set(WHY_NOT) == {"too_few", "history_too_short", "not_identifiable"}
    assert all(text.startswith("cannot be told from this history") for text in WHY_NOT.values())


@pytest.mark.parametrize(
    ("asked", "argument", "problem"),
    [
        ({"n_steps": 0}, "n_steps", "n_steps is 0; wanted 1 to 24"),
        ({"n_steps": 25}, "n_steps", "n_steps is 25; wanted 1 to 24"),
        ({"seed": -1}, "seed", "seed is -1; wanted 0 or more"),
        ({"seed": 0.5}, "seed", "seed is 0.5; wanted a whole number"),
        ({"n_steps": 2.5}, "n_steps", "n_steps is 2.5; wanted a whole number"),
        ({"as_of": float("nan")}, "as_of", "as_of is nan; wanted a whole number"),
        ({"what_if": WhatIf(fewer_lapse=10)}, "fewer_lapse", "fewer_lapse is 10"),
        ({"what_if": WhatIf(more_new=float("nan"))}, "more_new", "more_new is nan"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(planted_shop, asked, argument, problem):
    with pytest.raises(BadInput) as refused:
        told(planted_shop, **asked)
    assert refused.value.argument == argument
    assert problem in str(refused.value)


def test_bands_cover_what_comes_of_planted_shops():
    covered = []
    widths = []
    for seed in range(20):
        shop = planted(Shop(new_a_day=0.7, n_first=100, wander=0.05), seed)
        step = told(shop, as_of=365, n_steps=3).steps[-1]
        there = count(shop, definition=DEFINITION, on=step.on).share
        band = step.band(0.9)
        covered.append(band.low <= there <= band.high)
        widths.append(band.high - band.low)
    # With a chance of .9 each, fewer than 15 of 20 would be held once in 90 times.
    assert sum(covered) >= 15
    assert np.mean(widths) < 0.25


def test_a_year_of_planted_season_is_found_after_two():
    shop = planted(Shop(season=0.6), seed=4)
    assert not told(shop, as_of=500).has_season
    assert told(shop, as_of=1000).has_season


@pytest.mark.parametrize("kind", ["steady", "seasonal"])
def test_the_forecast_has_a_season_where_the_bench_of_seasons_finds_one(kind):
    shop = planted(PLANTED[kind], seed=2)
    assert told(shop, as_of=729, n_steps=1).has_season == is_on(shop, as_of=729)


@needs_real_data
def test_a_cohort_whose_one_time_buyers_leave_the_base_is_seen_ahead():
    bought = pq.read_table(REAL / "cdnow" / "cdnow_full.parquet").sort_by(
        [("customer_id", "ascending"), ("date", "ascending")]
    )
    day = bought["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    customer = bought["customer_id"].to_numpy()
    rows = np.unique(np.stack([customer, day - day.min()]), axis=1)
    purchases = Purchases.checked(*rows)
    found = told(purchases, as_of=360)
    assert found.share == pytest.approx(0.071, abs=0.001)
    for step in found.steps:
        there = count(purchases, definition=DEFINITION, on=step.on).share
        assert step.median == pytest.approx(there, abs=0.015)
        assert step.band(0.9).low <= there <= step.band(0.9).high
    assert found.weights["last_value"] < 0.1
