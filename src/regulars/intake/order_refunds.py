"""What was paid back of orders that stand, told in a column beside their amounts.

Takes the tables `order_row` of `intake.order_rows` and `line` of `intake.order_lines`.
"""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from regulars.intake.order_lines import SORTED, millionths_of, minor, part_of


def make_refunded(con: duckdb.DuckDBPyConnection, *, stand: Sequence[str] = ()) -> None:
    """Make the table `refunded`: of each order, what was paid back of which of its lines.

    What is told of a line is of that line; what is told of an order is spread over its lines by
    what they cost. What is more than the goods is of the shipping, and then of the tax. `stand`
    names orders that came to nothing and stand all the same: all of them was paid back.
    """
    con.register("standing_", pa.table({"order_key": pa.array(stand, pa.string())}))
    standing = "order_key IN (SELECT order_key FROM standing_)"
    con.execute(f"UPDATE line SET cancelled_at = NULL WHERE {standing}")
    ((has_any,),) = con.sql(
        "SELECT coalesce(bool_or(refund > 0 OR is_void), FALSE) FROM order_row"
    ).fetchall()
    con.execute(f"CREATE TABLE refunded AS {_refunded(con, standing)}{'' if has_any else _NONE}")
    con.unregister("standing_")


_NONE = " LIMIT 0"


def _refunded(con: duckdb.DuckDBPyConnection, standing: str) -> str:
    # As the report takes it off: the amount, less the amount without what was refunded.
    millionths = millionths_of(con)
    before, after = (minor(what, millionths) for what in ("refund_of", "(refund_of - refund)"))
    of_row = f"coalesce({before} - {after}, {minor('refund', millionths)})"
    return f"""
        WITH own AS (
            SELECT *, CASE WHEN is_void AND NOT of_order THEN net_minor
                    WHEN nth_item > 1 OR is_head THEN 0 ELSE {of_row} END AS own_minor,
                row_number() OVER (PARTITION BY order_key ORDER BY {SORTED}) AS position
            FROM line WHERE cancelled_at IS NULL
        ), heads AS (
            SELECT order_key, sum({minor("refund", millionths)})::BIGINT AS of_heads
            FROM order_row WHERE is_head GROUP BY ALL
        ), told AS (
            SELECT order_key, sum(net_minor)::BIGINT AS goods,
                sum(shipping_minor)::BIGINT AS asked,
                CASE WHEN {standing} THEN sum(net_minor + shipping_minor + tax_minor)
                    ELSE sum(own_minor) + coalesce(max(of_heads), 0) END::BIGINT AS back,
                bool_and(own_minor <= net_minor AND NOT of_order)
                    AND coalesce(max(of_heads), 0) = 0 AS is_of_lines
            FROM own LEFT JOIN heads USING (order_key) GROUP BY order_key HAVING back > 0
        ), parts AS (
            SELECT order_key, position, placed_at, goods, asked, back,
                CASE WHEN is_of_lines THEN own_minor
                    ELSE {part_of("least(back, goods)", "net_minor")} END AS part
            FROM (
                SELECT *, sum(net_minor) OVER (PARTITION BY order_key ORDER BY position) AS upto
                FROM own JOIN told USING (order_key)
            )
        )
        SELECT order_key, position, placed_at, part,
            least(asked, greatest(back - goods, 0)) AS shipping_minor,
            greatest(back - goods - asked, 0) AS tax_minor
        FROM parts WHERE part > 0 OR (position = 1 AND goods = 0)
    """
