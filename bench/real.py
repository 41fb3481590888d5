"""Real order histories in the engine, refunds and all: what measures of customers are judged on."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw

from regulars.measure import rfm
from regulars.measure.engine import Arrays, DuckEngine
from regulars.measure.models import PurchaseModel, fit
from regulars.measure.regulars import Definition

REAL = Path(__file__).resolve().parents[1].parent / "shared" / "data"

CDNOW = f"""
    select customer_id as customer, date as moment, 100 * amount as net, true as is_purchase
    from '{REAL}/cdnow/cdnow_full.parquet'"""
GROCERY = f"""
    select customer_id as customer, date as moment, 0 as net, true as is_purchase
    from '{REAL}/grocery_btydplus/grocery_elog.parquet'"""
# The second file begins on 2010-12-01, nine days before the first one ends.
RETAIL = f"""
    select customer_id as customer, invoice_date as moment, 100 * quantity * price as net,
           quantity > 0 as is_purchase
    from (
        from '{REAL}/online_retail_ii/online_retail_ii_2009_2010.parquet'
        where invoice_date < date '2010-12-01'
        union all by name
        from '{REAL}/online_retail_ii/online_retail_2010_2011.parquet')
    where price > 0 and customer_id is not null"""
JOURNEY = f"""
    select household_id as customer, transaction_timestamp as moment, 100 * sales_value as net,
           true as is_purchase
    from '{REAL}/complete_journey_even/transactions.parquet'"""
SETS: Mapping[str, tuple[str, int]] = {
    "CDNOW": (CDNOW, 90),
    "Online Retail II": (RETAIL, 90),
    "grocery log": (GROCERY, 90),
    "Complete Journey": (JOURNEY, 30),
}


@dataclass(frozen=True)
class Shop:
    """One history, grouped as the report groups it."""

    engine: DuckEngine
    days: nw.LazyFrame[Any]
    visits: nw.LazyFrame[Any]
    customers: nw.LazyFrame[Any]
    cells: Arrays
    first_on: int
    as_of: int

    @property
    def reference(self) -> PurchaseModel:
        """MBG/NBD of all customers."""
        cells = self.cells
        return fit("mbg_nbd", x=cells["x"], t_x=cells["t_x"], T=cells["T"], weights=cells["weight"])


def shop(query: str) -> Shop:
    """Group a query of customer, moment (a date or a time), net (cents) and is_purchase."""
    connection = duckdb.connect()
    engine = DuckEngine(connection)
    connection.execute(f"""
        create table lines as
        select cast(customer as varchar) as customer,
               cast(moment as date) - date '1970-01-01' as day,
               cast(round(net) as bigint) as net_minor, is_purchase
        from ({query})""")
    days = engine.keep(rfm.customer_days(engine.frame("lines")), "customer_days")
    ends = engine.arrays(days.select(first=nw.col("day").min(), last=nw.col("day").max()))
    first_on, as_of = int(ends["first"][0]), int(ends["last"][0])
    whom = Definition()
    customers = engine.keep(rfm.customers(days, as_of=as_of, definition=whom), "customers")
    visits = engine.keep(rfm.visits(days, as_of=as_of, definition=whom), "visits")
    cells = engine.arrays(rfm.cells(customers))
    return Shop(engine, days, visits, customers, cells, first_on, as_of)
