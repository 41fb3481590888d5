import duckdb
import numpy as np
import pytest

from regulars.measure import rfm
from regulars.measure.card import MODEL_NAMES, RULE_NAMES, choose, evidence
from regulars.measure.engine import DuckEngine
from regulars.measure.models import fit
from regulars.measure.regulars import Definition
from tests.measure.card.shops import steady, strangers, subscribers, yearly
from tests.measure.histories import lines_of


@pytest.fixture
def duck():
    """Choosing is done in NumPy: one engine is enough to hand it the evidence."""
    connection = duckdb.connect()
    yield DuckEngine(connection)
    connection.close()


def tried(rows, engine, *, as_of, horizon, with_money=True):
    """What the report does before it has a card; the reference and today's cells with it."""
    days = engine.keep(rfm.customer_days(lines_of(rows, engine)), "days_of_test")
    whom = Definition()
    visits = engine.keep(rfm.visits(days, as_of=as_of, definition=whom), "visits_of_test")
    cells = engine.arrays(rfm.cells(rfm.customers(days, as_of=as_of, definition=whom)))
    known = {key: cells[key] for key in ("x", "t_x", "T")}
    past = evidence(
        days,
        visits,
        first_on=0,
        as_of=as_of,
        horizon=horizon,
        engine=engine,
        with_money=with_money,
    )
    reference = fit("mbg_nbd", **known, weights=cells["weight"])
    return choose(past, cells, reference), known


def test_where_customers_behave_as_a_model_says_the_model_serves(engine):
    chosen, known = tried(steady(1), engine, as_of=719, horizon=60)
    card = chosen.card
    assert card.origins == (659, 599, 539, 479)
    assert card.winner == card.serving == "mbg_nbd"
    assert [entry.name for entry in card.entries] == [*RULE_NAMES, *MODEL_NAMES]
    behind = {entry.name: entry.behind for entry in card.entries if entry.behind is not None}
    assert min(behind[name] for name in RULE_NAMES) > 0.01
    assert behind["nbd"] > 0.01
    assert card.fitted_on == 719
    assert chosen.serving.p_buys(60, **known).min() > 0


def test_what_it_says_of_the_past_is_what_its_rows_add_up_to(duck):
    card = tried(steady(2), duck, as_of=719, horizon=60)[0].card
    row = next(entry for entry in card.entries if entry.name == card.serving)
    assert card.n == row.everybody.n == sum(past.n for past in card.past)
    assert row.one_time.n + row.repeat.n == card.n
    for part in ("purchases_expected", "purchases_actual", "buyers_expected", "buyers_actual"):
        total = sum(getattr(past, part) for past in card.past)
        assert getattr(row.everybody, part) == pytest.approx(total)
        assert getattr(row.one_time, part) + getattr(row.repeat, part) == pytest.approx(total)
    # Every purchase brings about 10.00: so does every one expected.
    for past, net in zip(card.past, card.past_net, strict=True):
        assert net.on == past.on
        assert net.expected_minor / past.purchases_expected == pytest.approx(1000, rel=0.05)
        assert net.actual_minor / past.purchases_actual == pytest.approx(1000, rel=0.05)


def test_where_nobody_ever_returns_the_dumbest_rule_serves(duck):
    chosen, known = tried(strangers(), duck, as_of=400, horizon=60, with_money=False)
    card = chosen.card
    assert (card.winner, card.serving, card.why_not) == ("zero", "zero", "no_model_fits")
    assert chosen.model is None
    assert card.past_net == ()
    assert card.fitted_on is None
    assert {entry.why_not for entry in card.entries if not entry.is_rule} == {"no_repeat_buyers"}
    assert chosen.serving.expected(60, **known).sum() == 0
    expected, p_alive = np.zeros(3), np.full(3, np.nan)
    assert chosen.purchase_variance(expected, p_alive, x=np.zeros(3)).tolist() == [0, 0, 0]


def test_a_plain_rule_that_foretells_better_than_every_model_serves(duck):
    """Who comes every 30 days and has been silent for longer is gone: silence tells it all."""
    chosen, known = tried(subscribers(1), duck, as_of=719, horizon=60)
    card = chosen.card
    assert (card.winner, card.serving, card.fitted_on) == ("recency", "recency", None)
    assert {entry.name for entry in card.entries if entry.everybody and not entry.is_rule}
    best = next(entry for entry in card.entries if entry.name == "recency")
    assert (best.behind, best.is_tied) == (0.0, True)
    odds = chosen.serving.p_buys(60, **known)
    silent = known["T"] - known["t_x"]
    assert odds[silent < 20].min() > 0.7
    assert odds[silent > 45].max() < 0.05
    assert np.isnan(chosen.serving.p_alive(**known)).all()
    assert not card.has_season


def test_a_history_shorter_than_three_horizons_tries_nothing_and_says_what_it_takes(duck):
    rows = [row for row in steady(3) if row[1] < 170]
    chosen, _ = tried(rows, duck, as_of=169, horizon=60)
    card = chosen.card
    assert (card.winner, card.why_not, card.needs) == (None, "history_too_short", 180)
    assert (card.origins, card.entries, card.past) == ((), (), ())
    assert card.serving == "mbg_nbd"
    assert chosen.serving is chosen.model


def test_a_short_history_in_which_nobody_left_is_told_by_nbd(duck):
    rows = [row for row in yearly(4, swing=0.0) if row[1] < 120]
    chosen, known = tried(rows, duck, as_of=119, horizon=60)
    assert chosen.card.serving == "nbd"
    assert chosen.serving.p_alive(**known).min() == 1


def test_a_single_customer_can_tell_nothing(duck):
    chosen, _ = tried([("only", 3, 500, True)], duck, as_of=20, horizon=60)
    assert (chosen.card.serving, chosen.serving, chosen.model) == ("none", None, None)


def test_a_season_that_came_back_every_year_serves(duck):
    card = tried(yearly(4), duck, as_of=999, horizon=90)[0].card
    assert card.season.is_on
    assert card.has_season
    assert card.season.came_share == pytest.approx(1.0, abs=0.25)
    assert card.season.saved > card.season.saved_error
    # Every 30 days from day 456 on, as far back as day 999 lets them be counted.
    assert card.season.n_origins == (999 - 456) // 30
    with_season = [entry.name for entry in card.entries if entry.has_season]
    assert with_season == list(MODEL_NAMES)


def test_a_steady_shop_gets_no_season(duck):
    card = tried(steady(5), duck, as_of=719, horizon=60)[0].card
    assert not card.season.is_on
    assert not card.has_season
    assert card.season.season is not None
    assert card.season.came_share < 2 * card.season.came_error


def test_a_season_that_could_be_tried_for_less_than_half_a_year_is_off(duck):
    rows = [row for row in yearly(4) if row[1] < 456 + 5 * 30 + 29]
    card = tried(rows, duck, as_of=456 + 5 * 30 + 29, horizon=90)[0].card
    assert (card.season.is_on, card.season.why_not) == (False, "history_too_short")
    assert card.winner == card.serving


def test_variance_of_a_model_is_at_least_that_of_chance(duck):
    chosen, known = tried(steady(6), duck, as_of=719, horizon=60)
    expected = chosen.serving.expected(60, **known)
    p_alive = chosen.serving.p_alive(**known)
    assert (chosen.purchase_variance(expected, p_alive, x=known["x"]) >= expected).all()
