"""One person stands in several files, written differently, as often as the truth says."""

import re
import unicodedata
from math import sqrt

import numpy as np
import pyarrow as pa
import pytest

from regulars.sample.systems.persons import typed_phone
from regulars.sample.systems.spellings import FORMS, spellings

FILES = {
    "customers": ("customer_number", "customer_name"),
    "loyalty_cards": ("card_number", "name"),
    "web_accounts": ("account_number", "name"),
    "helpdesk_contacts": ("id", "name"),
    "organisation_people": ("contact_number", "name"),
}


def near(k, n, planted):
    assert k / n == pytest.approx(planted, abs=4 * sqrt(planted * (1 - planted) / n) + 1e-12)


def records(file):
    key, name = FILES[file]
    return f"""(select r.*, {name} as written, t.* from {file} r
        join truth_people t on t.file = '{file}' and t.key = r.{key})"""


@pytest.mark.parametrize("file", FILES)
def test_names_are_written_otherwise_as_often_as_planted(town, file):
    planted = town.truth["systems"]["people"]["records"][file]["name_otherwise_share"]
    told, n = town.row(
        f"select count(*) filter (name_form <> 'same'), count(*) from {records(file)}"
    )
    near(told, n, planted)
    if file != "organisation_people":  # whose strangers have no other record
        seen = town.row(
            f"""select count(*) filter (written <> c.customer_name) from {records(file)} r
                join truth_customers c on c.customer_number = r.person_number"""
        )
        assert seen == (told,)


@pytest.mark.parametrize("file", FILES)
def test_people_stand_twice_and_have_addresses_as_often_as_planted(town, file):
    planted = town.truth["systems"]["people"]["records"][file]
    n, people, emails, phones = town.row(
        f"""select count(*), count(distinct person_number), count(email), count(phone)
            from {records(file)}"""
    )
    near(n - people, people, planted["again_share"])
    near(emails, n, planted["email_share"])
    near(phones, n, planted["phone_share"])


def test_mistyped_addresses_are_as_frequent_as_planted_and_of_nobody(town):
    planted = town.truth["systems"]["people"]["records"]["loyalty_cards"]
    typos, n = town.row(
        f"""select count(*) filter (email_is = 'typo'), count(*) from {records("loyalty_cards")}
            where email_is in ('now', 'typo')"""
    )
    near(typos, n, planted["email_typo_share"])
    assert town.row(
        f"""select count(*) from {records("loyalty_cards")} where email_is = 'typo'
            and lower(email) in (select lower(email) from web_accounts)"""
    ) == (0,)


def test_an_address_that_is_not_mistyped_is_of_one_person_and_a_person_has_at_most_two(town):
    every = " union all ".join(
        f"select person_number, lower(email) as email, email_is from {records(file)}"
        for file in FILES
    )
    assert town.row(
        f"""select max(people) from (select count(distinct person_number) as people
            from ({every}) where email_is in ('now', 'before') group by email)"""
    ) == (1,)
    two, n = town.row(
        f"""select count(*) filter (n = 2), count(*) from (select count(distinct email) as n
            from ({every}) where email_is in ('now', 'before') and person_number < 5000000000
            group by person_number having count(email) >= 2)"""
    )
    assert 0 < two / n < town.truth["systems"]["people"]["changed_email_share"]


def plain_phone(written):
    digits = re.sub(r"\D", "", written)
    return re.sub(r"^(0046|46|0)", "", digits)


def test_shared_phones_are_those_of_two_people_and_as_frequent_as_planted(town):
    held = {}
    for person, phone, phone_is in town.rows(
        "select person_number, phone, phone_is from "
        f"{records('customers')} where phone is not null order by person_number"
    ):
        held.setdefault(plain_phone(phone), []).append((person, phone_is))
    assert {len(people) for people in held.values()} == {1, 2}
    assert all(p[1] == "shared" for people in held.values() if len(people) == 2 for p in people)
    shares = sum(is_ == "shared" for people in held.values() for _, is_ in people)
    n = sum(map(len, held.values()))
    # Every second person may have the phone of the one before: two of a pair share it.
    near(shares / 2, n / 2, town.truth["systems"]["people"]["shared_phone_share"])


def test_calls_show_the_phone_of_the_customer_who_rang(town):
    shown = town.rows(
        f"""select c.phone, r.phone from calls c join {records("customers")} r
            on r.customer_number = c.customer_number
            where c.phone is not null and r.phone is not null"""
    )
    assert len(shown) > 1000
    assert [plain_phone(call) for call, _ in shown] == [plain_phone(own) for _, own in shown]


def test_some_of_an_organisations_people_buy_in_the_shops_too(town):
    known, n = town.row(
        """select count(c.customer_number), count(*) from truth_people t left join customers c
            on c.customer_number = t.person_number where t.file = 'organisation_people'"""
    )
    near(known, n, town.truth["systems"]["organisations"]["private_customer_share"])


def test_every_form_of_a_name_is_another_writing_of_it():
    table = spellings()
    assert table.names.to_pylist() == list(dict.fromkeys(table.names.to_pylist()))
    texts = table.text.to_pylist()
    for i in range(0, len(table.names), 7):
        name = table.names[i].as_py()
        forms = texts[table.first[i] : table.first[i] + table.size[i]]
        assert name not in forms
        assert len(set(forms)) == len(forms) >= 4


@pytest.mark.parametrize(
    ("name", "form", "text"),
    [
        ("Åsa Sjöberg", "plain", "Asa Sjoberg"),
        ("Lars Berg", "nickname", "Lasse Berg"),
        ("Lars Berg", "initial", "L. Berg"),
        ("Lars Berg", "turned", "Berg, Lars"),
        ("Lars Berg", "upper", "LARS BERG"),
        ("Lars Berg", "typo", "Lars Berrg"),
        ("欧阳晓明", "plain", "Xiaoming Ouyang"),
        ("欧阳晓明", "turned", "Ouyang Xiaoming"),
        ("欧阳晓明", "nickname", "阿明"),
        ("李芳", "typo", "黎芳"),
    ],
)
def test_names_are_written_as_people_write_them(name, form, text):
    table = spellings()
    i = int(table.index(pa.array([name]))[0])
    those = slice(table.first[i], table.first[i] + table.size[i])
    written = zip(table.form[those], table.text.to_pylist()[those], strict=True)
    assert text in [each for number, each in written if FORMS[number] == form]


def test_addresses_of_all_names_are_written_in_plain_letters():
    local = spellings().local.to_pylist()
    assert [each for each in local if not re.fullmatch(r"[a-z.]+", each)] == []
    assert all(unicodedata.is_normalized("NFC", each) for each in spellings().names.to_pylist())


def test_a_phone_is_typed_in_five_ways_and_is_the_same_number_in_all():
    typed = typed_phone(np.full(200, 701234567), np.random.default_rng(1)).to_pylist()
    assert set(typed) == {
        "+46701234567",
        "070-123 45 67",
        "0701234567",
        "0046 70 123 45 67",
        "070 1234567",
    }
