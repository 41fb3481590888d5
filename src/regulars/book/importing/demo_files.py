"""The files of the example company as the import takes them.

Each query gives one file, its columns called by the fields that the import knows. What the files do
not say in a column is said here: that a list of calls holds calls, or which channel a shop is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from regulars.book.importing.asked import Asked
from regulars.intake.sources import literal

# Who knows the customers by numbers of their own.
ORDERS, TILLS, WEB_SHOP, HELP_DESK, WHOLESALE = "orders", "tills", "web", "helpdesk", "wholesale"


@dataclass(frozen=True, slots=True)
class Step:
    """One file of the company: of what kind, whose, and how it is read."""

    file: str
    kind: str
    source: str
    sql: str
    preset: str | None = None


_CHANNEL = "CASE {table}.channel WHEN 'Web shop' THEN 'web' ELSE 'shop' END AS channel"

# Whoever a record is of comes before it.
STEPS: Sequence[Step] = (
    Step(
        "customers",
        "customers",
        ORDERS,
        "SELECT customer_number AS customer_id, customer_name AS name, email, phone, language "
        "FROM customers",
    ),
    Step(
        "loyalty_cards",
        "customers",
        TILLS,
        "SELECT card_number AS card, name, phone, email FROM loyalty_cards",
    ),
    Step(
        "web_accounts",
        "customers",
        WEB_SHOP,
        "SELECT account_number AS customer_id, name, email, phone, language FROM web_accounts",
    ),
    Step(
        "helpdesk_contacts",
        "customers",
        HELP_DESK,
        "SELECT id AS customer_id, name, email, phone, locale AS language FROM helpdesk_contacts",
    ),
    Step(
        "organisations",
        "customers",
        WHOLESALE,
        "SELECT organisation_number AS customer_id, name, email, 'organisation' AS party "
        "FROM organisations",
    ),
    Step(
        "organisation_people",
        "customers",
        WHOLESALE,
        "SELECT contact_number AS customer_id, name, email, phone FROM organisation_people",
    ),
    # What came back stands in a file of its own, which also says of which order it was.
    Step(
        "orders",
        "orders",
        ORDERS,
        'SELECT order_number AS "order", ordered_at AS "when", customer_number AS customer, '
        "product_code AS product, product AS product_name, o.category, quantity, unit_price, "
        "o.discount AS line_discount, line_total AS amount, offer_code AS coupon, "
        f"{_CHANNEL.format(table='o')}, nullif(branch_code, 'web') AS branch, o.currency "
        "FROM orders o JOIN products USING (product) JOIN branches b ON b.channel = o.channel "
        "LEFT JOIN offers_used u USING (order_number, product_code) WHERE quantity > 0 "
        "ORDER BY order_number, product_code",
    ),
    Step(
        "returns",
        "returns",
        ORDERS,
        "SELECT return_number AS return_key, order_number AS order_key, product_code AS product, "
        f"quantity, refund AS paid_back, currency, reason, {_CHANNEL.format(table='returns')}, "
        "returned_at AS returned FROM returns",
    ),
    # By the number they said, else by the phone they called from; of others nobody knows.
    Step(
        "calls",
        "contacts",
        ORDERS,
        "SELECT 'call-' || call_number AS contact_key, 'call' AS contact_kind, direction, "
        "customer_number AS customer_id, CASE WHEN customer_number IS NULL THEN phone END AS phone,"
        " started_at AS started, waiting_seconds AS waiting, handling_seconds AS handling, "
        "'phone' AS channel, outcome, about AS note FROM calls "
        "WHERE customer_number IS NOT NULL OR phone IS NOT NULL",
    ),
    # By the card they showed, else by what they bought.
    Step(
        "visits",
        "contacts",
        ORDERS,
        "SELECT 'visit-' || visit_number AS contact_key, 'visit' AS contact_kind, "
        "card_number AS card, CASE WHEN card_number IS NULL THEN customer_number END AS "
        "customer_id, entered_at AS started, waiting_seconds AS waiting, "
        "handling_seconds AS handling, 'shop' AS channel, branch_code AS branch, outcome "
        "FROM visits LEFT JOIN (SELECT DISTINCT order_number, customer_number FROM orders) "
        "USING (order_number) WHERE card_number IS NOT NULL OR customer_number IS NOT NULL "
        "ORDER BY visit_number",
    ),
    # Those that were moved have two dates, which the import does not take: see demo_beside.
    Step(
        "promises",
        "promises",
        ORDERS,
        "SELECT promise_number AS promise_key, kind AS promise_kind, "
        "customer_number AS customer_id, order_number AS order_key, made_at AS made, "
        "due_at AS due, kept_at AS kept, withdrawn_at AS withdrawn FROM promises "
        "WHERE moved_at IS NULL",
    ),
    Step("tickets", "contacts", HELP_DESK, "FROM tickets", preset="zendesk"),
    Step(
        "invoices",
        "invoices",
        WHOLESALE,
        "SELECT invoice_number AS invoice_key, organisation_number AS customer_id, "
        "issued_on AS issued, due_on AS pay_by, paid_on AS paid, amount AS total, currency "
        "FROM invoices",
    ),
)
# Read beside those of the steps.
_OTHERS = ("branches", "staff", "products", "offers_used", "disputes")


@dataclass(frozen=True)
class CompanyFiles:
    """The files of an example company, in Parquet, and a folder for what is made of them."""

    folder: Path
    made: Path
    con: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def __post_init__(self) -> None:
        """Each file is a table of its name. What is true of the company is not looked at."""
        for name in (*(step.file for step in STEPS), *_OTHERS):
            path = literal(str(self.folder / f"{name}.parquet"))
            self.con.execute(f"CREATE VIEW {name} AS FROM {path}")

    def rows(self, sql: str) -> Sequence[Mapping[str, object]]:
        """What a query gives."""
        told: list[dict[str, object]] = self.con.sql(sql).to_arrow_table().to_pylist()
        return told

    def file_of(self, step: Step) -> tuple[Path, Asked]:
        """A file as somebody would export it, and what is said of it to the import."""
        path = self.made / f"{step.file}.csv"
        query = self.con.sql(step.sql)
        query.write_csv(str(path), header=True)
        if step.preset:
            return path, Asked(source=step.source, preset=step.preset)
        mapping = {column: column for column in query.columns}
        return path, Asked(source=step.source, kind=step.kind, mapping=mapping)
