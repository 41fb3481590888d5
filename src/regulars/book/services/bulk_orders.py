"""Orders by the thousand: customers, products, orders, lines and events, set by set.

Takes order lines as `book.staged.ORDER_LINES` says, sorted by order. Each chunk of whole orders is
one transaction: copied to a temporary table, then posted by a few statements, whatever its size.
Gives counts of rows: read = new + same + changed + refused. Handing over the same rows again
changes nothing; an order that its source tells otherwise than before goes through `place_order`,
which is the one place that knows what a change means. What was not killed before its commit stays,
so a run that was cut off is simply run again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from django.db import connection

from regulars.book.kept import Outcome
from regulars.book.models import Category, Customer, Identity, Product
from regulars.book.models.customer import IdentityKind
from regulars.book.services.lawful import AgainstTheRules, lawful
from regulars.book.services.orders import place_order
from regulars.book.staged import chunks, with_ids
from regulars.book.told import LineTold, OrderTold
from regulars.kit.errors import Refusal

ROWS = 5000  # in one transaction: readers of the timeline wait for the longest

STAGE = """
DROP TABLE IF EXISTS staged_line;
CREATE TEMPORARY TABLE staged_line (
  order_key text, customer_key text, customer_name text,
  placed_at timestamptz, cancelled_at timestamptz,
  channel text, branch text, currency text, tax_minor bigint, shipping_minor bigint,
  product_code text, product_name text, category_code text,
  quantity numeric, unit_price_minor bigint, gross_minor bigint, discount_minor bigint, coupon text,
  n_rows bigint, found_customer text,
  position smallint, order_id uuid, customer_id uuid, identity_id uuid, product_id uuid
) ON COMMIT DROP
"""
# What the planner needs in order not to read whole tables for a few thousand rows.
KNOW_STAGED = "ANALYZE staged_line; SET LOCAL random_page_cost = 1"

# Takes the staged customers; adds those as whom nobody in the book is known, with the event. Who
# else adds the same one at this moment is waited for. The identity comes first, because it decides;
# its customer is looked for at the commit.
CUSTOMERS = """
WITH fresh AS (
  INSERT INTO book_identity (id, customer_id, kind, source, value)
  SELECT DISTINCT ON (customer_key) identity_id, customer_id, %(kind)s, %(known_at)s, customer_key
    FROM staged_line WHERE customer_key IS NOT NULL AND found_customer IS NULL
    ORDER BY customer_key
  ON CONFLICT (kind, source, value) DO NOTHING
  RETURNING customer_id
), made AS (
  INSERT INTO book_customer (id, kind, relationship, name, language)
  SELECT DISTINCT ON (customer_id) customer_id, 'person', 'consumer', customer_name, ''
    FROM fresh JOIN staged_line USING (customer_id) ORDER BY customer_id, customer_name DESC
  RETURNING id
)
INSERT INTO book_event
  (kind, customer_id, channel, subject, currency, codes, occurred_at, source, source_key)
SELECT 'customer.made', id, '', '', '', '{"kind": "person", "relationship": "consumer"}',
    now(), %(source)s, 'customer:' || id
  FROM made
"""

# Asked for each order: as a join, it would read everybody who is known.
CUSTOMER = """coalesce(found_customer::uuid, (SELECT customer_id FROM book_identity
        WHERE kind = %(kind)s AND source = %(known_at)s AND value = customer_key))"""

# Takes the staged rows; adds the orders the book does not hold, with their lines and events, and
# gives the number of rows that were posted so.
ORDERS = f"""
WITH told AS (
  SELECT order_id, order_key, min(customer_key) AS customer_key,
      min(found_customer) AS found_customer, min(placed_at) AS placed_at,
      max(cancelled_at) AS cancelled_at, min(channel) AS channel, min(branch) AS branch,
      min(currency) AS currency, sum(gross_minor) AS gross_minor,
      sum(discount_minor) AS discount_minor, sum(tax_minor) AS tax_minor,
      sum(shipping_minor) AS shipping_minor
    FROM staged_line GROUP BY order_id, order_key
), made AS (
  INSERT INTO book_order (id, customer_id, status, channel, branch, placed_at, currency,
      gross_minor, discount_minor, tax_minor, shipping_minor, version, source, source_key)
  SELECT order_id, {CUSTOMER},
      CASE WHEN cancelled_at IS NULL THEN 'placed' ELSE 'cancelled' END,
      channel, branch, placed_at, currency, gross_minor, discount_minor, tax_minor,
      shipping_minor, CASE WHEN cancelled_at IS NULL THEN 1 ELSE 2 END, %(source)s, order_key
    FROM told ORDER BY order_key
  ON CONFLICT (source_key, source) DO NOTHING
  RETURNING *
), lines AS (
  INSERT INTO book_orderline (order_id, position, product_id, quantity, unit_price_minor,
      gross_minor, discount_minor, coupon)
  SELECT order_id, position, product_id, quantity, unit_price_minor, staged_line.gross_minor,
      staged_line.discount_minor, coupon
    FROM staged_line JOIN made ON made.id = order_id
  RETURNING order_id, position
), events AS (
  INSERT INTO book_event (kind, customer_id, channel, subject, subject_id, amount_minor, currency,
      codes, occurred_at, source, source_key)
  SELECT what.kind, made.customer_id, made.channel, 'order', made.id, made.net_minor,
      made.currency, '{{}}', what.at, made.source, 'order:' || made.source_key || ':' || nth
    FROM made JOIN told ON told.order_id = made.id CROSS JOIN LATERAL (VALUES
      ('order.placed', made.placed_at, 1), ('order.cancelled', told.cancelled_at, 2)
    ) AS what (kind, at, nth)
    WHERE what.at IS NOT NULL ORDER BY made.source_key, nth
)
SELECT coalesce(sum(n_rows), 0)::bigint FROM lines JOIN staged_line USING (order_id, position)
"""

# Takes the staged rows; gives the keys of orders that the book holds otherwise.
CHANGED = f"""
WITH told AS (
  SELECT staged_line.*, there.id AS there_id
    FROM staged_line JOIN book_order there
      ON there.source_key = order_key AND there.source = %(source)s AND there.id <> order_id
), head AS (
  SELECT there_id, order_key, min(customer_key) AS customer_key,
      min(found_customer) AS found_customer, min(placed_at) AS placed_at,
      max(cancelled_at) AS cancelled_at, min(channel) AS channel, min(branch) AS branch,
      min(currency) AS currency, sum(tax_minor) AS tax_minor, sum(shipping_minor) AS shipping_minor,
      count(*) AS n_lines
    FROM told GROUP BY there_id, order_key
)
SELECT order_key FROM head JOIN book_order there ON there.id = there_id
  WHERE (head.placed_at, head.channel, head.branch, head.currency, head.tax_minor,
         head.shipping_minor, coalesce({CUSTOMER}, there.customer_id))
      IS DISTINCT FROM
        (there.placed_at, there.channel, there.branch, there.currency, there.tax_minor,
         there.shipping_minor, there.customer_id)
    OR (head.cancelled_at IS NOT NULL AND there.status = 'placed')
    OR head.n_lines <> (SELECT count(*) FROM book_orderline WHERE order_id = there_id)
UNION
SELECT order_key FROM told LEFT JOIN book_orderline line
    ON line.order_id = there_id AND line.position = told.position
  WHERE (told.product_id, told.quantity, told.unit_price_minor, told.gross_minor,
         told.discount_minor, told.coupon)
      IS DISTINCT FROM
        (line.product_id, line.quantity, line.unit_price_minor, line.gross_minor,
         line.discount_minor, line.coupon)
"""


@dataclass
class Posted:
    """What became of the rows, counted; and the orders that were refused, with the reason."""

    n_new: int = 0
    n_same: int = 0
    n_changed: int = 0
    refused: list[tuple[str, int, Refusal]] = field(default_factory=list)  # order, its rows, why

    @property
    def n_refused(self) -> int:
        """Rows of the orders that were refused."""
        return sum(n for _, n, _ in self.refused)

    @property
    def n_read(self) -> int:
        """All rows."""
        return self.n_new + self.n_same + self.n_changed + self.n_refused


@dataclass(frozen=True, kw_only=True)
class OrderSource:
    """Where orders come from, and by what it knows the customers."""

    name: str
    customers_by: IdentityKind = IdentityKind.EXTERNAL

    @property
    def facts(self) -> dict[str, str]:
        """As the statements take them."""
        external = self.customers_by is IdentityKind.EXTERNAL
        known_at = self.name if external else ""
        return {"source": self.name, "kind": self.customers_by.value, "known_at": known_at}


def post_orders(lines: pa.RecordBatchReader, *, source: OrderSource) -> Iterator[Posted]:
    """Post order lines chunk by chunk; after each commit gives the counts so far."""
    posted = Posted()
    for chunk in chunks(lines, about=ROWS):
        _post(chunk, source, posted)
        yield posted


def _post(chunk: pa.Table, source: OrderSource, posted: Posted) -> None:
    """Post whole orders; where one breaks a rule, halve until it is found and refused alone."""
    keys = chunk["order_key"]
    try:
        with lawful(f"{source.name} {keys[0]}"):
            n_new, changed = _post_at_once(with_ids(chunk), source)
    except AgainstTheRules as refusal:
        half = _middle(keys)
        if half == 0:
            posted.refused.append((keys[0].as_py(), _n_rows(chunk), refusal))
            return
        _post(chunk.slice(0, half), source, posted)
        _post(chunk.slice(half), source, posted)
        return
    posted.n_new += n_new
    posted.n_same += _n_rows(chunk) - n_new
    if changed:
        differ = pc.is_in(keys, value_set=pa.array(sorted(changed)))
        _change(chunk.filter(differ), source, posted)


def _n_rows(lines: pa.Table) -> int:
    """How many rows of the source the lines stand for."""
    return int(pc.sum(lines["n_rows"].fill_null(1)).as_py())


def _middle(keys: pa.ChunkedArray) -> int:
    """Where to cut between two orders, near the middle; 0 where there is only one order."""
    begins = pc.index(keys, keys[len(keys) // 2]).as_py()
    if begins:
        return int(begins)
    return max(0, int(pc.index(pc.greater(keys, keys[0]), value=True).as_py()))


def _post_at_once(staged: pa.Table, source: OrderSource) -> tuple[int, set[str]]:
    """Rows of orders that are new, and keys of orders that are known otherwise."""
    products = product_ids(staged, source.name)
    codes = staged["product_code"].combine_chunks().dictionary_encode()
    found = pa.array([products[code] for code in codes.dictionary.to_pylist()], pa.string())
    staged = staged.append_column("product_id", found.take(codes.indices))
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        columns = ", ".join(staged.column_names)
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY staged_line ({columns}) FROM STDIN (FORMAT csv)") as copy,
        ):
            copy.write(_csv(staged))
        cursor.execute(KNOW_STAGED)
        cursor.execute(CUSTOMERS, source.facts)
        cursor.execute(ORDERS, source.facts)
        n_new: int = cursor.fetchone()[0]
        changed: set[str] = set()
        if n_new < _n_rows(staged):
            cursor.execute(CHANGED, source.facts)
            changed = {key for (key,) in cursor.fetchall()}
    return n_new, changed


def _csv(table: pa.Table) -> bytes:
    """As COPY reads it: a NULL is nothing at all, an empty text is quoted."""
    written = pa.BufferOutputStream()
    pa_csv.write_csv(table, written, pa_csv.WriteOptions(include_header=False))
    text: bytes = written.getvalue().to_pybytes()
    return text


def product_ids(told_lines: pa.Table, source: str) -> dict[str, str]:
    """The id of each product by its code; products the book does not hold are added."""
    told = (
        told_lines.select(["product_code", "product_name", "category_code"])
        .filter(pc.is_valid(told_lines["product_code"]))
        .group_by("product_code")
        .aggregate([("product_name", "max"), ("category_code", "max")])
        .sort_by("product_code")
        .to_pylist()
    )
    codes = [row["product_code"] for row in told]
    known = _ids_by_code(Product, codes, source)
    fresh = [row for row in told if row["product_code"] not in known]
    if not fresh:
        return known
    shelves = sorted({row["category_code_max"] for row in fresh} - {None})
    Category.objects.bulk_create(
        [Category(source=source, code=code, name=code) for code in shelves],
        ignore_conflicts=True,
    )
    categories = _ids_by_code(Category, shelves, source)
    Product.objects.bulk_create(
        [
            Product(
                source=source,
                code=row["product_code"],
                name=row["product_name_max"] or "",
                category_id=categories.get(row["category_code_max"]),
            )
            for row in fresh
        ],
        ignore_conflicts=True,
    )
    return _ids_by_code(Product, codes, source)


def _ids_by_code(
    kind: type[Product] | type[Category], codes: Sequence[str], source: str
) -> dict[str, str]:
    found = kind._default_manager.filter(source=source, code__in=codes)
    return {code: str(pk) for code, pk in found.values_list("code", "pk")}


def _change(rows: pa.Table, source: OrderSource, posted: Posted) -> None:
    """Bring known orders up to what their source tells now, each in a transaction of its own."""
    codes = pc.unique(rows["product_code"].drop_null()).to_pylist()
    found = Product.objects.filter(source=source.name, code__in=codes)
    products = {product.code: product for product in found}
    for key, told in groupby(rows.to_pylist(), itemgetter("order_key")):
        lines = list(told)
        n_rows = sum(line["n_rows"] or 1 for line in lines)
        posted.n_same -= n_rows
        try:
            kept = place_order(_order_told(lines, source, products), by=None)
        except Refusal as refusal:
            posted.refused.append((key, n_rows, refusal))
            continue
        if kept.outcome is Outcome.SAME:
            posted.n_same += n_rows
        else:
            posted.n_changed += n_rows


def _order_told(
    rows: Sequence[dict[str, Any]], source: OrderSource, products: dict[str, Product]
) -> OrderTold:
    first = rows[0]
    return OrderTold(
        source=source.name,
        source_key=first["order_key"],
        placed_at=first["placed_at"],
        currency=first["currency"],
        customer=_customer(first, source),
        channel=first["channel"] or "",
        branch=first["branch"] or "",
        tax_minor=sum(row["tax_minor"] or 0 for row in rows),
        shipping_minor=sum(row["shipping_minor"] or 0 for row in rows),
        cancelled_at=first["cancelled_at"],
        lines=[
            LineTold(
                gross_minor=row["gross_minor"],
                quantity=row["quantity"],
                unit_price_minor=row["unit_price_minor"],
                discount_minor=row["discount_minor"] or 0,
                product=products.get(row["product_code"]),
                coupon=row["coupon"] or "",
            )
            for row in rows
        ],
    )


def _customer(row: dict[str, Any], source: OrderSource) -> Customer | None:
    if row["found_customer"]:
        return Customer.objects.get(pk=row["found_customer"])
    facts = source.facts
    known = Identity.objects.filter(
        kind=facts["kind"], source=facts["known_at"], value=row["customer_key"] or ""
    )
    identity = known.select_related("customer").first()
    return identity.customer if identity else None
