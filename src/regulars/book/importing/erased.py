"""Rows of people who were erased: what the book holds of them stays nobody's."""

import duckdb

from regulars.book.models import Erasure, Event, Order

_KEYS = ("external", "email", "phone", "card", "name")


def forget_in_orders(con: duckdb.DuckDBPyConnection, source: str) -> None:
    """Take out of `order_row` who placed the orders of erased customers."""
    orders = Order.objects.filter(source=source, customer__in=Erasure.objects.values("pk"))
    keys = list(orders.values_list("source_key", flat=True))
    nobody = ", ".join(f"{key} = NULL" for key in _KEYS)
    con.execute(f"UPDATE order_row SET {nobody} WHERE order_key IN (SELECT unnest(?))", [keys])


def drop_records(con: duckdb.DuckDBPyConnection, source: str, event_key: str) -> int:
    """Leave records out of `record` that erased customers had; gives of how many rows they were.

    `event_key` is the form of the key by which the timeline knows such a record.
    """
    events = Event.objects.filter(source=source, customer__in=Erasure.objects.values("pk"))
    held = set(events.values_list("source_key", flat=True))
    if not held:
        return 0
    told = con.sql("SELECT DISTINCT key FROM record").fetchall()
    keys = [key for (key,) in told if event_key.format(key) in held]
    ((n,),) = con.execute("DELETE FROM record WHERE key IN (SELECT unnest(?))", [keys]).fetchall()
    return int(n)
