"""What the book offers to analysts: tables without names, documented column by column.

Each is a view of the schema `analyst`, and a file of `regulars export`. Customers and orders go
under pseudonyms; moments are given to the hour and as days of the company, since an exact moment is
printed on a receipt. Whose data is restricted is in no table, and what they bought is anonymous.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from regulars.book.tables import ORDER_LINES

DESCRIPTION = "tables.json"  # the file that says all this beside the files of an export
SQL_TYPES = {
    pa.string(): "text",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.float64(): "double precision",
    pa.timestamp("us", "UTC"): "timestamptz",
    pa.decimal128(12, 3): "numeric(12,3)",
}


@dataclass(frozen=True)
class Offered:
    """One column: how the database makes it, its type, its unit and what it means."""

    name: str
    type: pa.DataType
    unit: str
    meaning: str
    sql: str


@dataclass(frozen=True)
class OfferedTable:
    """One table; `base` is the table whose rows it has, `of` where its columns come from."""

    name: str
    meaning: str
    base: str
    of: str
    columns: Sequence[Offered]

    @property
    def schema(self) -> pa.Schema:
        """Its columns as Arrow."""
        return pa.schema([(column.name, column.type) for column in self.columns])


_TEXT, _DAY_TYPE, _COUNT, _MINOR = pa.string(), pa.int32(), pa.int32(), pa.int64()
_MOMENT, _FLAG = pa.timestamp("us", "UTC"), pa.bool_()
_DAYS = "days since 1970-01-01"


def _pseudonym(prefix: str, identifier: str) -> str:
    """HMAC-SHA256 (RFC 2104) of an id under the house's key, its first 96 bits."""
    told = f"convert_to('{prefix}:' || ({identifier})::text, 'UTF8')"
    return (
        f'\'{prefix}_\' || left(encode(sha256(keys."outer" || sha256(keys."inner" || {told})),'
        " 'hex'), 24)"
    )


def _day(moment: str) -> str:
    return f"({moment} AT TIME ZONE company.time_zone)::date - date '1970-01-01'"


def _hour(moment: str) -> str:
    return f"date_trunc('hour', {moment}, 'UTC')"


_COMMON = " CROSS JOIN company_company company CROSS JOIN book_pseudonymkey keys"
# Each record with the pseudonym of who stands for it; none where the use of the data is restricted.
_WHO = f"""(
  SELECT record.id, restricted.whole IS NOT NULL AS is_restricted,
      CASE WHEN restricted.whole IS NULL
        THEN {_pseudonym("c", "coalesce(record.kept_id, record.id)")} END AS customer
    FROM book_customer record
    CROSS JOIN book_pseudonymkey keys
    LEFT JOIN (
      SELECT DISTINCT coalesce(of_whom.kept_id, of_whom.id) AS whole
        FROM book_restriction restriction
        JOIN book_customer of_whom ON of_whom.id = restriction.customer_id
       WHERE restriction.lifted_at IS NULL
    ) restricted ON restricted.whole = coalesce(record.kept_id, record.id)
) who"""


def _of_everybody(base: str, alias: str) -> str:
    """Rows of everybody; who it was is not told of anonymous sales and of the restricted."""
    return f"{base} {alias} LEFT JOIN {_WHO} ON who.id = {alias}.customer_id{_COMMON}"


def _of_free(base: str, alias: str, more: str = "") -> str:
    """Rows of those alone whose data may be used."""
    return (
        f"{base} {alias} JOIN {_WHO} ON who.id = {alias}.customer_id AND NOT who.is_restricted"
        f"{more}{_COMMON}"
    )


def _customer(meaning: str = "who, joined; the same in every table") -> Offered:
    return Offered("customer", _TEXT, "pseudonym", meaning, "who.customer")


_ANONYMOUS = "who, joined; the same in every table; NULL: an anonymous sale, or restricted"
_ORDER = _pseudonym("o", "bought.id")
_LINES_SQL = {
    "customer": "lines.customer",
    "at": "lines.at",
    "day": "lines.day",
    "order_key": "lines.order_key",
    "net_minor": "lines.net_minor",
    "quantity": "lines.quantity",
    "is_purchase": "lines.is_purchase",
    "is_discounted": "lines.is_discounted",
    "discount_minor": "lines.discount_minor",
    "product": "product.code",
    "category": "category.code",
    "channel": "nullif(lines.channel, '')",
    "currency": "lines.currency",
}
_LINES_MEANING = {
    "customer": _ANONYMOUS,
    "at": "when it was bought or came back, to the hour",
}
_LINES = f"""(
  SELECT who.customer, {_hour("bought.placed_at")} AS at, {_day("bought.placed_at")} AS day,
      {_ORDER} AS order_key,
      CASE WHEN bought.status = 'placed' THEN line.net_minor ELSE 0 END AS net_minor,
      line.quantity, bought.status = 'placed' AS is_purchase,
      line.discount_minor > 0 OR line.coupon <> '' AS is_discounted, line.discount_minor,
      line.product_id, bought.channel, bought.currency
    FROM book_orderline line
    JOIN book_order bought ON bought.id = line.order_id
    LEFT JOIN {_WHO} ON who.id = bought.customer_id{_COMMON}
  UNION ALL
  SELECT who.customer, {_hour("back.returned_at")}, {_day("back.returned_at")},
      CASE WHEN back.order_id IS NOT NULL THEN {_pseudonym("o", "back.order_id")} END,
      -line.refund_minor, -line.quantity, false, false, 0,
      line.product_id, back.channel, back.currency
    FROM book_returnline line
    JOIN book_return back ON back.id = line.return_id
    LEFT JOIN {_WHO} ON who.id = back.customer_id{_COMMON}
) lines
LEFT JOIN book_product product ON product.id = lines.product_id
LEFT JOIN book_category category ON category.id = product.category_id"""


def _code(name: str, meaning: str, sql: str) -> Offered:
    return Offered(name, _TEXT, "code", meaning, f"nullif({sql}, '')")


def _minor(name: str, meaning: str, sql: str) -> Offered:
    return Offered(name, _MINOR, "minor units", meaning, sql)


def _currency(sql: str) -> Offered:
    return Offered("currency", _TEXT, "ISO 4217", "what the amounts are in", sql)


def _on(name: str, meaning: str, sql: str) -> Offered:
    return Offered(name, _DAY_TYPE, _DAYS, meaning, sql)


def _at(meaning: str, sql: str) -> Offered:
    return Offered("at", _MOMENT, "instant", f"{meaning}, to the hour", _hour(sql))


def _seconds(name: str, meaning: str, sql: str) -> Offered:
    return Offered(name, _MINOR, "seconds", meaning, sql)


TABLES: Sequence[OfferedTable] = (
    OfferedTable(
        "customers",
        "everybody once, whether they bought or not",
        "book_customer",
        f"book_customer kept JOIN {_WHO} ON who.id = kept.id AND NOT who.is_restricted{_COMMON}"
        " LEFT JOIN book_erasure erasure ON erasure.customer_id = kept.id"
        " WHERE kept.kept_id IS NULL",
        (
            _customer(),
            _code("kind", "person or organisation", "kept.kind"),
            _code("relationship", "what they are to the company", "kept.relationship"),
            _code("language", "in which they are written to", "kept.language"),
            _on("known_day", "when they came into the book", _day("kept.made_at")),
            Offered("is_erased", _FLAG, "", "was erased", "erasure.customer_id IS NOT NULL"),
        ),
    ),
    OfferedTable(
        "orders",
        "every order",
        "book_order",
        _of_everybody("book_order", "bought"),
        (
            Offered("order_key", _TEXT, "pseudonym", "the order; the same in order_lines", _ORDER),
            _customer(_ANONYMOUS),
            _at("when it was placed", "bought.placed_at"),
            _on("day", "the same, as a day of the company", _day("bought.placed_at")),
            _code("status", "placed or cancelled", "bought.status"),
            _code("channel", "where it was placed", "bought.channel"),
            _code("branch", "at which branch", "bought.branch"),
            _minor("gross_minor", "goods as priced", "bought.gross_minor"),
            _minor("discount_minor", "what was taken off", "bought.discount_minor"),
            _minor("net_minor", "goods, paid for", "bought.net_minor"),
            _minor("tax_minor", "tax that the prices do not hold", "bought.tax_minor"),
            _minor("shipping_minor", "shipping", "bought.shipping_minor"),
            _currency("bought.currency"),
        ),
    ),
    OfferedTable(
        "order_lines",
        "every line of an order and every return, as measures take them",
        "book_orderline",
        _LINES,
        [
            Offered(
                column.name,
                column.type,
                "pseudonym" if column.name in {"customer", "order_key"} else column.unit,
                _LINES_MEANING.get(column.name, column.meaning),
                _LINES_SQL[column.name],
            )
            for column in ORDER_LINES
        ],
    ),
    OfferedTable(
        "returns",
        "every return",
        "book_return",
        _of_everybody("book_return", "back"),
        (
            _customer(_ANONYMOUS),
            Offered(
                "order_key",
                _TEXT,
                "pseudonym",
                "the order; NULL: not known",
                f"CASE WHEN back.order_id IS NOT NULL THEN {_pseudonym('o', 'back.order_id')} END",
            ),
            _at("when it came back", "back.returned_at"),
            _on("day", "the same, as a day of the company", _day("back.returned_at")),
            _code("reason", "why; NULL: not told", "back.reason"),
            _code("channel", "where it came back", "back.channel"),
            _minor("refund_minor", "paid back for goods", "back.refund_minor"),
            _currency("back.currency"),
        ),
    ),
    OfferedTable(
        "invoices",
        "every invoice",
        "book_invoice",
        _of_everybody("book_invoice", "invoice"),
        (
            _customer(_ANONYMOUS),
            _on("issued_day", "when it was issued", "invoice.issued_on - date '1970-01-01'"),
            _on("due_day", "when it is due", "invoice.due_on - date '1970-01-01'"),
            _on("paid_day", "when it was paid; NULL: not", "invoice.paid_on - date '1970-01-01'"),
            Offered(
                "is_disputed",
                _FLAG,
                "",
                "was disputed, settled or not",
                "EXISTS (SELECT FROM book_dispute WHERE invoice_id = invoice.id)",
            ),
            _minor("amount_minor", "what is asked for", "invoice.amount_minor"),
            _currency("invoice.currency"),
        ),
    ),
    OfferedTable(
        "contacts",
        "every visit, call, chat and e-mail, without words",
        "book_contact",
        _of_free("book_contact", "contact"),
        (
            _customer(),
            _at("when it began", "contact.started_at"),
            _on("day", "the same, as a day of the company", _day("contact.started_at")),
            _code("kind", "visit, call, chat or email", "contact.kind"),
            _code("direction", "in: the customer began; out: the company", "contact.direction"),
            _code("channel", "by what way", "contact.channel"),
            _code("branch", "at which branch", "contact.branch"),
            _seconds("waiting_seconds", "until somebody answered", "contact.waiting_seconds"),
            _seconds("handling_seconds", "work of the company", "contact.handling_seconds"),
            _code("outcome", "how it ended", "contact.outcome"),
        ),
    ),
    OfferedTable(
        "promises",
        "every promise, as it stands",
        "book_promise",
        _of_free("book_promise", "promise"),
        (
            _customer(),
            _code("kind", "what was promised", "promise.kind"),
            _on("made_day", "when it was made", _day("promise.made_at")),
            _on("first_due_day", "when it was first due", _day("promise.first_due_at")),
            _on("due_day", "when it is due now", _day("promise.due_at")),
            _on("kept_day", "when it was kept; NULL: not", _day("promise.kept_at")),
            _seconds(
                "late_seconds",
                "how long after it was due it was kept; 0: in time; NULL: not kept",
                "greatest(0, extract(epoch FROM promise.kept_at - promise.due_at))",
            ),
            Offered(
                "is_withdrawn", _FLAG, "", "was taken back", "promise.withdrawn_at IS NOT NULL"
            ),
            Offered("n_moves", _COUNT, "", "how often its date was moved", "promise.n_moves"),
            Offered("n_breaches", _COUNT, "", "how often it was broken", "promise.n_breaches"),
        ),
    ),
    OfferedTable(
        "consents",
        "every consent given or withdrawn",
        "book_consent",
        _of_free("book_consent", "consent"),
        (
            _customer(),
            _on("day", "when", _day("consent.occurred_at")),
            _code("channel", "for messages by this way", "consent.channel"),
            _code("purpose", "for messages of this purpose", "consent.purpose"),
            Offered("is_given", _FLAG, "", "given; else withdrawn", "consent.is_given"),
            _code("how", "by what act", "consent.how"),
        ),
    ),
    OfferedTable(
        "interests",
        "what customers care for, or do not want",
        "book_interest",
        _of_free("book_interest", "interest"),
        (
            _customer(),
            _code("topic", "a category, or the company's own", "interest.topic"),
            _code("origin", "told or learned", "interest.origin"),
            Offered("is_wanted", _FLAG, "", "wanted; else not", "interest.is_wanted"),
            Offered(
                "strength_share", pa.float64(), "0 to 1", "how sure", "interest.strength_share"
            ),
        ),
    ),
    OfferedTable(
        "events",
        "everything that happened with customers, one after another",
        "book_event",
        _of_free("book_event", "event"),
        (
            _customer(),
            _code("kind", "what happened", "event.kind"),
            _at("when", "event.occurred_at"),
            _on("day", "the same, as a day of the company", _day("event.occurred_at")),
            _code("channel", "by what way", "event.channel"),
            _minor("amount_minor", "the amount of it, where it has one", "event.amount_minor"),
            _currency("nullif(event.currency, '')"),
        ),
    ),
)
