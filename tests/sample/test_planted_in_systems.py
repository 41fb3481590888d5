"""What was planted in the systems comes back from the files, each by a direct computation."""

from math import sqrt

import pytest

from regulars.sample.systems.staff import DEPARTMENTS

BACK = """
    with days as (select distinct customer_number, ordered_at::date as day from orders
        where quantity > 0 and customer_number is not null),
    due as (select *, coalesce(kept_at > due_at, true) as is_broken, due_at::date as due_on
        from promises where withdrawn_at is null and due_at::date <= date '2026-11-20' - 60),
    followed as (select due.*, exists (from days where days.customer_number = due.customer_number
        and day between due_on + 1 and due_on + 60) as is_back from due)
"""


def share(k, n):
    return k / n, sqrt(k / n * (1 - k / n) / n)


def back_after(town, where):
    """Shares back after broken and after kept promises, with standard errors."""
    counts = town.rows(
        f"""{BACK} select count(*) filter (is_back), count(*) from followed
            join truth_customers using (customer_number)
            where {where} group by is_broken order by is_broken desc"""
    )
    return [share(*row) for row in counts]


def ratio(town, where):
    """Of the two shares, with its standard error; promises of one customer overlap."""
    (broken, e_broken), (kept, e_kept) = back_after(town, where)
    return broken / kept, 1.25 * broken / kept * sqrt(
        (e_broken / broken) ** 2 + (e_kept / kept) ** 2
    )


@pytest.mark.parametrize("kind", ["delivery", "call_back", "repair"])
def test_after_a_broken_promise_as_many_come_back_as_planted(town, kind):
    found, error = ratio(town, f"kind = '{kind}'")
    assert found == pytest.approx(town.truth["systems"]["promises"][kind]["factor"], abs=4 * error)


@pytest.mark.parametrize(
    "where",
    ["month(due_on) >= 11", "month(due_on) < 11", "rate_per_day < 0.04", "rate_per_day >= 0.04"],
)
def test_a_broken_delivery_costs_the_same_in_every_season_and_with_every_kind_of_customer(
    town, where
):
    found, error = ratio(town, f"kind = 'delivery' and {where}")
    planted = town.truth["systems"]["promises"]["delivery"]["factor"]
    assert found == pytest.approx(planted, abs=4 * error)
    assert error < 0.03


def test_deliveries_are_broken_twice_as_often_before_christmas(town):
    planted = town.truth["systems"]["promises"]["delivery"]
    for is_busy, times in ((False, 1.0), (True, planted["in_season_times"])):
        broken, error = share(
            *town.row(
                f"""{BACK} select count(*) filter (is_broken), count(*) from due
                where kind = 'delivery' and (month(due_on) >= 11) = {is_busy}"""
            )
        )
        assert broken == pytest.approx(planted["broken_share"] * times, abs=4 * error)


def test_promises_are_broken_to_anybody_alike(town):
    rates = town.rows(
        f"""{BACK} select avg(rate_per_day), stddev(rate_per_day) / sqrt(count(*)),
            avg(dropout_probability), stddev(dropout_probability) / sqrt(count(*))
        from followed join truth_customers using (customer_number)
        where kind = 'delivery' and month(due_on) < 11 group by is_broken"""
    )
    (rate, e_rate, dropout, e_dropout), (rate_2, e_rate_2, dropout_2, e_dropout_2) = rates
    assert rate == pytest.approx(rate_2, abs=4 * 1.25 * sqrt(e_rate**2 + e_rate_2**2))
    assert dropout == pytest.approx(dropout_2, abs=4 * 1.25 * sqrt(e_dropout**2 + e_dropout_2**2))


def test_the_truth_counts_the_promises_of_the_file(town):
    for kind, given, broken in town.rows(
        """select kind, count(*), count(*) filter (coalesce(kept_at > due_at,
            due_at < timestamp '2026-11-21')) from promises where withdrawn_at is null group by 1"""
    ):
        planted = town.truth["systems"]["promises"][kind]
        assert planted["given"] == given
        # Promises that are still open at the end may be broken later.
        assert planted["broken"] >= broken > 0.95 * planted["broken"]


@pytest.mark.parametrize(("file", "where"), [("calls", "direction = 'in'"), ("visits", "true")])
def test_patience_is_the_time_waited_for_each_who_gave_up(town, file, where):
    given_up, seconds = town.row(
        f"""select count(*) filter (outcome in ('abandoned', 'left')), sum(waiting_seconds + 0.5)
            from {file} where {where}"""
    )
    planted = town.truth["systems"]["waiting"][f"{file}_patience_seconds"]
    assert float(seconds) / given_up == pytest.approx(planted, rel=4 / sqrt(given_up))


def test_broken_promises_bring_as_many_tickets_as_planted(town):
    tickets = town.truth["systems"]["tickets"]
    # A ticket about a delivery names its person; only promises long past have all of theirs.
    wrote = """select t."Id" from tickets t join truth_people p on p.file = 'helpdesk_contacts'
        and p.key = t."Requester id" where t."Tags" = 'late_delivery'
        and p.person_number = f.customer_number
        and t."Created at" between f.due_at and f.due_at + interval 12 day"""
    n_broken, n_kept, n = town.row(
        f"""{BACK} select count(*) filter (is_broken), count(*) filter (not is_broken),
            (select count(*) from tickets where "Tags" = 'late_delivery'
                and "Created at" < timestamp '2026-09-21')
        from followed f where kind = 'delivery'"""
    )
    expected = (
        n_broken * tickets["after_broken_share"]["delivery"]
        + n_kept * (tickets["after_kept_share"])
    )
    assert n == pytest.approx(expected, abs=5 * sqrt(expected))
    followed, error = share(
        *town.row(
            f"""{BACK} select count(*) filter (exists ({wrote})), count(*) from followed f
                where kind = 'delivery' and is_broken"""
        )
    )
    assert followed >= tickets["after_broken_share"]["delivery"] - 4 * error


def test_quick_replies_are_liked_as_often_as_planted(town):
    planted = town.truth["systems"]["tickets"]
    for speed, sign in (("quick", "<"), ("slow", ">=")):
        good, error = share(
            *town.row(
                f"""select count(*) filter ("Satisfaction Score" = 'Good'), count(*) from tickets
                where "Satisfaction Score" in ('Good', 'Bad')
                and "First reply time in minutes" {sign} {planted["quick_minutes"]}"""
            )
        )
        assert good == pytest.approx(planted["good_share"][speed], abs=4 * error)


def test_invoices_are_late_and_disputed_as_often_as_planted(town):
    planted = town.truth["systems"]["organisations"]
    late, error = share(
        *town.row(
            """select count(*) filter (coalesce(paid_on > due_on, true)), count(*) from invoices
            where due_on <= date '2026-11-20'"""
        )
    )
    assert late == pytest.approx(planted["late_share"], abs=4 * error)
    disputed, error = share(
        *town.row("select (select count(*) from disputes), (select count(*) from invoices)")
    )
    assert disputed == pytest.approx(planted["disputed_share"], abs=4 * error)


def test_organisations_buy_gifts_as_much_oftener_in_winter_as_planted(town):
    """Odds, because other seasons move the rest: against what is sold all the year."""
    odds = [
        gifts / others
        for gifts, others in town.rows(
            """select count(*) filter (season = 'winter'), count(*) filter (season = 'all year')
            from invoice_lines join invoices using (invoice_number)
            join products using (product_code)
            group by month(issued_on) in (11, 12, 1) order by month(issued_on) in (11, 12, 1)"""
        )
    ]
    # A product that is drawn twice for an invoice is one line, which takes a little off.
    planted = town.truth["systems"]["organisations"]["in_season_times"]
    assert odds[1] / odds[0] == pytest.approx(planted, rel=0.1)


def test_staff_stay_as_long_as_planted(town):
    """Days worked within the history for each who left: an exponential stay's mean."""
    days = dict(
        town.rows(
            """select department, sum(least(coalesce(left_on, date '2026-11-21'),
                date '2026-11-21') - greatest(hired_on, date '2023-11-21'))
                / count(left_on) from staff group by 1"""
        )
    )
    left = dict(town.rows("select department, count(left_on) from staff group by 1"))
    assert set(days) == set(DEPARTMENTS)
    for department, mean in town.truth["systems"]["staff"]["mean_stay_days"].items():
        # A stay is a whole number of days: half a day more.
        assert days[department] == pytest.approx(mean + 0.5, rel=4 / sqrt(left[department]))
