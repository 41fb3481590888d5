"""What the example company's broken promises cost is found again by the measure of it."""

from datetime import date

import pytest

from regulars.measure.engine import DuckEngine
from regulars.measure.promises import effect_of_breaking, follow

AS_OF = (date(2026, 11, 20) - date(1970, 1, 1)).days


@pytest.fixture(scope="module")
def engine(town):
    town.con.execute("""
        create view days as select distinct customer_number as customer,
            ordered_at::date - date '1970-01-01' as day
        from orders where quantity > 0 and customer_number is not null;
        create view placed as select order_number, any_value(channel) as channel,
            cast(round(100 * sum(line_total)) as bigint) as value_minor
        from orders group by order_number;
        create view made as select cast(promise_number as varchar) as promise, kind,
            customer_number as customer, channel, null::varchar as branch, value_minor,
            made_at::date - date '1970-01-01' as made_day,
            due_at::date - date '1970-01-01' as due_day,
            withdrawn_at is not null as is_withdrawn,
            withdrawn_at is null and coalesce(kept_at > due_at, true) as is_broken,
            case when kept_at > due_at then kept_at::date - due_at::date end as days_late
        from promises left join placed using (order_number)""")
    return DuckEngine(town.con)


@pytest.mark.parametrize(
    ("kind", "within", "caliper"),
    [("delivery", "month", 0.5), ("call_back", "quarter", 1.0), ("repair", "quarter", 1.0)],
)
def test_what_a_broken_promise_costs_is_found_as_planted(town, engine, kind, within, caliper):
    planted = town.truth["systems"]["promises"]
    promises = engine.connection.sql(f"from made where kind = '{kind}'")
    engine.connection.register(f"made_{kind}", promises)
    followed = follow(
        engine.frame(f"made_{kind}"),
        engine.frame("days"),
        as_of=AS_OF,
        engine=engine,
        within_days=planted["within_days"],
    )
    found = effect_of_breaking(followed, exact=(within, "orders_class"), caliper=caliper)
    assert found.effect.ratio.low < planted[kind]["factor"] < found.effect.ratio.high
    assert found.before.low < 0 < found.before.high
    if kind == "delivery":
        assert found.is_sound
        assert found.n_matched > 0.8 * found.n_broken
        assert found.effect.difference.high < -0.15
        assert found.unseen.limit > 2
