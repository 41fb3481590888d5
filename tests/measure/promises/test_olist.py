"""The real promises of Olist: what docs/promises.md says of them."""

from datetime import date

import duckdb
import pytest

from regulars.measure.engine import DuckEngine
from regulars.measure.promises import effect_of_breaking, follow
from regulars.measure.verdict import CANNOT_TELL
from tests.support.data import REAL, needs_real_data

pytestmark = needs_real_data
FOLDER = REAL / "olist_partial"


@pytest.fixture
def engine():
    with duckdb.connect() as connection:
        connection.execute(f"""
            create table placed as
            select order_id as promise, customer_unique_id as customer, 'delivery' as kind,
                order_purchase_timestamp::date - date '1970-01-01' as made_day,
                order_estimated_delivery_date::date - date '1970-01-01' as due_day,
                order_delivered_customer_date::date - date '1970-01-01' as kept_day,
                order_status in ('canceled', 'unavailable') and kept_day is null as is_withdrawn,
                not is_withdrawn and coalesce(kept_day > due_day, true) as is_broken,
                case when kept_day > due_day then kept_day - due_day end as days_late,
                value_minor, null::varchar as channel, null::varchar as branch
            from '{FOLDER}/orders_first_9999.parquet'
            join '{FOLDER}/customers_first_9999.parquet' using (customer_id)
            left join (select order_id, round(100 * sum(payment_value)) as value_minor
                from '{FOLDER}/order_payments_full.parquet' group by all) using (order_id);
            create table days as
            select distinct customer, made_day as day from placed where not is_withdrawn""")
        yield DuckEngine(connection)


def test_a_tenth_of_the_orders_cannot_tell_what_a_late_delivery_costs(engine):
    as_of = int(engine.arrays(engine.frame("days"))["day"].max())
    followed = follow(engine.frame("placed"), engine.frame("days"), as_of=as_of, engine=engine)
    found = effect_of_breaking(followed)
    assert followed.n_promises == 1_042
    assert (len(followed), found.n_broken, found.n_kept) == (799, 82, 717)
    assert (found.n_matched, found.n_partners) == (76, 202)
    assert (found.left_out["without_cell"], found.left_out["without_neighbour"]) == (0, 6)
    shares = (found.effect.broken_share, found.effect.kept_share)
    assert [(share.value, share.low) for share in shares] == [(0, 0), (0, 0)]
    assert [share.high for share in shares] == pytest.approx([0.048, 0.024], abs=5e-4)
    difference = found.effect.difference
    assert (difference.low, difference.high) == pytest.approx((-0.024, 0.048), abs=5e-4)
    assert found.effect.ratio.why_not == "nobody_counted"
    assert found.verdict.verdict == CANNOT_TELL
    assert found.is_balanced
    assert (found.due_from, found.due_to) == (date(2016, 11, 30), date(2018, 5, 30))
