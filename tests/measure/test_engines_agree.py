"""Every table measure gives the same table on both engines, over an example company's history."""

import importlib
import inspect
import math
import pkgutil
from dataclasses import dataclass, fields, is_dataclass

import duckdb
import narwhals as nw
import numpy as np
import pytest

from regulars import measure
from regulars.intake import ReadOptions, read_history
from regulars.measure import (
    backtest,
    baskets,
    card,
    cohorts,
    discounts,
    promises,
    ratios,
    rfm,
    rules,
    season,
    value,
)
from regulars.measure import regulars as who
from regulars.measure.engine import DuckEngine, Engine
from regulars.measure.models import PurchaseModel, fit
from regulars.measure.regulars import Definition
from regulars.measure.spend import credibility
from regulars.measure.state_map import state_map
from regulars.sample import write_company

DEFINITION = Definition()
HORIZON = 90


class Shop:
    """One history in one engine, with the tables that measures build on."""

    def __init__(self, engine: Engine, lines) -> None:
        self.engine, self.lines = engine, lines
        self.days = engine.keep(rfm.customer_days(lines), "days")
        ends = engine.arrays(self.days.select(first=nw.col("day").min(), last=nw.col("day").max()))
        self.first_on, self.as_of = int(ends["first"][0]), int(ends["last"][0])
        self.known = {"as_of": self.as_of, "engine": engine}
        whole = {"as_of": self.as_of, "definition": DEFINITION}
        self.customers = engine.keep(rfm.customers(self.days, **whole), "customers")
        self.visits = engine.keep(rfm.visits(self.days, **whole), "visits")
        self.on_discount = engine.keep(
            discounts.discount_days(lines, as_of=self.as_of), "on_discount"
        )
        self.bought = engine.keep(baskets.bought(lines, as_of=self.as_of), "bought")
        self.strongest = engine.keep(baskets.strongest(self.bought, at_most=20), "strongest")
        self.neighbours = engine.keep(baskets.neighbours(self.strongest), "neighbours")

    @property
    def model(self) -> PurchaseModel:
        cells = self.engine.arrays(rfm.cells(self.customers))
        order = np.lexsort((cells["T"], cells["t_x"], cells["x"]))
        known = {name: cells[name][order] for name in ("x", "t_x", "T")}
        return fit("mbg_nbd", **known, weights=cells["weight"][order])


def some_days(shop, n):
    return np.linspace(shop.first_on, shop.as_of, n).astype(np.int64)


def origins(shop):
    on = backtest.past_origins(first_on=shop.first_on, as_of=shop.as_of, horizon=HORIZON, at_most=2)
    found = backtest.origin_cells(
        shop.days, origins=on, horizon=HORIZON, engine=shop.engine, with_money=True
    )
    return [in_order(each) for each in found]


def evidence(shop):
    found = card.evidence(
        shop.days,
        shop.visits,
        first_on=shop.first_on,
        as_of=shop.as_of,
        horizon=HORIZON,
        engine=shop.engine,
    )
    return found.rhythm, [in_order(each) for each in found.origins]


def in_order(origin):
    """An origin with its cells as sorted rows: engines give them in orders of their own."""
    columns = [getattr(origin, name) for name in (*backtest.CELL, "weight")]
    if origin.money is not None:
        columns += [origin.money.net, origin.money.after]
    rows = sorted(zip(*(column.tolist() for column in columns), strict=True))
    return origin.on, rows, None if origin.money is None else origin.money.spend


def net_value(shop):
    money = shop.engine.arrays(shop.customers.select("n_days", "net_minor", "net_squared"))
    told = shop.customers.with_columns(
        expected=nw.col("n_days") * 0.125, variance=nw.col("n_days") * 0.25
    )
    spend = credibility(money["n_days"], money["net_minor"], money["net_squared"])
    return value.net_value(told, spend, error=(0.2, 6), engine=shop.engine)


def states(shop):
    on = some_days(shop, 5)[2:].tolist()
    return state_map(
        shop.days,
        model=shop.model,
        on=on,
        horizon=HORIZON,
        definition=DEFINITION,
        engine=shop.engine,
    )


def all_rules(shop):
    tables = {"days": shop.days, "customers": shop.customers}
    return rules.rules(shop.lines, **tables, **shop.known)


def promises_at_visits(shop):
    """A delivery promised at each visit and due two days later; every third one came late."""
    is_late = nw.col("day") % 3 == 0
    made = shop.visits.select(
        "customer",
        promise=nw.col("day"),
        kind=nw.lit("delivery"),
        made_day=nw.col("day"),
        due_day=nw.col("day") + 2,
        is_broken=is_late,
        is_withdrawn=nw.lit(False),
        days_late=nw.when(is_late).then(nw.lit(1)),
        value_minor=nw.lit(100),
        channel=nw.lit("web"),
        branch=nw.lit("old-town"),
    )
    followed = promises.follow(made, shop.days, within_days=HORIZON, **shop.known)
    order = np.argsort(followed.columns["customer"])
    return {name: column[order].tolist() for name, column in followed.columns.items()}


MEASURES = {
    "promises.follow": promises_at_visits,
    "rfm.customer_days": lambda shop: shop.days,
    "rfm.customers": lambda shop: shop.customers,
    "rfm.cells": lambda shop: rfm.cells(shop.customers),
    "rfm.visits": lambda shop: shop.visits,
    "regulars.membership_changes": lambda shop: who.membership_changes(
        shop.visits, days=3, window_days=180, engine=shop.engine
    ),
    "regulars.course": lambda shop: who.course(
        shop.visits, definition=DEFINITION, on=some_days(shop, 60), engine=shop.engine
    ),
    "regulars.revenue_share": lambda shop: who.revenue_share(shop.customers, engine=shop.engine),
    "cohorts.retention": lambda shop: cohorts.retention(
        shop.visits, engine=shop.engine, period_days=30, n_periods=12
    ),
    "backtest.origin_cells": origins,
    "card.evidence": evidence,
    "season.rhythm": lambda shop: season.rhythm(shop.visits, engine=shop.engine),
    "state_map.state_map": states,
    "value.net_value": net_value,
    "ratios.totals": lambda shop: ratios.totals(
        shop.customers, part="base_net_minor", whole="n_days", by="is_regular", engine=shop.engine
    ),
    "baskets.bought": lambda shop: shop.bought,
    "baskets.strongest": lambda shop: shop.strongest,
    "baskets.again": lambda shop: baskets.again(shop.bought, at_most=5),
    "baskets.neighbours": lambda shop: shop.neighbours,
    "baskets.new_for_you": lambda shop: baskets.new_for_you(
        shop.bought, shop.strongest, shop.neighbours, engine=shop.engine, at_most=5
    ),
    "discounts.discount_days": lambda shop: shop.on_discount,
    "discounts.customer_discounts": lambda shop: discounts.customer_discounts(shop.on_discount),
    "discounts.dependence": lambda shop: discounts.dependence(
        discounts.customer_discounts(shop.on_discount), engine=shop.engine
    ),
    "discounts.won": lambda shop: discounts.won(shop.on_discount, **shop.known),
    "rules.top_fifth": lambda shop: rules.top_fifth(shop.customers, engine=shop.engine),
    "rules.regulars_bring": lambda shop: rules.regulars_bring(shop.customers, engine=shop.engine),
    "rules.lost_in_a_year": lambda shop: rules.lost_in_a_year(shop.days, **shop.known),
    "rules.several_channels": lambda shop: rules.several_channels(shop.lines, **shop.known),
    "rules.won_by_discount": lambda shop: rules.won_by_discount(shop.on_discount, **shop.known),
    "rules.rules": all_rules,
}


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """The order lines of an example company of 2,000 customers, as measures take them."""
    folder = tmp_path_factory.mktemp("company")
    made = write_company(folder, customers=2000, seed=5, format="parquet")
    path = folder / "lines.parquet"
    with duckdb.connect() as connection:
        kept = ("product", "category", "channel")
        read_history(connection, [made.orders_path], options=ReadOptions(), keep=kept)
        connection.sql(
            "SELECT * REPLACE ((day - DATE '1970-01-01')::INTEGER AS day) FROM lines"
        ).to_parquet(str(path))
    return path


@pytest.fixture(scope="module")
def on_duckdb(history):
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE lines AS FROM '{history}'")
        engine = DuckEngine(connection)
        yield Shop(engine, engine.frame("lines"))


@pytest.fixture(scope="module")
def on_spark(history, spark):
    from regulars.measure.spark import SparkEngine

    engine = SparkEngine(spark)
    yield Shop(engine, engine.read(history))
    spark.catalog.clearCache()


@dataclass(frozen=True)
class Table:
    """A frame fetched: its columns, and its rows in an order that engines share."""

    columns: list
    rows: list

    @classmethod
    def of(cls, frame, engine):
        found = engine.arrays(frame)
        values = [column.tolist() for column in found.values()]
        return cls(list(found), sorted(zip(*values, strict=True), key=_whole_numbers_first))


def _whole_numbers_first(row):
    """Sort by what cannot differ in the last digit."""
    return [str(each) for each in row if not isinstance(each, float)]


def leaves(found, engine):
    """Every value of a result, in order."""
    if isinstance(found, np.ndarray):
        yield from found.ravel().tolist()
    elif is_dataclass(found):
        for each in fields(found):
            yield from leaves(getattr(found, each.name), engine)
    elif isinstance(found, dict):
        for key in sorted(found, key=str):
            yield key
            yield from leaves(found[key], engine)
    elif isinstance(found, (list, tuple)):
        for each in found:
            yield from leaves(each, engine)
    elif hasattr(found, "collect_schema"):
        yield from leaves(Table.of(found, engine), engine)
    else:
        yield found


def is_same(one, other):
    if isinstance(one, float) and isinstance(other, float):
        both_missing = math.isnan(one) and math.isnan(other)
        return both_missing or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


@pytest.mark.parametrize("name", MEASURES)
def test_both_engines_give_the_same(name, on_duckdb, on_spark):
    one = list(leaves(MEASURES[name](on_duckdb), on_duckdb.engine))
    other = list(leaves(MEASURES[name](on_spark), on_spark.engine))
    assert len(one) == len(other)
    assert len(one) > 5
    apart = [pair for pair in zip(one, other, strict=True) if not is_same(*pair)]
    assert apart == []


def test_no_table_measure_is_missing_from_this_comparison():
    found = {
        f"{name.removeprefix('regulars.measure.')}.{function}"
        for name, function in table_measures()
    }
    assert found == set(MEASURES)


def table_measures():
    """Functions that take a frame: of measure's own modules, and what its packages hand out."""
    for module in pkgutil.iter_modules(measure.__path__, "regulars.measure."):
        members = importlib.import_module(module.name)
        shown = getattr(members, "__all__", None)
        for name, function in inspect.getmembers(members, inspect.isfunction):
            is_own = function.__module__ == module.name if shown is None else name in shown
            if is_own and not name.startswith("_") and takes_frame(function):
                yield module.name, name


def takes_frame(function):
    told = inspect.signature(function).parameters.values()
    return any("LazyFrame" in str(parameter.annotation) for parameter in told)
