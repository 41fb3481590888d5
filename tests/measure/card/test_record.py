import numpy as np

from regulars.measure.card.record import cases_of, evidence
from regulars.measure.rfm import customer_days, visits
from tests.measure.histories import AS_OF, DEFINITION, lines_of, random_rows


def taken(engine, *, first_on, as_of=AS_OF, horizon=90):
    days = engine.keep(customer_days(lines_of(random_rows(7), engine)), "days_of_test")
    seen = visits(days, as_of=as_of, definition=DEFINITION)
    return evidence(days, seen, first_on=first_on, as_of=as_of, horizon=horizon, engine=engine)


def test_four_origins_judge_and_one_before_them_teaches(engine):
    found = taken(engine, first_on=0)
    assert [origin.on for origin in found.origins] == [910, 820, 730, 640, 550]
    assert [origin.on for origin in found.judged] == [910, 820, 730, 640]


def test_a_short_history_has_no_origins(engine):
    found = taken(engine, first_on=AS_OF - 200)
    assert found.origins == found.judged == ()


def test_cases_are_the_origins_one_after_the_other(engine):
    judged = taken(engine, first_on=0).judged
    cases = cases_of(judged)
    assert cases.weight.sum() == sum(origin.weight.sum() for origin in judged)
    for origin in judged:
        mine = cases.origin == origin.on
        assert np.array_equal(cases.x[mine], origin.x)
        assert np.array_equal(cases.bought[mine], origin.bought)
