"""The example company moves in, cut off on the way, and is held beside its truth."""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import duckdb
import pytest
from django.db.models import Sum

from regulars.book.importing.demo import OwnDataHere, begin_demo, load_demo
from regulars.book.models import (
    Affiliation,
    Contact,
    Customer,
    Dispute,
    Event,
    FileImport,
    Identity,
    Invoice,
    JoinSuggestion,
    Order,
    OrderLine,
    Product,
    Promise,
    Return,
)
from regulars.book.queries.suggestions import IS_CONFLICT
from regulars.book.services.search_keys import renew_search_keys
from regulars.book.services.suggesting import suggest_joins_of
from regulars.company.models import Branch, Department, Staff
from regulars.company.queries.company import the_company
from regulars.company.services.example_company import (
    ExampleCompany,
    begin_example_company,
    the_example_company,
)
from regulars.company.services.staff import invite_first_owner
from regulars.jobs.promises import run_deadlines
from regulars.sample import write_company
from tests.support.cast import customer
from tests.support.house_database import on_database
from tests.support.linked import precision_and_recall

EXAMPLE = ExampleCompany(customers=300, seed=1, as_of=date(2026, 6, 30))
NAME = "demo"
ZONE = ZoneInfo("Europe/Stockholm")
# Whose number a file's key is.
REGISTERS = {
    "customers": ("external", "orders"),
    "loyalty_cards": ("card", ""),
    "web_accounts": ("external", "web"),
    "helpdesk_contacts": ("external", "helpdesk"),
    "organisation_people": ("external", "wholesale"),
}


class CutOff(Exception):
    """The house was killed."""


def cut_off_at(file):
    def progress(_what, _done, /, **facts):
        if facts["file"] == file:
            raise CutOff

    return progress


@pytest.fixture(scope="module")
def demo(keeper, migrated, django_db_blocker):
    """The example company in a database of its own, and what it was made of."""
    keeper.execute(f"CREATE DATABASE {NAME} TEMPLATE {migrated} OWNER regulars_owner")
    with django_db_blocker.unblock(), on_database(NAME):
        names = {"name": "Te", "time_zone": ZONE.key, "currency": "SEK"}
        example = begin_example_company(EXAMPLE, **names)
        with pytest.raises(CutOff):
            load_demo(example, progress=cut_off_at("promises"))
        load_demo(example)
        yield example
    keeper.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture(scope="module")
def company(demo, tmp_path_factory):
    """A folder with the files that were brought in, and with what is true of them."""
    folder = tmp_path_factory.mktemp("company")
    write_company(
        folder, customers=demo.customers, seed=demo.seed, as_of=demo.as_of, format="parquet"
    )
    return folder


@pytest.fixture(scope="module")
def files(company):
    """Each file a table of its name."""
    with duckdb.connect() as con:
        for path in company.glob("*.parquet"):
            con.execute(f"CREATE VIEW {path.stem} AS FROM '{path}'")
        yield con


@pytest.fixture(scope="module")
def truth(company):
    return json.loads((company / "truth.json").read_text(encoding="utf-8"))


def midnight_after(day):
    return datetime.combine(day + timedelta(1), datetime.min.time(), ZONE)


def one(files, sql):
    return files.execute(sql).fetchone()


def counted(files, sql):
    return dict(files.execute(sql).fetchall())


def test_every_order_is_there_once_and_its_totals_are_those_of_the_truth(demo, files, truth):
    written = truth["written"]
    numbers = {
        key
        for (key,) in files.execute(
            "SELECT order_number::VARCHAR FROM orders WHERE quantity > 0"
        ).fetchall()
    }
    assert set(Order.objects.values_list("source_key", flat=True)) == numbers
    assert Order.objects.count() == len(numbers) == written["orders"]
    assert OrderLine.objects.count() == written["lines"] - written["lines_returned"]
    sold = Order.objects.aggregate(net=Sum("net_minor"))["net"]
    back = Return.objects.aggregate(back=Sum("refund_minor"))["back"]
    assert sold - back == written["net_revenue_minor"]
    given = one(files, "SELECT sum(discount) * 100 FROM orders WHERE quantity > 0")
    assert (Order.objects.aggregate(given=Sum("discount_minor"))["given"],) == given
    with_offer = OrderLine.objects.exclude(coupon="").count()
    assert (with_offer,) == one(files, "SELECT count(*) FROM offers_used")


def test_orders_stand_where_and_of_whom_they_were_bought(demo, files, truth):
    assert Counter(Order.objects.values_list("branch", flat=True)) == counted(
        files,
        "SELECT if(branch_code = 'web', '', branch_code), count(DISTINCT order_number) FROM orders "
        "JOIN branches USING (channel) WHERE quantity > 0 GROUP BY 1",
    )
    anonymous = one(
        files,
        "SELECT count(DISTINCT order_number) FROM orders WHERE customer_number IS NULL AND "
        "quantity > 0",
    )
    assert (Order.objects.filter(customer=None).count(),) == anonymous
    assert set(Product.objects.values_list("code", "name")) == set(
        files.execute(
            "SELECT DISTINCT product_code, product FROM orders JOIN products USING (product)"
        ).fetchall()
    )


def test_promises_are_kept_and_broken_as_planted(demo, truth):
    run_deadlines(midnight_after(demo.as_of))
    stood = Promise.objects.filter(withdrawn_at=None)
    planted = {
        kind: truth["systems"]["promises"][kind] for kind in ("delivery", "call_back", "repair")
    }
    assert Counter(stood.values_list("kind", flat=True)) == Counter(
        {kind: told["given"] for kind, told in planted.items()}
    )
    broken = stood.exclude(broken_at=None).values_list("kind", flat=True)
    assert Counter(broken) == Counter({kind: told["broken"] for kind, told in planted.items()})
    assert Promise.objects.count() == truth["systems"]["rows"]["promises"]


def test_promises_that_were_moved_tell_both_dates(demo, files):
    moved = "SELECT count(*) FROM promises WHERE moved_at IS NOT NULL"
    assert (Promise.objects.filter(n_moves=1).count(),) == one(files, moved)
    told = files.execute(
        "SELECT first_due_at, moved_at, due_at FROM promises WHERE moved_at IS NOT NULL"
    ).fetchall()
    assert sorted(tuple(at.replace(tzinfo=ZONE) for at in row) for row in told) == sorted(
        Promise.objects.filter(n_moves=1).values_list("first_due_at", "moved_at", "due_at")
    )
    assert Event.objects.filter(kind="promise.moved").count() == len(told)


def test_every_return_invoice_and_dispute_is_there(demo, files):
    sql = "SELECT reason, count(*) FROM returns GROUP BY 1"
    assert Counter(Return.objects.values_list("reason", flat=True)) == counted(files, sql)
    sql = "SELECT count(*), sum(amount) * 100, count(paid_on) FROM invoices"
    total = Invoice.objects.aggregate(total=Sum("amount_minor"))["total"]
    n_paid = Invoice.objects.exclude(paid_on=None).count()
    assert (Invoice.objects.count(), total, n_paid) == one(files, sql)
    sql = "SELECT coalesce(outcome, ''), count(*) FROM disputes GROUP BY 1"
    assert Counter(Dispute.objects.values_list("outcome", flat=True)) == counted(files, sql)


def test_whoever_the_files_tell_of_a_contact_is_met_there(demo, files):
    sql = "SELECT Via <> 'Phone call', count(*) FROM tickets GROUP BY 1"
    from_desk = Contact.objects.exclude(channel__in=("phone", "shop"))
    assert Counter(kind != "call" for kind in from_desk.values_list("kind", flat=True)) == counted(
        files, sql
    )
    visits = Contact.objects.filter(kind="visit")
    assert Counter(visits.values_list("branch", flat=True)) == counted(
        files,
        "SELECT branch_code, count(*) FROM visits LEFT JOIN (SELECT DISTINCT order_number, "
        "customer_number FROM orders) USING (order_number) "
        "WHERE coalesce(card_number, customer_number) IS NOT NULL GROUP BY 1",
    )


def test_organisations_have_their_people_and_the_house_its_own(demo, files):
    organisations = Customer.objects.filter(kind="organisation").values_list("name", flat=True)
    assert set(organisations) == {
        name for (name,) in files.execute("SELECT name FROM organisations").fetchall()
    }
    n_people = FileImport.objects.get(files__0__name="organisation_people.csv")
    assert Affiliation.objects.count() == n_people.n_read - n_people.n_put_aside
    assert set(Branch.objects.values_list("code", flat=True)) == {"haga", "vasagatan"}
    assert Department.objects.count() == 5
    here = set(Staff.objects.filter(is_active=True).values_list("email", flat=True))
    assert here == {
        email
        for (email,) in files.execute("SELECT email FROM staff WHERE left_on IS NULL").fetchall()
    }
    assert not any(person.has_usable_password() for person in Staff.objects.all())
    assert invite_first_owner() is not None  # nobody of them owns the house


def test_a_second_time_changes_nothing(demo):
    before = (
        Event.objects.count(),
        Customer.objects.count(),
        Identity.objects.count(),
        Staff.objects.count(),
    )
    done = load_demo(demo)
    assert done.n_events == before[0]
    after = (
        Event.objects.count(),
        Customer.objects.count(),
        Identity.objects.count(),
        Staff.objects.count(),
    )
    assert after == before
    assert the_example_company() == replace(demo, is_loaded=True)


@pytest.fixture(scope="module")
def registers(demo, files):
    """Of each record of a register whose it is, and of those in the book their customer."""
    held = Identity.objects.values_list("kind", "source", "value", "customer")
    customers = {(kind, source, value): pk for kind, source, value, pk in held}
    sql = "SELECT file, key, person_number FROM truth_people"
    person = {(file, key): number for file, key, number in files.execute(sql).fetchall()}
    owners = {record: customers.get((*REGISTERS[record[0]], str(record[1]))) for record in person}
    return person, {record: owner for record, owner in owners.items() if owner is not None}


def test_records_of_one_person_become_one_customer_by_their_keys(registers, files):
    person, owners = registers
    joined = [pair for pair in combinations(owners, 2) if len({owners[end] for end in pair}) == 1]
    precision, recall = precision_and_recall(joined, person)
    # Without an e-mail or phone in both, as of most pairs that are missed, a name is all there is.
    assert (precision > 0.9, recall > 0.6) == (True, True)
    sql = "SELECT DISTINCT person_number FROM truth_people WHERE phone_is = 'shared'"
    share_a_phone = {number for (number,) in files.execute(sql).fetchall()}
    wrong = {person[end] for pair in joined for end in pair if person[pair[0]] != person[pair[1]]}
    assert wrong - share_a_phone == set()


def test_what_is_suggested_of_the_others_is_mostly_right(registers):
    person, owners = registers
    everybody = set(Customer.objects.values_list("pk", flat=True))
    renew_search_keys(everybody)
    suggest_joins_of(everybody)
    people = defaultdict(set)
    for record, owner in owners.items():
        people[owner].add(person[record])
    suggested = [
        not people[first].isdisjoint(people[second])
        for first, second in JoinSuggestion.objects.exclude(IS_CONFLICT).values_list(
            "first", "second"
        )
        if people[first] and people[second]
    ]
    assert sum(suggested) >= 0.8 * len(suggested) > 0


@pytest.mark.django_db
def test_its_files_end_with_yesterday_where_it_is():
    example = begin_demo(customers=10)
    today = datetime.now(ZONE).date()
    assert timedelta(1) <= today - example.as_of <= timedelta(2)  # midnight may pass meanwhile
    company = the_company()
    told = (company.name, company.time_zone, company.currency)
    assert told == ("Lindqvist Te & Kaffe", "Europe/Stockholm", "SEK")
    assert begin_demo(customers=7) == example


@pytest.mark.django_db
def test_a_house_with_data_of_its_own_is_left_alone():
    customer("Ana")
    with pytest.raises(OwnDataHere):
        begin_demo(customers=10)
    assert the_company().name == ""
