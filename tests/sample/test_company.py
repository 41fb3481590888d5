from datetime import date

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from regulars.kit.errors import InputRefused
from regulars.sample import PLAIN, STORY, write_company
from regulars.sample import company as company_module
from tests.sample.shops import written


def test_the_counts_in_the_truth_are_those_of_the_file(shop):
    counted = shop.ask(
        """select count(distinct customer_number), count(*), count(*) filter (quantity < 0),
            count(*) filter (customer_number is null),
            count(distinct order_number) filter (quantity > 0), sum(line_total * 100)::bigint
        from o"""
    )
    said = shop.truth["written"]
    assert counted == (
        said["customers"],
        said["lines"],
        said["lines_returned"],
        said["lines_anonymous"],
        said["orders"],
        said["net_revenue_minor"],
    )
    assert (shop.company.customers, shop.company.lines) == (600, said["lines"])
    assert min(counted) > 0


def test_the_regulars_in_the_truth_are_those_a_query_counts(shop):
    n, n_base = shop.ask(
        """with days as (select distinct customer_number c, ordered_at::date d from o
            where customer_number is not null and quantity > 0
            and ordered_at::date > date '2026-11-20' - 365),
        each as (select c, count(*) filter (d > date '2026-11-20' - 180) n from days group by c)
        select count(*) filter (n >= 3), count(*) from each"""
    )
    assert (n, n_base) == (shop.truth["regulars"]["n"], shop.truth["regulars"]["n_base"])
    assert shop.truth["regulars"]["definition"] == "3/180d/365d"
    assert shop.truth["regulars"]["share"] == n / n_base


def test_the_truth_per_customer_adds_up_to_the_truth_of_the_whole(shop):
    future = shop.truth["future"]
    assert shop.ask(
        """select sum(is_alive::int), sum(future_purchase_days)::bigint,
            count(*) filter (future_purchase_days > 0), sum(future_net * 100)::bigint from t"""
    ) == (
        shop.truth["alive"],
        future["purchase_days"],
        future["buyers"],
        future["net_revenue_minor"],
    )


def test_only_the_living_buy_after_the_end(shop):
    assert shop.ask("select count(*) from t where future_purchase_days > 0 and not is_alive") == (
        0,
    )


def test_the_file_ends_with_its_last_day_though_life_goes_on(shop):
    assert shop.ask("select max(ordered_at)::date from o") == (date(2026, 11, 20),)
    assert shop.truth["future"]["purchase_days"] > 0


def test_every_line_total_is_quantity_times_price_less_discount(shop):
    assert shop.ask(
        "select count(*) from o where line_total <> quantity * unit_price - discount"
    ) == (0,)
    assert shop.ask("select count(*) > 0 from o where discount > 0") == (True,)


def test_a_customer_has_one_name_and_an_anonymous_sale_has_none(shop):
    assert shop.ask(
        """select max(n) from (select customer_number, count(distinct customer_name) n
            from o group by customer_number)"""
    ) == (1,)
    assert shop.ask(
        "select count(*) from o where (customer_number is null) <> (customer_name is null)"
    ) == (0,)
    assert shop.ask("select count(distinct customer_name) from t") == (600,)


def test_order_numbers_follow_time_without_a_gap(shop):
    assert shop.ask(
        """select min(order_number), max(order_number) - min(order_number) + 1
            - count(distinct order_number), count(*) filter (ordered_at < earlier)
        from (select *, lag(ordered_at) over (order by order_number) earlier from o)"""
    ) == (10_001, 0, 0)


def test_a_return_gives_back_what_was_sold_to_the_same_customer(shop):
    assert shop.ask(
        """select count(*) from o back where quantity < 0 and not exists (select * from o sold where
            sold.customer_number = back.customer_number and sold.product = back.product
            and sold.line_total = -back.line_total and sold.ordered_at < back.ordered_at)"""
    ) == (0,)


def test_the_same_arguments_give_the_same_bytes_and_another_seed_another_shop(tmp_path):
    one, again, other = (
        write_company(tmp_path / name, customers=40, seed=seed)
        for name, seed in (("one", 7), ("again", 7), ("other", 8))
    )
    for path in ("orders_path", "truth_path", "truth_customers_path"):
        first = getattr(one, path).read_bytes()
        assert first == getattr(again, path).read_bytes()
        assert first != getattr(other, path).read_bytes()


def test_csv_and_parquet_hold_the_same_orders(tmp_path):
    csv = write_company(tmp_path / "csv", customers=40, seed=7)
    parquet = write_company(tmp_path / "parquet", customers=40, seed=7, format="parquet")
    table = pq.read_table(parquet.orders_path)
    read = pa_csv.read_csv(
        csv.orders_path,
        convert_options=pa_csv.ConvertOptions(
            column_types=table.schema, strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
    assert read.equals(table)


def test_numbers_go_on_from_one_chunk_of_customers_to_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(company_module, "_CHUNK", 30)
    shop = written(tmp_path, customers=80, seed=2, format="parquet")
    assert shop.ask(
        "select min(customer_number), max(customer_number), count(distinct customer_number) from o"
    ) == (1001, 1080, 80)
    assert shop.ask("select max(order_number) - 10000 - count(distinct order_number) from o") == (
        0,
    )
    assert shop.truth["written"]["customers"] == 80


def test_progress_runs_from_nothing_to_all(tmp_path):
    told = []
    write_company(tmp_path, customers=5, progress=lambda what, done: told.append((what, done)))
    assert told == [("Writing the example company", 0.0), ("Writing the example company", 1.0)]


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"customers": 0}, "customers is 0; an example company needs at least 1."),
        ({"seed": -1}, "seed is -1; an example company needs at least 0."),
        ({"days": 0}, "days is 0; an example company needs at least 1."),
        ({"format": "xlsx"}, "The example company cannot be written as xlsx."),
    ],
)
def test_what_cannot_be_made_is_refused_before_anything_is_written(tmp_path, how, sentence):
    with pytest.raises(InputRefused) as refused:
        write_company(tmp_path / "out", **how)
    assert refused.value.sentences()[0] == sentence
    assert not (tmp_path / "out").exists()


def test_one_customer_on_one_day_is_a_company_too(tmp_path):
    shop = written(tmp_path, customers=1, days=1, as_of=date(2026, 1, 5), format="parquet")
    assert shop.ask("select count(distinct customer_number), min(ordered_at)::date from o") == (
        1,
        date(2026, 1, 5),
    )


@pytest.mark.parametrize(("planted", "prices"), [(STORY, 4), (PLAIN, 1)])
def test_prices_rise_at_the_turn_of_the_year_unless_the_company_is_plain(tmp_path, planted, prices):
    shop = written(tmp_path, customers=150, planted=planted, format="parquet")
    assert shop.ask(
        """select max(n) from (select product, count(distinct unit_price) n, count(distinct
            year(ordered_at)) n_years from o group by product) where n_years = 4"""
    ) == (prices,)
