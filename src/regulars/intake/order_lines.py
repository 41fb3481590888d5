"""Rows of order files put together: lines of orders, what came back, and what was refunded.

Takes the table `order_row` of `intake.order_rows`. Where the total is the order's, what it lacks of
its lines is a discount, spread over them by what they cost; shipping and tax are the order's own,
and what else it holds is kept with the shipping, so that the order comes to its total.
"""

import duckdb
import pyarrow as pa

from regulars.intake.money import exponent_of
from regulars.intake.sources import literal

PARTS = 100_000  # of which a row is made: it may tell several lines, and each takes one at least

_USUAL = 10_000  # millionths of one unit that are a minor unit, in most currencies

# Lines of one order stand in one order of their own, so that a file sorted anew tells the same.
SORTED = (
    "order_key, product_code NULLS LAST, unit_price NULLS LAST, quantity, net, gross, coupon, "
    "file, row, nth_item"
)


def make_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table `line` of all lines of orders, and `back` of all that came back."""
    millionths = millionths_of(con)
    con.execute(
        f"CREATE TABLE back AS SELECT *, {minor('net', millionths)} AS refund_minor "
        "FROM order_row WHERE is_back AND NOT is_head"
    )
    ((has_totals, has_heads, has_items, has_void),) = con.sql(
        "SELECT count(order_total) > 0, coalesce(bool_or(is_head), FALSE), count(items) > 0, "
        "coalesce(bool_or(is_void), FALSE) FROM order_row"
    ).fetchall()
    rows = _with_heads() if has_heads else _BOUGHT
    if has_items:
        rows = _with_items(rows)
    priced = f"""
        SELECT *, {minor("gross", millionths)} AS asked_minor,
            {minor("net", millionths)} AS net_minor,
            {minor("unit_price", millionths)} AS price_minor FROM {rows}
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
        lines = _spread(lines, millionths)
    else:
        lines = (
            "SELECT *, gross_minor - net_minor AS discount_minor, 0::BIGINT AS shipping_minor, "
            f"0::BIGINT AS tax_minor FROM ({lines})"
        )
    con.execute(
        f"CREATE TABLE line AS SELECT *, {_CANCELLED if has_void else 'NULL::TIMESTAMP'} "
        f"AS cancelled_at FROM ({lines})"
    )


_BOUGHT = """(SELECT *, 0 AS nth_item, 1 AS n_items, 0 AS n_heads FROM order_row
        WHERE NOT is_back AND NOT is_head)"""
# An order came to nothing where all of its rows did, or the one that tells its amount.
_CANCELLED = """CASE WHEN bool_and(is_void OR (of_order AND NOT is_counted))
        OVER (PARTITION BY order_key)
        THEN max(coalesce(void_at, placed_at)) OVER (PARTITION BY order_key) END"""


def _with_items(rows: str) -> str:
    """A row for each thing that a row tells of."""
    return f"""(
        SELECT * EXCLUDE item REPLACE (item.code AS product_code, item.name AS product_name,
            coalesce(nullif(abs(item.quantity), 0), 1) AS quantity,
            round(abs(item.gross) / coalesce(nullif(abs(item.quantity), 0), 1), 6) AS unit_price,
            abs(item.gross) AS gross, abs(item.net) AS net, NULL AS order_discount
        ) FROM (
            SELECT * REPLACE (generate_subscripts(items, 1) AS nth_item, len(items) AS n_items),
                unnest(items) AS item FROM {rows} WHERE len(items) > 0
        )
        UNION ALL BY NAME FROM {rows} WHERE coalesce(len(items), 0) = 0
    )"""


def _with_heads() -> str:
    """The lines, and the heads of orders without any; `n_heads` stands on an order's first line."""
    return f"""(
        SELECT l.* REPLACE (
            CASE WHEN row_number() OVER (PARTITION BY l.order_key ORDER BY {SORTED}) = 1
            THEN coalesce(h.n_heads, 0) ELSE 0 END AS n_heads)
        FROM {_BOUGHT} l LEFT JOIN
            (SELECT order_key AS head_key, count(*) AS n_heads FROM order_row WHERE is_head
                GROUP BY ALL) h ON l.order_key = h.head_key
        UNION ALL SELECT *, 0, 1, 0 FROM order_row WHERE is_head AND order_key NOT IN
            (SELECT order_key FROM order_row WHERE NOT is_back AND NOT is_head)
    )"""


def _spread(lines: str, millionths: str) -> str:
    """The lines with their part of the order's discount, and its shipping and tax on the first."""
    total = minor("order_total", millionths)
    return f"""
        WITH line AS ({lines}), told AS (
            SELECT order_key, sum(net_minor)::BIGINT AS goods, max({total}) AS total,
                max({minor("order_discount", millionths)}) AS discount,
                coalesce(max({minor("shipping", millionths)}), 0) AS shipping,
                coalesce(max({minor("tax", millionths)}), 0) AS tax
            FROM line GROUP BY order_key
        ), taken AS (
            SELECT *, CASE WHEN total IS NULL THEN 0 ELSE least(goods, greatest(0, goods - total,
                CASE WHEN discount IS NULL THEN goods + shipping - total ELSE discount END)) END
                AS off
            FROM told
        ), found AS (
            SELECT * EXCLUDE (tax), coalesce(total - goods + off, 0) AS beside,
                CASE WHEN beside >= shipping + tax - 1 THEN least(tax, beside) ELSE 0 END AS tax
            FROM taken
        ), running AS (
            SELECT line.*, goods, off, beside, found.tax AS tax_,
                sum(net_minor) OVER (PARTITION BY order_key ORDER BY {SORTED}) AS upto,
                row_number() OVER (PARTITION BY order_key ORDER BY {SORTED}) AS nth
            FROM line JOIN found USING (order_key)
        )
        SELECT * EXCLUDE (net_minor, goods, off, off_minor, beside, tax_, upto, nth),
            gross_minor - net_minor + off_minor AS discount_minor,
            net_minor - off_minor AS net_minor
        FROM (
            SELECT *, {part_of("off", "net_minor")} AS off_minor,
                CASE WHEN nth = 1 THEN beside - tax_ ELSE 0 END::BIGINT AS shipping_minor,
                CASE WHEN nth = 1 THEN tax_ ELSE 0 END::BIGINT AS tax_minor
            FROM running
        )
    """


def part_of(whole: str, of: str) -> str:
    """SQL: a line's part of a sum, by what it cost; the parts of an order come to the sum."""
    return (
        f"CASE WHEN goods = 0 THEN 0 ELSE round({whole}::DOUBLE * upto / goods) "
        f"- round({whole}::DOUBLE * (upto - {of}) / goods) END::BIGINT"
    )


def millionths_of(con: duckdb.DuckDBPyConnection) -> str:
    """SQL: how many millionths of one unit of a row's currency are a minor unit."""
    codes = [code for (code,) in con.sql("SELECT DISTINCT currency FROM order_row").fetchall()]
    odd = {code: n for code in codes if (n := 10 ** (6 - exponent_of(code))) != _USUAL}
    if not odd:
        return str(_USUAL)
    cases = " ".join(f"WHEN {literal(code)} THEN {n}" for code, n in odd.items())
    return f"CASE currency {cases} ELSE {_USUAL} END"


def minor(value: str, millionths: str) -> str:
    """SQL: a sum as whole minor units, halves to the even one; see `money.minor_units`."""
    return f"CAST(round_even(round({value} * 1e6) / {millionths}, 0) AS BIGINT)"


def lines_reader(
    con: duckdb.DuckDBPyConnection, *, customer: str, found: str
) -> pa.RecordBatchReader:
    """The lines sorted by order, under the names under which the book takes them.

    Takes SQL of what the book knows the customer by, and of the id where they were found before.
    `n_rows` is counted in PARTS.
    """
    return con.sql(f"""
        SELECT order_key, {customer} AS customer_key, name AS customer_name, placed_at,
            cancelled_at, channel, branch, currency, tax_minor, shipping_minor, product_code,
            product_name, category AS category_code, quantity::DECIMAL(12, 3) AS quantity,
            unit_price_minor, gross_minor, discount_minor, coupon,
            CASE WHEN nth_item > 1 THEN 1 ELSE {PARTS} * (1 + n_heads) - (n_items - 1) END::BIGINT
                AS n_rows,
            {found} AS found_customer
        FROM line ORDER BY {SORTED}
    """).to_arrow_reader(100_000)
