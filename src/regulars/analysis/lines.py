"""The book's order lines where measures read them: in DuckDB, as a history like that of files."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from regulars.book.tables import order_lines
from regulars.intake.history import ColumnTaken, History
from regulars.intake.money import exponent_of
from regulars.kit.errors import NothingToMeasure
from regulars.kit.texts import N_

if TYPE_CHECKING:
    import duckdb

_BOOK = "book"
_READ = ("customer", "day", "order_key", "net_minor", "is_purchase", "is_discounted")
_WANTED = (*_READ, "channel", "currency")


@dataclass(frozen=True, slots=True)
class BookLines:
    """The history in the connection's table `lines`, whose customers are numbers.

    The table `people` (number, customer) says who each is. `n_other_currency` lines were left out.
    """

    history: History
    n_other_currency: int


def lines_of_the_book(
    con: "duckdb.DuckDBPyConnection", *, zone: ZoneInfo, currency: str, today: date
) -> BookLines:
    """Read every order line and return up to the last whole day on which anything was recorded.

    Lines in another currency are counted and left out. Raises NothingToMeasure where none is left.
    """
    with order_lines(zone, columns=_WANTED) as reader:
        con.register("from_the_book", reader)
        con.execute(
            "CREATE TABLE read AS SELECT customer::UUID AS customer, day, order_key::UUID AS "
            "order_key, net_minor, is_purchase, is_discounted, channel, currency FROM from_the_book"
        )
    ((n_read, n_other),) = con.execute(
        "SELECT count(*), count(*) FILTER (currency <> $1) FROM read", [currency]
    ).fetchall()
    if n_read == n_other:
        raise _nothing(n_other, currency)
    as_of = _last_whole_day(con, currency, today)
    con.execute(
        "CREATE TABLE people AS SELECT customer, row_number() OVER () AS number "
        "FROM (SELECT DISTINCT customer FROM read WHERE customer IS NOT NULL)"
    )
    # Numbers are grouped and joined at half the price of ids.
    con.execute(
        "CREATE TABLE lines AS SELECT number AS customer, DATE '1970-01-01' + day AS day, "
        "order_key, net_minor, is_purchase, is_discounted, NULL::VARCHAR AS product, "
        "NULL::VARCHAR AS category, channel, NULL::VARCHAR AS name "
        "FROM read LEFT JOIN people USING (customer) WHERE currency = $1 AND day <= $2",
        [currency, (as_of - date(1970, 1, 1)).days],
    )
    con.execute("DROP TABLE read")
    return BookLines(_history(con, as_of, currency), int(n_other))


def _last_whole_day(con: "duckdb.DuckDBPyConnection", currency: str, today: date) -> date:
    """Today is not over: it counts only where there is nothing before it."""
    yesterday = (today - timedelta(days=1) - date(1970, 1, 1)).days
    ((before, ever),) = con.execute(
        "SELECT max(day) FILTER (day <= $2), min(day) FROM read WHERE currency = $1",
        [currency, yesterday],
    ).fetchall()
    return date(1970, 1, 1) + timedelta(days=int(ever if before is None else before))


def _history(con: "duckdb.DuckDBPyConnection", as_of: date, currency: str) -> History:
    ((n, first_on, last_on, anonymous, returned, discounts, channels),) = con.sql(
        "SELECT count(*), min(day), max(day), count(*) FILTER (customer IS NULL), "
        "count(*) FILTER (NOT is_purchase), bool_or(is_discounted), count(channel) FROM lines"
    ).fetchall()
    known = {"discount": discounts, "channel": channels}
    return History(
        files=[_BOOK],
        rows_read=n,
        rows_put_aside=0,
        rows_anonymous=anonymous,
        rows_returned=returned,
        reasons={},
        columns=[
            ColumnTaken(_BOOK, name, name, "mapped") for name, is_there in known.items() if is_there
        ],
        columns_left_out=[],
        repeats=[],
        first_on=first_on,
        last_on=last_on,
        as_of=as_of,
        currency=currency,
        currency_exponent=exponent_of(currency),
        has_amounts=True,
        has_orders=True,
    )


def _nothing(n_other: int, currency: str) -> NothingToMeasure:
    if n_other:
        return NothingToMeasure(
            "other_currencies",
            N_("All {n} order lines are in other currencies than the company’s, {currency}."),
            N_("Look at the company’s currency in the settings."),
            n=n_other,
            currency=currency,
        )
    return NothingToMeasure(
        "no_orders",
        N_("There is no order in the book yet."),
        N_("Bring them in: by regulars import, or by the API."),
    )
