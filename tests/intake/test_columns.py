"""Columns are found by their headings and values; what is not certain is asked for."""

import pytest

from regulars.intake.names import HEADINGS, heading_rank, plain_heading
from regulars.intake.record_names import RECORD_HEADINGS
from regulars.kit.errors import InputRefused
from tests.intake.histories import read_files, read_text, written

SHOPIFY = """\
Name,Email,Financial Status,Paid at,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Total,\
Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,\
Lineitem sku,Billing Name,Billing Zip,Shipping Name,Source,Id,Refunded Amount
#1001,Ana@example.com,paid,2026-03-01 10:00:00 +0100,,SEK,90.00,10.00,20.00,100.00,,0.00,\
2026-03-01 10:00:00 +0100,1,Mug,40.00,M1,Ana A,21420,Ana A,web,501,0.00
#1001,Ana@example.com,,,,,,,,,,,2026-03-01 10:00:00 +0100,1,Cup,50.00,C1,,,,,,
#1002,bo@example.com,voided,,,SEK,90.00,10.00,20.00,70.00,HI,20.00,\
2026-03-02 23:30:00 +0100,1,Mug,40.00,M1,Bo B,11122,Bo B,web,502,0.00
#1003,ana@example.com,paid,2026-04-01 10:00:00 +0200,,SEK,90.00,10.00,20.00,45.50,,0.00,\
2026-04-01 10:00:00 +0200,1,Mug,40.00,M1,Ana A,21420,Ana A,web,503,0.00
"""


def test_a_shopify_export_counts_each_total_once(tmp_path):
    read = read_text(tmp_path, SHOPIFY)
    assert read.lines() == [
        ("ana@example.com", "2026-03-01", "#1001", 0, True),
        ("ana@example.com", "2026-03-01", "#1001", 10000, True),
        ("ana@example.com", "2026-04-01", "#1003", 4550, True),
        ("bo@example.com", "2026-03-02", "#1002", 0, False),
    ]
    assert read.history.currency == "SEK"
    assert read.note("amount") == "the total of the order, counted once for each order"
    taken = read.taken()
    assert (taken["customer"], taken["when"]) == ("Email", "Created at")
    assert (taken["order"], taken["amount"]) == ("Name", "Total")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "order_id,order_number,order_date,status,customer_id,billing_email,order_total,"
            "shipping_total,cart_discount",
            {"customer": "customer_id", "when": "order_date", "amount": "order_total"},
        ),
        (
            "Date,Time,Category,Item,Qty,SKU,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,"
            "Payment ID,Customer ID,Customer Name,Event Type,Location",
            {"customer": "Customer ID", "amount": "Net Sales", "order": "Transaction ID"},
        ),
        (
            "increment_id,created_at,customer_email,customer_name,grand_total,"
            "order_currency_code,billing_postcode",
            {"customer": "customer_email", "when": "created_at", "amount": "grand_total"},
        ),
        (
            "id,Created (UTC),Amount,Amount Refunded,Currency,Customer ID,Customer Email,Card ID",
            {"customer": "Customer ID", "when": "Created (UTC)", "amount": "Amount"},
        ),
        (
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
            {"customer": "CustomerID", "when": "InvoiceDate", "unit_price": "UnitPrice"},
        ),
        (
            "Kundnr,Kundnamn,Orderdatum,Leveransdatum,Ordernummer,Artikelnr,Antal,Á-pris,Radsumma",
            {"customer": "Kundnr", "when": "Orderdatum", "amount": "Radsumma"},
        ),
        (
            "Kundennummer;Bestelldatum;Lieferdatum;Bestellnummer;Menge;Einzelpreis;Gesamtbetrag",
            {"customer": "Kundennummer", "when": "Bestelldatum", "amount": "Gesamtbetrag"},
        ),
        (
            "会员编号,下单时间,付款时间,订单号,商品名称,数量,单价,实付金额,门店",
            {"customer": "会员编号", "when": "下单时间", "amount": "实付金额"},
        ),
    ],
)
def test_headings_of_common_exports_are_known(tmp_path, header, expected):
    cells = [
        "2026-01-0{0}"
        if "date" in name.lower()
        or "datum" in name.lower()
        or "时间" in name
        or name.startswith(("created", "Created"))
        else "SEK"
        if "currency" in name.lower()
        else "{0}"
        for name in header.replace(";", ",").split(",")
    ]
    rows = "\n".join(",".join(cells).format(n) for n in range(1, 6))
    taken = read_text(tmp_path, header.replace(";", ",") + "\n" + rows + "\n").taken()
    assert {field: taken[field] for field in expected} == expected


def test_headings_come_apart_into_words():
    assert plain_heading("InvoiceNo") == plain_heading("invoice_no") == "invoice no"
    assert plain_heading("Order Date (UTC)") == "order date utc"
    assert plain_heading("customerID") == "customer id"


@pytest.mark.parametrize(
    ("field", "heading"),
    [
        ("when", "Shipping date"),
        ("when", "Date of birth"),
        ("amount", "Billing Zip"),
        ("amount", "Total tax"),
        ("order", "Order date"),
        ("customer", "Customer city"),
        ("status", "payment_type"),
    ],
)
def test_headings_that_only_sound_alike_are_not_taken(field, heading):
    assert heading_rank(field, heading) is None


def test_an_id_is_preferred_to_an_address_and_that_to_a_name(tmp_path):
    text = "Customer name,E-mail,Customer ID,date\nAna,a@x.se,7,2026-01-01\n"
    assert read_text(tmp_path, text).taken()["customer"] == "Customer ID"
    text = "Customer name,E-mail,date\nAna,A@x.se,2026-01-01\nAna B,a@X.se,2026-01-02\n"
    read = read_text(tmp_path, text)
    assert read.taken()["customer"] == "E-mail"
    assert {row[0] for row in read.lines()} == {"a@x.se"}


def test_the_user_says_which_column_is_what_and_which_is_left_out(tmp_path):
    text = "a,b,c,discount\n1,2026-01-01,5.5,1\n"
    read = read_text(
        tmp_path, text, mapping={"customer": "a", "when": "b", "amount": "c", "discount": "-"}
    )
    assert read.lines() == [(1, "2026-01-01", None, 550, True)]
    assert {column.how for column in read.history.columns} == {"mapped"}
    assert read.history.columns_left_out == [("orders.csv", "discount")]


def test_a_field_or_column_that_does_not_exist_is_refused_with_the_nearest(tmp_path):
    text = "Customer ID,date\n1,2026-01-01\n"
    with pytest.raises(InputRefused, match="customer"):
        read_text(tmp_path, text, mapping={"custmer": "Customer ID"})
    with pytest.raises(InputRefused, match="Customer ID"):
        read_text(tmp_path, text, mapping={"customer": "CustomerID"})


@pytest.mark.parametrize(
    ("header", "field"), [("city,date", "customer"), ("customer,city", "when")]
)
def test_a_missing_column_is_refused_with_the_columns_and_what_to_type(tmp_path, header, field):
    with pytest.raises(InputRefused) as refused:
        read_text(tmp_path, f"{header}\nLund,Lund\nLund,Lund\n")
    assert refused.value.code == "missing_column"
    assert f"--map {field}=COLUMN" in str(refused.value)
    assert "city" in str(refused.value)


def test_a_column_of_the_right_name_with_unreadable_values_is_named_with_one_of_them(tmp_path):
    with pytest.raises(InputRefused) as refused:
        read_text(tmp_path, "customer,Order date\n1,late spring\n")
    assert refused.value.code == "unreadable_column"
    assert "“Order date”" in str(refused.value)
    assert "“late spring”" in str(refused.value)


def test_equally_good_columns_are_asked_for_each_with_its_option(tmp_path):
    text = "customer,Order date,Purchase date\n1,2026-01-01,2026-01-02\n"
    with pytest.raises(InputRefused) as refused:
        read_text(tmp_path, text)
    assert refused.value.code == "which_column"
    assert "--map 'when=Order date' / --map 'when=Purchase date'" in str(refused.value)


def test_columns_that_say_the_same_need_no_question(tmp_path):
    text = "customer,Order date,Purchase date\n1,2026-01-01,2026-01-01\n"
    assert read_text(tmp_path, text).taken()["when"] == "Order date"


def test_columns_without_known_headings_are_guessed_from_their_values(tmp_path):
    rows = "".join(f"K{n % 9};{n}.01.2026;{n},5;Lund\n" for n in range(1, 29))
    read = read_text(tmp_path, f"wer;wann;wieviel;wo\n{rows}")
    assert read.taken() == {"customer": "wer", "when": "wann", "amount": "wieviel"}


def test_two_columns_that_could_be_the_customer_are_not_guessed_between(tmp_path):
    rows = "".join(f"K{n % 9};L{n % 7};2026-01-{n:02}\n" for n in range(1, 29))
    with pytest.raises(InputRefused) as refused:
        read_text(tmp_path, f"x;y;when\n{rows}")
    assert refused.value.code == "which_column"


def test_a_heading_whose_values_cannot_be_it_is_passed_over(tmp_path):
    text = "customer,date,created_at\n1,Lund,2026-01-01\n2,Lund,2026-01-02\n"
    assert read_text(tmp_path, text).taken()["when"] == "created_at"


def test_what_was_not_asked_for_is_not_read(tmp_path):
    path = written(
        tmp_path, "customer,date,product,category,channel\n1,2026-01-01,Tea,Drinks,web\n"
    )
    assert read_files(path).lines("product, category, channel") == [(None, None, None)]
    kept = read_files(path, keep=("product", "category", "channel"))
    assert kept.lines("product, category, channel") == [("Tea", "Drinks", "web")]


def test_a_heading_that_comes_twice_with_other_values_is_asked_for(tmp_path):
    text = "customer,date,amount,amount\n17,2026-01-05,12.50,{}\n"
    assert read_text(tmp_path, text.format("12.50")).net() == 1250
    with pytest.raises(InputRefused, match=r"--map 'amount=amount \(2\)'"):
        read_text(tmp_path, text.format("7.00"))
    assert read_text(tmp_path, text.format("7.00"), mapping={"amount": "amount (2)"}).net() == 700


@pytest.mark.parametrize("field", ["customer", "when"])
def test_what_no_report_can_do_without_cannot_be_left_out(tmp_path, field):
    with pytest.raises(InputRefused, match=f"without “{field}”"):
        read_text(tmp_path, "customer,date\n17,2026-01-05\n", mapping={field: "-"})


def test_a_column_that_serves_already_is_not_blamed(tmp_path):
    with pytest.raises(InputRefused, match=r"No column .* recognised as “when”"):
        read_text(tmp_path, "customer,date\n17,2026-01-05\n", mapping={"amount": "date"})


def test_all_columns_are_named_where_none_is_near(tmp_path):
    with pytest.raises(InputRefused, match="Use one of: customer, date, amount"):
        read_text(
            tmp_path, "customer,date,amount\n17,2026-01-05,1.50\n", mapping={"customer": "Kund"}
        )


def test_five_thousand_columns_do_not_fill_the_message(tmp_path):
    with pytest.raises(InputRefused) as refused:
        read_text(tmp_path, ",".join(f"x{n}" for n in range(5000)) + "\n" + "a," * 4999 + "a\n")
    assert len(str(refused.value)) < 700


def test_a_table_wider_than_any_of_orders_is_refused(tmp_path):
    wide = "customer,date,amount," + ",".join(f"x{n}" for n in range(4998))
    with pytest.raises(InputRefused, match=r"orders.csv has 5001 columns") as refused:
        read_text(tmp_path, wide + "\n17,2026-01-05,1.50" + ",1" * 4998 + "\n")
    assert refused.value.code == "too_many_columns"


def test_a_phone_number_is_a_better_customer_than_a_name(tmp_path):
    text = "会员姓名,会员手机号,下单时间,实付金额\n王伟,13800000001,2026-01-05,12.50\n"
    assert read_text(tmp_path, text).taken()["customer"] == "会员手机号"


def test_no_field_of_other_records_is_called_as_one_of_orders():
    assert set(HEADINGS).isdisjoint(RECORD_HEADINGS)
