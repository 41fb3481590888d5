import numpy as np
import pytest

from bench.forecast import Shop, planted
from regulars.measure.activity import LAPSING, LOST, Thresholds, activity
from regulars.measure.models import fit
from regulars.measure.regulars import Definition
from regulars.measure.rfm import customer_days
from regulars.measure.state_map import (
    LONGEST,
    NEW,
    STATES,
    StateMap,
    silence_limits,
    state_map,
)
from tests.measure.histories import bought_days, lines_of, random_rows

DEFINITION = Definition(2, 60, 90)


class Fading:
    """Odds fall by a tenth on every day of silence, by less for those who bought more."""

    def p_alive(self, *, x, t_x, T):
        raise NotImplementedError

    def expected(self, h, *, x, t_x, T):
        raise NotImplementedError

    def p_buys(self, h, *, x, t_x, T):
        return 0.9 ** ((np.asarray(T) - np.asarray(t_x)) / (1.0 + np.asarray(x)))


def mapped(rows, on, engine):
    days = engine.keep(customer_days(lines_of(rows, engine)), "days_of_map")
    return state_map(days, model=Fading(), on=on, horizon=30, definition=DEFINITION, engine=engine)


def slow_state(days, on):
    known = [day for day in days if day <= on]
    if not known:
        return "new"
    odds = 0.9 ** ((on - known[-1]) / len(known))
    if odds < 0.2:
        return "lost"
    if odds < 0.5:
        return "lapsing"
    if sum(day > on - DEFINITION.window_days for day in known) >= DEFINITION.days:
        return "regular"
    return "repeat" if len(known) > 1 else "first_time"


def test_states_and_moves_agree_with_a_slow_count(engine):
    rows, on = random_rows(4), (100, 400, 430)
    found = mapped(rows, on, engine)
    names = [*STATES, "new"]
    course = [
        [names.index(slow_state(days, day)) for day in on] for days in bought_days(rows).values()
    ]
    assert found.on == on
    for i, states in enumerate(zip(*course, strict=True)):
        assert found.counts[i].tolist() == [states.count(code) for code in range(NEW)]
    for i in range(len(on) - 1):
        slow = np.zeros((NEW + 1, NEW), dtype=int)
        for states in course:
            if states[i + 1] != NEW:
                slow[states[i], states[i + 1]] += 1
        assert found.moves[i].tolist() == slow.tolist()


def test_a_map_worked_by_hand(engine):
    # Ana comes often, Bo once and is lost, Cy is new; all as on days 40 and 60.
    rows = [("ana", day, 1, True) for day in (30, 35, 40, 58)]
    rows += [("bo", 38, 1, True), ("cy", 59, 1, True)]
    found = mapped(rows, (40, 60), engine)
    assert dict(zip(STATES, found.counts[0].tolist(), strict=True)) == {
        "first_time": 1,
        "repeat": 0,
        "regular": 1,
        "lapsing": 0,
        "lost": 0,
    }
    moved = {
        ((*STATES, "new")[before], STATES[after]): int(n)
        for (before, after), n in np.ndenumerate(found.moves[0])
        if n
    }
    assert moved == {
        ("regular", "regular"): 1,
        ("first_time", "lost"): 1,
        ("new", "first_time"): 1,
    }


def test_silence_limits_are_the_first_days_on_which_the_odds_have_fallen_so_far():
    thresholds = Thresholds()
    lapsing, lost = silence_limits(
        Fading(), x=[0, 1, 4], t_x=[0, 5, 90], horizon=30, thresholds=thresholds
    )
    # .9 to the 7th is below .5 and to the 16th below .2; both last longer in proportion.
    assert lapsing.tolist() == [7, 14, 33]
    assert lost.tolist() == [16, 31, 77]


def test_silence_limits_of_a_fitted_model_agree_with_its_activity():
    known = planted(Shop(new_a_day=1.0), seed=1).until(400).state(400)
    model = fit("mbg_nbd", x=known.x, t_x=known.t_x, T=known.T)
    asked = {"x": [0.0, 3.0], "t_x": [0.0, 50.0]}
    lapsing, lost = silence_limits(model, **asked, horizon=60, thresholds=Thresholds())
    for i in range(2):
        for limit, state in ((int(lapsing[i]), LAPSING), (int(lost[i]), LOST)):
            assert 0 < limit <= LONGEST
            history = {name: np.full(3, values[i]) for name, values in asked.items()}
            silent = history["t_x"] + np.array([0, limit - 1, limit])
            odds = model.p_buys(60, **history, T=silent)
            codes = activity(odds, np.full(3, odds[0]))
            assert codes[1] < state <= codes[2]


def test_shares_that_move_worked_by_hand():
    moves = np.zeros((2, NEW + 1, NEW), dtype=int)
    moves[0, 0], moves[1, 0] = [60, 40, 0, 0, 0], [40, 60, 0, 0, 0]
    found = StateMap((0, 30, 60), np.zeros((3, NEW), dtype=int), moves).movements(level=0.95)
    assert found.n.tolist() == [200, 0, 0, 0, 0]
    assert found.share[0].tolist() == [0.5, 0.5, 0, 0, 0]
    # Four cells, each off by 10 from 50, on one degree of freedom.
    assert found.spread[0] == pytest.approx(4 * 100 / 50)
    # Wilson for 12.5 of 25.
    assert found.low[0, 0] == pytest.approx(0.3175, abs=1e-4)
    assert found.high[0, 0] == pytest.approx(0.6825, abs=1e-4)
    assert np.isnan(found.share[1]).all()
    assert np.isnan(found.low[1]).all()


def test_periods_that_are_alike_leave_the_interval_as_it_is():
    moves = np.zeros((3, NEW + 1, NEW), dtype=int)
    moves[:, 2] = [0, 0, 80, 20, 0]
    found = StateMap((0, 1, 2, 3), np.zeros((4, NEW), dtype=int), moves).movements()
    assert found.spread.tolist() == [1.0] * NEW
    # Wilson for 60 of 300.
    assert found.low[2, 3] == pytest.approx(0.1586, abs=1e-4)
    assert found.high[2, 3] == pytest.approx(0.2489, abs=1e-4)


@pytest.mark.parametrize("on", [(5,), (6, 5)])
def test_days_out_of_order_are_refused(engine, on):
    with pytest.raises(ValueError, match="wanted at least two days, each after the one before"):
        mapped([("ana", 1, 1, True)], on, engine)
