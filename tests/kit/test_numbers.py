"""Figures as each language writes them, checked against CLDR's own conventions."""

from datetime import date

import pytest

from regulars.kit.numbers import Numbers, rounded

EN, ZH, SV = (Numbers(lang, "SEK") for lang in ("en", "zh-hans", "sv"))
NBSP = "\N{NO-BREAK SPACE}"
ON = date(2026, 9, 1)


def test_counts_are_grouped_as_the_language_groups_them():
    assert [words.count(17940) for words in (EN, ZH, SV)] == ["17,940", "17,940", f"17{NBSP}940"]


def test_a_count_that_is_about_so_much_is_rounded():
    assert EN.count(4096, significant=2) == "4,100"


def test_percent_stands_as_the_language_writes_it():
    assert [words.percent(0.31) for words in (EN, ZH, SV)] == ["31%", "31%", f"31{NBSP}%"]


def test_a_share_below_a_tenth_keeps_a_decimal():
    assert (EN.percent(0.032), SV.percent(0.032)) == ("3.2%", f"3,2{NBSP}%")
    assert EN.percent(0) == "0%"


def test_a_range_carries_its_sign_where_the_language_wants_it():
    told = [words.percent_range(0.29, 0.33) for words in (EN, ZH, SV)]
    assert told == ["29 to 33", "29% 到 33%", "29 till 33"]


def test_money_stands_with_the_currency_on_the_language_s_side():
    told = [words.money(8_821_470) for words in (EN, ZH, SV)]
    assert told == [f"SEK{NBSP}88,215", f"SEK{NBSP}88,215", f"88{NBSP}215{NBSP}kr"]


def test_a_symbol_that_is_no_letter_stands_close():
    assert Numbers("en", "GBP").money(8_821_470) == "£88,215"
    assert Numbers("zh-hans", "CNY").money(8_821_470) == "¥88,215"


def test_small_money_keeps_its_coins_and_large_money_does_not():
    assert Numbers("en", "GBP").money(395) == "£3.95"
    assert Numbers("en", "GBP").money(39_500) == "£395"


def test_a_currency_without_coins_has_none():
    assert Numbers("en", "JPY", currency_exponent=0).money(5) == "¥5"


def test_money_of_an_unknown_currency_is_a_bare_number():
    assert Numbers("sv").money(8_821_470, significant=3) == f"88{NBSP}200"


def test_money_below_zero_keeps_its_sign():
    assert Numbers("en", "GBP").money(-50_000) == "-£500"


def test_days_put_the_day_before_the_month_in_english():
    told = [words.day(ON) for words in (EN, ZH, SV)]
    assert told == ["1 Sept 2026", "2026年9月1日", "1 sep. 2026"]


def test_quarters_are_named_as_the_language_names_them():
    told = [words.quarter(ON) for words in (EN, ZH, SV)]
    assert told == ["Q3 2026", "2026年第3季度", "K3 2026"]


def test_from_one_day_to_another():
    told = [words.days(ON, date(2026, 11, 20)) for words in (EN, ZH, SV)]
    assert told == [
        "1 Sept 2026 to 20 Nov 2026",
        "2026年9月1日至2026年11月20日",
        "1 sep. 2026 till 20 nov. 2026",
    ]


def test_months_are_named_as_the_language_names_them():
    assert [words.month(ON) for words in (EN, ZH, SV)] == ["Sept 2026", "2026年9月", "sep. 2026"]


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (0.0, "under 1 in 10"),
        (0.049, "under 1 in 10"),
        (0.05, "1 in 10"),
        (0.149, "1 in 10"),
        (0.632, "6 in 10"),
        (0.95, "9 in 10"),
        (0.951, "over 9 in 10"),
        (1.0, "over 9 in 10"),
    ],
)
def test_odds_are_told_in_tenths_and_never_as_certain(chance, said):
    assert EN.odds(chance) == said


def test_odds_in_chinese_are_tenths_by_name():
    assert ZH.odds(0.6) == "约六成"


def test_a_parameter_keeps_four_figures_whatever_its_size():
    told = [EN.parameter(value) for value in (0.05241, 6.18299, 1614.2, 0)]
    assert told == ["0.05241", "6.183", "1,614", "0.000"]


def test_names_are_listed():
    assert SV.listed(["a.csv", "b.csv"]) == "a.csv och b.csv"


def test_rounding_keeps_the_figures_that_count():
    assert [rounded(value, 3) for value in (88_214, 0.012345, 0, -8_821.4)] == [
        88_200,
        0.0123,
        0,
        -8_820,
    ]
