"""Numbers and money are read exactly as written, or asked for."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.kit.errors import InputRefused
from tests.intake.histories import read_text


def nets_of(folder, *amounts, **options):
    rows = "\n".join(f"{n}\t2026-01-01\t{value}" for n, value in enumerate(amounts, start=1))
    read = read_text(folder, f"customer_id\torder_date\tamount\n{rows}\n", **options)
    return [row[1] for row in read.lines("customer, net_minor")], read


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("12.50", 1250),
        ("12,50", 1250),
        ("1234.5", 123450),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("1 234,50", 123450),
        ("1\u00a0234,50", 123450),
        ("1\u202f234,50", 123450),
        ("1\u2009234,50", 123450),
        ("1'234.50", 123450),
        ("1’234.50", 123450),
        ("1,234,567.89", 123456789),
        ("1.234.567,89", 123456789),
        ("12,34,567.50", 123456750),
        ("€ 12,50", 1250),
        ("12,50 €", 1250),
        ("12,50 kr", 1250),
        ("12,50 kr.", 1250),
        ("£12.50", 1250),
        ("$1,234.50", 123450),
        ("USD 12.50", 1250),
        ("12.50 SEK", 1250),
        ("¥1,200.00", 120000),
        ("12.50元", 1250),
        ("(12.00)", -1200),
        ("($1,234.50)", -123450),
        ("12.50-", -1250),
        ("−12.50", -1250),
        ("-€12.50", -1250),
        ("€-12.50", -1250),
        ("+12.50", 1250),
        ("1.25e3", 125000),
        (".5", 50),
        ("0", 0),
        ("0.005", 0),
        ("0.015", 2),
        ("0.025", 2),
    ],
)
def test_each_usual_form_of_money_is_read(tmp_path, written, minor):
    assert nets_of(tmp_path, written)[0] == [minor]


def test_the_decimal_sign_is_decided_from_the_whole_column(tmp_path):
    assert nets_of(tmp_path, "1,234", "2,5")[0] == [123, 250]
    assert nets_of(tmp_path, "1,234", "2.5")[0] == [123400, 250]
    assert nets_of(tmp_path, "1.234", "2,5")[0] == [123400, 250]


def test_an_undecided_sign_is_asked_for_with_both_readings(tmp_path):
    with pytest.raises(InputRefused) as refused:
        nets_of(tmp_path, "1,234", "5,678")
    assert refused.value.code == "which_decimal"
    assert "1,234 is 1234 or 1.234" in str(refused.value)
    assert "--decimal comma or --decimal point" in str(refused.value)
    assert nets_of(tmp_path, "1,234", decimal="comma")[0] == [123]
    assert nets_of(tmp_path, "1,234", decimal="point")[0] == [123400]


def test_another_column_of_the_file_shows_the_sign(tmp_path):
    text = "customer;order_date;amount;quantity\n1;2026-01-01;1.234;2,5\n"
    assert read_text(tmp_path, text).net() == 123400


@pytest.mark.parametrize("wrong", ["twelve", "12.5.0", "1,23.50", "12abc", "1e15", "inf", "--5-"])
def test_what_is_no_amount_is_put_aside(tmp_path, wrong):
    nets, read = nets_of(tmp_path, "10.25", "3.50", wrong)
    assert nets == [1025, 350]
    assert read.history.reasons == {"bad_amount": 1}
    assert read.put_aside(tmp_path)[0]["row"] == "4"


def test_an_empty_amount_has_its_own_reason(tmp_path):
    _, read = nets_of(tmp_path, "10.25", "", "NaN", "n/a")
    assert read.history.reasons == {"no_amount": 3}


@pytest.mark.parametrize(
    ("currency", "amount", "minor", "exponent"),
    [("JPY", "1200", 1200, 0), ("KWD", "1.234", 1234, 3), ("SEK", "12.5", 1250, 2)],
)
def test_minor_units_follow_the_currency(tmp_path, currency, amount, minor, exponent):
    text = f"customer,order_date,amount,currency\n1,2026-01-01,{amount},{currency.lower()}\n"
    read = read_text(tmp_path, text, decimal="point")
    assert (read.net(), read.history.currency) == (minor, currency)
    assert read.history.currency_exponent == exponent


def test_a_currency_is_found_inside_amounts_and_in_headings(tmp_path):
    assert nets_of(tmp_path, "€ 12,50", "3,00")[1].history.currency == "EUR"
    text = "customer,order_date,Amount (SEK)\n1,2026-01-01,12.50\n"
    assert read_text(tmp_path, text).history.currency == "SEK"


def test_several_currencies_are_asked_for_with_their_counts(tmp_path):
    text = (
        "customer,order_date,amount,currency\n"
        "1,2026-01-01,1.5,EUR\n2,2026-01-01,2.5,EUR\n3,2026-01-01,3.5,SEK\n"
    )
    with pytest.raises(InputRefused, match=r"EUR \(2\), SEK \(1\).*--currency EUR"):
        read_text(tmp_path, text)
    read = read_text(tmp_path, text, currency="EUR")
    assert read.net() == 400
    assert read.history.reasons == {"other_currency": 1}
    with pytest.raises(InputRefused) as refused:
        read_text(tmp_path, text, currency="USD")
    assert refused.value.code == "which_currency"


def test_two_signs_in_one_column_are_two_currencies(tmp_path):
    with pytest.raises(InputRefused) as refused:
        nets_of(tmp_path, "€12.50", "£3.00")
    assert refused.value.code == "which_currency"
    nets, read = nets_of(tmp_path, "€12.50", "£3.00", currency="GBP")
    assert nets == [300]
    assert read.history.reasons == {"other_currency": 1}


cents = st.decimals("-99999", "99999", places=4)


@settings(max_examples=30, deadline=None)
@given(prices=st.lists(cents, min_size=1, max_size=30), quantity=st.integers(1, 999))
def test_quantity_times_price_is_rounded_half_even_as_decimals_are(
    tmp_path_factory, prices, quantity
):
    folder = tmp_path_factory.mktemp("prices")
    rows = "".join(f"{n},2026-01-01,{quantity},{price}\n" for n, price in enumerate(prices))
    text = f"customer_id,order_date,quantity,unit_price\n{rows}"
    read = read_text(folder, text, decimal="point")
    expected = [
        int((price * quantity * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
        for price in prices
    ]
    assert [row[1] for row in read.lines("customer, net_minor")] == expected


def test_a_sign_that_several_currencies_share_is_the_one_asked_for(tmp_path):
    text = "customer,date,amount,currency\n17,2026-01-05,12.50,kr\n"
    assert read_text(tmp_path, text).history.currency is None
    assert read_text(tmp_path, text, currency="SEK").history.currency == "SEK"
    with pytest.raises(InputRefused, match="KR"):
        read_text(tmp_path, text, currency="USD")


@pytest.mark.parametrize(
    ("signs", "asked"), [(("€", "$"), "CAD"), (("$", "¥"), "CNY"), (("US$", "€"), "EUR")]
)
def test_amounts_with_signs_of_several_currencies_are_not_added_up(tmp_path, signs, asked):
    rows = [f"k{n},2026-01-{n + 1:02},{signs[n % 2]}{n + 10}.50" for n in range(8)]
    text = "customer,date,amount\n" + "\n".join(rows) + "\n"
    with pytest.raises(InputRefused) as refused:
        read_text(tmp_path, text)
    assert refused.value.code == "which_currency"
    read = read_text(tmp_path, text, currency=asked)
    assert dict(read.history.reasons) == {"other_currency": 4}
    assert read.net() == 100 * (11 + 13 + 15 + 17) + 200


@pytest.mark.parametrize("signs", [("kr", ":-"), ("元", "¥"), ("€", "")])
def test_signs_that_may_mean_the_same_currency_are_one(tmp_path, signs):
    rows = [f"k{n},2026-01-{n + 1:02},{n + 10}.50 {signs[n % 2]}" for n in range(8)]
    read = read_text(tmp_path, "customer,date,amount\n" + "\n".join(rows) + "\n")
    assert (read.history.rows_put_aside, read.net()) == (0, 100 * sum(range(10, 18)) + 8 * 50)
