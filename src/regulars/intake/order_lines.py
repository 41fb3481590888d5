"""Rows of order files put together: lines of orders, and what came back.

Takes the table `order_row` of `intake.order_rows`. Where the total is the order's, what it lacks of
its lines is a discount, spread over them by what they cost; shipping and tax are the order's own.
"""

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from regulars.intake.money import exponent_of
from regulars.intake.sources import literal

# Lines of one order stand in one order of their own, so that a file sorted anew tells the same.
_SORTED = (
    "order_key, product_code NULLS LAST, unit_price NULLS LAST, quantity, net, gross, coupon, "
    "file, row"
)


def make_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `line` of all lines of orders, and `back` of all that came back."""
    codes = [code for (code,) in con.sql("SELECT DISTINCT currency FROM order_row").fetchall()]
    whole = _by_currency({code: 10 ** exponent_of(code) for code in codes})
    con.execute(
        f"CREATE TABLE back AS SELECT *, {_minor('net', whole)} AS refund_minor FROM order_row "
        "WHERE is_back AND NOT is_head"
    )
    ((has_totals, has_heads),) = con.sql(
        "SELECT coalesce(bool_or(order_total IS NOT NULL), FALSE), "
        "coalesce(bool_or(is_head), FALSE) FROM order_row"
    ).fetchall()
    rows = "(FROM order_row WHERE NOT is_back AND NOT is_head)"
    if has_heads:
        rows = _with_heads()
    priced = f"""
        SELECT *, {_minor("gross", whole)} AS asked_minor, {_minor("net", whole)} AS net_minor,
            {_minor("unit_price", whole)} AS price_minor FROM {rows}
    """
    lines = f"""
        SELECT *, CASE WHEN asked_minor >= net_minor THEN asked_minor ELSE net_minor END
                AS gross_minor,
            CASE WHEN asked_minor >= net_minor - (quantity + 1) / 2
                AND abs(quantity * price_minor - greatest(asked_minor, net_minor))
                    <= (quantity + 1) / 2 THEN price_minor END AS unit_price_minor
        FROM ({priced})
    """
    if has_totals:
        lines = _spread(lines, whole)
    else:
        lines = (
            "SELECT *, gross_minor - net_minor AS discount_minor, 0::BIGINT AS shipping_minor, "
            f"0::BIGINT AS tax_minor FROM ({lines})"
        )
    con.execute(f"CREATE TABLE line AS {lines}")


def _with_heads() -> str:
    """The lines, and the heads of orders without any; `n_heads` stands on an order's first line."""
    return f"""(
        SELECT l.*, CASE WHEN row_number() OVER (PARTITION BY l.order_key ORDER BY {_SORTED}) = 1
            THEN coalesce(h.n_heads, 0) ELSE 0 END AS n_heads
        FROM (FROM order_row WHERE NOT is_back AND NOT is_head) l LEFT JOIN
            (SELECT order_key AS head_key, count(*) AS n_heads FROM order_row WHERE is_head
                GROUP BY ALL) h ON l.order_key = h.head_key
        UNION ALL SELECT *, 0 FROM order_row WHERE is_head AND order_key NOT IN
            (SELECT order_key FROM order_row WHERE NOT is_back AND NOT is_head)
    )"""


def _spread(lines: str, whole: str) -> str:
    """The lines with their part of the order's discount, and its shipping and tax on the first."""
    total = _minor("order_total", whole)
    return f"""
        WITH line AS ({lines}), told AS (
            SELECT order_key, sum(gross_minor) AS goods, max({total}) AS total,
                max({_minor("order_discount", whole)}) AS discount,
                coalesce(max({_minor("shipping", whole)}), 0) AS shipping,
                coalesce(max({_minor("tax", whole)}), 0) AS tax
            FROM line GROUP BY order_key
        ), found AS (
            SELECT order_key, goods, shipping, tax, total, coalesce(least(discount, goods),
                greatest(0, least(goods, goods + shipping - total)), 0) AS off FROM told
        ), running AS (
            SELECT line.*, found.* EXCLUDE (order_key, shipping, tax), found.shipping AS shipping_,
                found.tax AS tax_,
                sum(gross_minor) OVER (PARTITION BY order_key ORDER BY {_SORTED}) AS upto,
                row_number() OVER (PARTITION BY order_key ORDER BY {_SORTED}) AS nth
            FROM line JOIN found USING (order_key)
        )
        SELECT * , CASE WHEN goods = 0 THEN 0 ELSE
                round(off * upto / goods) - round(off * (upto - gross_minor) / goods) END::BIGINT
                AS discount_minor,
            CASE WHEN nth = 1 THEN shipping_ ELSE 0 END::BIGINT AS shipping_minor,
            CASE WHEN nth = 1 AND total >= goods - off + shipping_ + tax_ - 1 THEN tax_ ELSE 0
                END::BIGINT AS tax_minor
        FROM running
    """


def _by_currency(factors: Mapping[str, int]) -> str:
    """SQL: how many minor units one unit of the row's currency has."""
    odd = {code: n for code, n in factors.items() if n != 100}
    if not odd:
        return "100"
    cases = " ".join(f"WHEN {literal(code)} THEN {n}" for code, n in odd.items())
    return f"CASE currency {cases} ELSE 100 END"


def _minor(value: str, whole: str) -> str:
    """SQL: a sum as whole minor units, halves to the even one; see `money.minor_units`."""
    return f"CAST(round_even(round({value} * 1e6) * {whole} / 1e6, 0) AS BIGINT)"


def lines_reader(
    con: duckdb.DuckDBPyConnection, *, customer: str, found: str
) -> pa.RecordBatchReader:
    """The lines sorted by order, under the names under which the book takes them.

    Takes SQL of what the book knows the customer by, and of the id where they were found before.
    """
    heads = "n_heads" if _has(con, "line", "n_heads") else "0"
    return con.sql(f"""
        SELECT order_key, {customer} AS customer_key, name AS customer_name, placed_at,
            cancelled_at, channel, branch, currency, tax_minor, shipping_minor, product_code,
            product_name, category AS category_code, quantity::DECIMAL(12, 3) AS quantity,
            unit_price_minor, gross_minor, discount_minor, coupon,
            (1 + {heads})::BIGINT AS n_rows, {found} AS found_customer
        FROM line ORDER BY {_SORTED}
    """).to_arrow_reader(100_000)


def _has(con: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    return column in con.sql(f"SELECT * FROM {table} LIMIT 0").columns
