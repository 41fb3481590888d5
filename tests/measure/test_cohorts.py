import numpy as np

from regulars.measure.cohorts import again_within, cohort_table, retention
from tests.measure.histories import bought_days, random_rows, visits_of


def test_returners_by_period_agree_with_a_slow_count(engine):
    rows, period, as_of = random_rows(4), 30, 900
    counted = retention(
        visits_of(rows, engine, as_of=as_of), engine=engine, period_days=period, n_periods=6
    )
    slow = bought_days(rows, as_of)
    for i, first in enumerate(counted.first_day):
        mine = [days for days in slow.values() if days[0] == first]
        assert counted.n[i] == len(mine)
        for k in range(1, 7):
            back = sum(any((day - first) // period == k for day in days) for days in mine)
            assert counted.back[i, k - 1] == back
        assert counted.again[i] == sum(len(d) > 1 and d[1] - d[0] <= 365 for d in mine)
    assert counted.n.sum() == len(slow)


def test_a_young_cohort_is_judged_only_by_those_whose_period_has_passed(engine):
    rows = [
        ("ana", 0, 1, True),
        ("ana", 35, 1, True),
        ("bo", 20, 1, True),
        ("bo", 55, 1, True),
    ]
    counted = retention(
        visits_of(rows, engine, as_of=60), engine=engine, period_days=30, n_periods=2
    )
    (cohort,) = cohort_table(counted, starts=np.array([0]), as_of=60)
    assert cohort.n == 2
    assert cohort.n_at_risk.tolist() == [1, 0]  # Bo's days 30 to 59 are not over on day 60
    assert cohort.n_back.tolist() == [1, 0]
    (cohort,) = cohort_table(counted, starts=np.array([0]), as_of=79)
    assert cohort.n_at_risk.tolist() == [2, 0]
    assert cohort.n_back.tolist() == [2, 0]


def test_customers_fall_into_the_cohort_that_had_begun(engine):
    rows = [(f"c{day}", day, 1, True) for day in (0, 29, 30, 31, 60)]
    counted = retention(visits_of(rows, engine), engine=engine, period_days=30, n_periods=1)
    table = cohort_table(counted, starts=np.array([0, 30, 90]), as_of=1000)
    assert [(cohort.start, cohort.n) for cohort in table] == [(0, 2), (30, 3)]


def test_bought_again_within_a_year_counts_only_those_who_had_the_year(engine):
    rows = [("ana", 0, 1, True), ("ana", 365, 1, True), ("bo", 1, 1, True), ("cy", 700, 1, True)]
    counted = retention(visits_of(rows, engine), engine=engine, period_days=30, n_periods=1)
    assert again_within(counted, as_of=1000) == (1, 2)
    assert again_within(counted, as_of=364) == (0, 0)
