"""Real histories, as they are and as other programs would have written them."""

import csv
import random
from decimal import Decimal

import duckdb
import pytest
import xlsxwriter

from tests.intake.histories import read_files
from tests.support.data import REAL, needs_real_data

pytestmark = needs_real_data
CDNOW = REAL / "cdnow" / "cdnow_full.parquet"
YEAR_1 = REAL / "online_retail_ii" / "online_retail_ii_2009_2010.parquet"
YEAR_2 = REAL / "online_retail_ii" / "online_retail_2010_2011.parquet"
CDNOW_FACTS = (69_659, 23_570, 250_031_563)


def facts(read):
    """Rows, customers, net."""
    ((n, customers, net),) = read.con.sql(
        "SELECT count(*), count(DISTINCT customer), CAST(sum(net_minor) AS BIGINT) FROM lines"
    ).fetchall()
    return n, customers, net


def rows_of(path, limit=""):
    return duckdb.sql(f"SELECT * FROM '{path}' {limit}").fetchall()


def test_cdnow_is_read_as_it_is():
    read = read_files(CDNOW)
    assert facts(read) == CDNOW_FACTS
    assert read.history.rows_put_aside == 0
    assert read.taken() == {"customer": "customer_id", "when": "date", "amount": "amount"}


def cdnow_csv(path, *, encoding="utf-8", spoil=0.0):
    """CDNOW with semicolons, decimal commas, days as dd.mm.yyyy; gives how many rows it spoiled."""
    dice = random.Random(7)
    spoiled = {
        "no_date": 0,
        "bad_date": 0,
        "bad_amount": 0,
        "too_few_columns": 0,
        "too_many_columns": 0,
        "unclosed_quote": 0,
    }
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(
            "客户编号;日期;张数;金额\r\n"
            if encoding == "gb18030"
            else "Kundennr;Datum;Stück;Betrag\r\n"
        )
        for customer, day, pieces, amount in rows_of(CDNOW):
            cells = [
                str(customer),
                f"{day:%d.%m.%Y}",
                str(pieces),
                f"{amount:.2f}".replace(".", ","),
            ]
            if dice.random() < spoil:
                reason = dice.choice(list(spoiled))
                spoiled[reason] += 1
                cells = _spoiled(cells, reason)
            file.write(";".join(cells) + "\r\n")
    return {reason: n for reason, n in spoiled.items() if n}


def _spoiled(cells, reason):
    customer, day, pieces, amount = cells
    return {
        "no_date": [customer, "", pieces, amount],
        "bad_date": [customer, "31.02.1997", pieces, amount],
        "bad_amount": [customer, day, pieces, "viel"],
        "too_few_columns": [customer, day],
        "too_many_columns": [*cells, "x"],
        "unclosed_quote": [customer, day, pieces, '"' + amount],
    }[reason]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "gb18030", "utf-16"])
def test_cdnow_with_semicolons_and_decimal_commas_is_the_same(tmp_path, encoding):
    path = tmp_path / "cdnow.csv"
    cdnow_csv(path, encoding=encoding)
    assert facts(read_files(path)) == CDNOW_FACTS


def test_one_percent_of_spoiled_rows_is_put_aside_each_for_its_reason(tmp_path):
    path = tmp_path / "cdnow.csv"
    spoiled = cdnow_csv(path, spoil=0.01)
    read = read_files(path)
    assert sum(spoiled.values()) > 600
    assert read.history.reasons == dict(sorted(spoiled.items(), key=lambda p: (-p[1], p[0])))
    assert read.history.rows_read == CDNOW_FACTS[0]


def test_cdnow_as_a_workbook_is_the_same(tmp_path):
    path = tmp_path / "cdnow.xlsx"
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet, form = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["Customer", "Date", "CDs", "Amount"])
    for n, (customer, day, pieces, amount) in enumerate(rows_of(CDNOW), start=1):
        sheet.write_number(n, 0, customer)
        sheet.write_datetime(n, 1, day, form)
        sheet.write_row(n, 2, [pieces, amount])
    book.close()
    assert facts(read_files(path)) == CDNOW_FACTS


def online_retail_net(path, until=None):
    """Independent of the product: decimals in Python, half-even for each line."""
    where = f"WHERE invoice_date >= '{until}'" if until else ""
    rows = duckdb.sql(f"SELECT quantity, CAST(price AS VARCHAR) FROM '{path}' {where}").fetchall()
    return len(rows), sum(int(round(q * Decimal(p) * 100, 0)) for q, p in rows)


def test_the_two_years_of_online_retail_are_cut_where_they_overlap():
    read = read_files(YEAR_1, YEAR_2)
    n_first, net_first = online_retail_net(YEAR_1)
    n_second, net_second = online_retail_net(YEAR_2, until="2010-12-10")
    ((n, net, n_returned, n_anonymous),) = read.con.sql(
        "SELECT count(*), CAST(sum(net_minor) AS BIGINT), count(*) FILTER (NOT is_purchase), "
        "count(*) FILTER (customer IS NULL) FROM lines"
    ).fetchall()
    assert (n, net) == (n_first + n_second, net_first + net_second)
    assert read.history.reasons == {"repeat": 22_523}
    assert (read.history.rows_returned, read.history.rows_anonymous) == (n_returned, n_anonymous)
    (overlap,) = read.history.repeats
    assert (overlap.first_on.isoformat(), overlap.last_on.isoformat()) == (
        "2010-12-01",
        "2010-12-09",
    )
    columns = "quantity, price, invoice, invoice_date"
    ((n_purchases,),) = duckdb.sql(
        f"SELECT count(*) FROM (SELECT {columns} FROM '{YEAR_1}' UNION ALL "
        f"SELECT {columns} FROM '{YEAR_2}' WHERE invoice_date >= '2010-12-10') "
        "WHERE quantity > 0 AND price > 0 AND coalesce(invoice, '') NOT LIKE 'C%'"
    ).fetchall()
    assert n - n_returned == n_purchases


def test_the_years_the_other_way_round_give_the_same(tmp_path):
    assert facts(read_files(YEAR_2, YEAR_1)) == facts(read_files(YEAR_1, YEAR_2))


def test_online_retail_as_csv_is_the_same(tmp_path):
    path = tmp_path / "retail.csv"
    with path.open("w", encoding="latin-1", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writerow(
            [
                "Invoice",
                "StockCode",
                "Description",
                "Quantity",
                "InvoiceDate",
                "Price",
                "Customer ID",
            ]
        )
        for invoice, code, what, quantity, at, price, customer, _ in rows_of(YEAR_1, "LIMIT 60000"):
            cells = [
                invoice,
                code,
                what,
                quantity,
                f"{at:%d/%m/%Y %H:%M}",
                str(price).replace(".", ","),
                "" if customer is None else f"{customer}.0",
            ]
            writer.writerow(cells)
    read = read_files(path)
    ((n, customers, net),) = duckdb.sql(
        "SELECT count(*), count(DISTINCT customer_id), CAST(sum(round_even(round(quantity * price "
        f"* 1e6) / 1e4, 0)) AS BIGINT) FROM (FROM '{YEAR_1}' LIMIT 60000)"
    ).fetchall()
    assert facts(read) == (n, customers, net)
    assert read.history.rows_put_aside == 0


def test_complete_journey_is_read_with_its_discounts():
    read = read_files(REAL / "complete_journey_even" / "transactions.parquet", keep=("product",))
    assert facts(read) == (742_567, 1_238, 230_305_272)
    assert read.taken()["order"] == "basket_id"
    ((n_discounted, n_products),) = read.con.sql(
        "SELECT count(*) FILTER (is_discounted), count(DISTINCT product) FROM lines"
    ).fetchall()
    assert (
        n_discounted
        == duckdb.sql(
            f"SELECT count(*) FROM '{REAL}/complete_journey_even/transactions.parquet' "
            "WHERE retail_disc <> 0 OR coupon_disc <> 0 OR coupon_match_disc <> 0"
        ).fetchall()[0][0]
    )
    assert n_products > 1_000


def test_the_grocery_log_has_no_amounts():
    read = read_files(REAL / "grocery_btydplus" / "grocery_elog.parquet")
    assert facts(read) == (10_483, 1_525, None)
    assert not read.history.has_amounts


def test_olist_orders_are_joined_with_their_payments():
    folder = REAL / "olist_partial"
    orders, payments = folder / "orders_first_9999.parquet", folder / "order_payments_full.parquet"
    read = read_files(orders, payments)
    ((n_known, net),) = duckdb.sql(
        "SELECT count(*), CAST(sum(CASE WHEN order_status IN ('canceled', 'unavailable') THEN 0 "
        "ELSE round_even(round(payment_value * 1e6) / 1e4, 0) END) AS BIGINT) "
        f"FROM '{payments}' JOIN '{orders}' USING (order_id)"
    ).fetchall()
    assert facts(read) == (9_999 + n_known, 9_999, net)
    assert read.history.rows_read == 9_999 + 103_886
    assert read.history.reasons == {"order_unknown": 103_886 - n_known}
