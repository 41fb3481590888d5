"""The analyst's door: tables without names, and a role that reads nothing else."""

import hashlib
import hmac
import json
import stat
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pyarrow.parquet as pq
import pytest
from django.db import connection

from regulars.book.known import Known
from regulars.book.models import PseudonymKey
from regulars.book.models.consent import ConsentHow
from regulars.book.models.contact import ContactKind
from regulars.book.models.customer import IdentityKind
from regulars.book.models.restriction import RestrictionGround
from regulars.book.offered import TABLES
from regulars.book.services.consents import EVERYTHING, Act, give_consent
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.customers import take_down_customer
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.erasing import erase_customer
from regulars.book.services.exporting import FolderTaken, export_tables
from regulars.book.services.interests import Liking, note_interest
from regulars.book.services.invoices import issue_invoice
from regulars.book.services.joining import join_customers
from regulars.book.services.notes import write_note
from regulars.book.services.offering import drop_views, ensure_views
from regulars.book.services.restricting import lift_restriction, restrict_customer
from regulars.book.tables import ORDER_LINES, order_lines
from regulars.book.told import InvoiceTold
from regulars.company.models import AuditEntry, Company
from regulars.company.queries.access import NotAllowed
from regulars.kit.postgres import Role
from regulars.kit.postgres.passwords import passwords
from tests.book.shop import bought, customer, gave_back, line
from tests.support.cast import told, works_here
from tests.support.crawl import spellings
from tests.support.promised import MADE, promised

pytestmark = pytest.mark.usefixtures("committed")
MARKERS = (
    "Quixandre",
    "zoravell@marker-zq.example",
    "+46709182736",
    "wombatsecret",
    "ORDER-991177",
)
REFUSED = (psycopg.errors.InsufficientPrivilege,)
PLACED = datetime(2026, 3, 1, 23, 30, 17, tzinfo=UTC)


@pytest.fixture
def ana(committed):
    ensure_epoch()
    Company.objects.update(time_zone="Europe/Stockholm")
    ensure_views()
    who = take_down_customer(
        name="Quixandre",
        known_by=[
            Known(IdentityKind.EMAIL, "zoravell@marker-zq.example"),
            Known(IdentityKind.PHONE, "+46709182736"),
        ],
        **told(),
    )
    order = bought([line(discount=1000), line("oolong", "1", 700)], "ORDER-991177", customer=who,
                   placed_at=PLACED)  # fmt: skip
    gave_back(order, (1, "1", 4000))
    bought(key="anonymous")
    bought(key="void", customer=who, cancelled_at=PLACED + timedelta(days=9), placed_at=PLACED)
    write_note(
        note_contact(who, Met(ContactKind.CALL, MADE), **told()), text="wombatsecret", by=None
    )
    give_consent(who, EVERYTHING, Act(ConsentHow.FORM), **told())
    note_interest(who, Liking("tea/green"), **told())
    promised(who)
    issue_invoice(
        InvoiceTold(
            source="books",
            source_key="F1",
            customer=who,
            number="F1",
            issued_on=date(2026, 3, 1),
            due_on=date(2026, 3, 31),
            amount_minor=100,
            currency="SEK",
        ),
        by=None,
    )
    return who


def exported(folder, name="one", asker=None):
    export_tables(asker, folder / name)
    return {table.name: pq.read_table(folder / name / f"{table.name}.parquet") for table in TABLES}


def rows(tables, name):
    return tables[name].to_pylist()


def test_a_pseudonym_is_hmac_sha256_of_the_id_under_the_house_s_key(ana, tmp_path):
    (row,) = (row for row in rows(exported(tmp_path), "customers"))
    key = bytes(byte ^ 0x36 for byte in bytes(PseudonymKey.objects.get().inner))[:32]
    told_ = hmac.new(key, f"c:{ana.pk}".encode(), hashlib.sha256).hexdigest()
    assert row["customer"] == f"c_{told_[:24]}"
    assert row == row | {"kind": "person", "relationship": "consumer", "is_erased": False}


def test_pseudonyms_are_the_same_in_every_table_and_every_export(ana, tmp_path):
    first, second = exported(tmp_path), exported(tmp_path, "two")
    (who,) = {row["customer"] for row in rows(first, "customers")}
    for table in TABLES:
        assert {row["customer"] for row in rows(first, table.name)} <= {who, None}, table.name
        assert first[table.name].equals(second[table.name])
    orders = {row["order_key"] for row in rows(first, "orders")}
    assert {row["order_key"] for row in rows(first, "order_lines")} <= orders
    assert {row["order_key"] for row in rows(first, "returns")} <= orders


def test_lines_are_those_that_measures_see_but_for_pseudonyms_and_minutes(ana, tmp_path):
    lines = exported(tmp_path)["order_lines"]
    with order_lines(ZoneInfo("Europe/Stockholm")) as reader:
        seen = reader.read_all()
    assert lines.schema.names == [column.name for column in ORDER_LINES] == seen.schema.names
    assert lines.schema.types == seen.schema.types
    same = [name for name in lines.schema.names if name not in {"customer", "order_key", "at"}]

    def compared(table):
        return sorted(map(str, table.select(same).to_pylist()))

    assert compared(lines) == compared(seen)
    hours = {at.replace(minute=0, second=0) for at in seen["at"].to_pylist()}
    assert set(lines["at"].to_pylist()) == hours
    assert lines["customer"].null_count == seen["customer"].null_count == 1


def test_nothing_in_any_file_tells_who_it_is(ana, tmp_path):
    tables = exported(tmp_path)
    said = " ".join(str(table.to_pylist()) for table in tables.values())
    ids = [str(ana.pk), ana.pk.hex, *(str(order.pk) for order in ana.orders.all())]
    found = [m for m in MARKERS if any(each in said for each in spellings(m))]
    assert found == []
    assert [each for each in ids if each in said] == []


def test_records_that_were_joined_are_one_and_the_restricted_are_nobody(ana, tmp_path):
    again = customer("Anna")
    bought(key="again", customer=again)
    join_customers(ana, again, **told())
    before = exported(tmp_path, "before")
    assert len(rows(before, "customers")) == 1
    assert len({row["customer"] for row in rows(before, "orders")} - {None}) == 1
    restrict_customer(ana, ground=RestrictionGround.ACCURACY, **told())
    meanwhile = exported(tmp_path, "meanwhile")
    assert {row["customer"] for row in rows(meanwhile, "orders")} == {None}
    net = [
        sum(row["net_minor"] for row in rows(each, "order_lines")) for each in (before, meanwhile)
    ]
    assert net[0] == net[1]
    for name in ("customers", "contacts", "promises", "consents", "interests", "events"):
        assert rows(meanwhile, name) == [], name
    lift_restriction(ana, **told())
    after = exported(tmp_path, "after")
    assert after["orders"].equals(before["orders"])


def test_who_was_erased_stays_as_a_pseudonym_that_says_so(ana, tmp_path):
    erase_customer(ana, by=None)
    (row,) = rows(exported(tmp_path), "customers")
    assert (row["is_erased"], row["language"]) == (True, None)


def test_the_folder_is_whole_described_and_closed_to_others(ana, tmp_path):
    steps = []
    n_rows = export_tables(
        None, tmp_path / "out", tell=lambda what, done, **facts: steps.append(done)
    )
    folder = tmp_path / "out"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    described = json.loads((folder / "tables.json").read_text())
    assert described["time_zone"] == "Europe/Stockholm"
    assert {name: each["n_rows"] for name, each in described["tables"].items()} == n_rows
    for table in TABLES:
        columns = described["tables"][table.name]["columns"]
        assert [each["name"] for each in columns] == table.schema.names
        assert all(each["meaning"] for each in columns)
    assert len(steps) == len(TABLES)
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_what_is_there_is_never_written_over(ana, tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(FolderTaken):
        export_tables(None, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_export_that_fails_midway_leaves_no_folder(ana, tmp_path):
    def fail(*_, **__):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_tables(None, tmp_path / "out", tell=fail)
    assert list(tmp_path.iterdir()) == []


def test_the_analyst_may_and_an_agent_may_not_and_it_is_noted(ana, tmp_path):
    eli, cy = works_here("Eli"), works_here("Cy")
    with pytest.raises(NotAllowed):
        export_tables(cy, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    export_tables(eli, tmp_path / "out")
    (entry,) = AuditEntry.objects.filter(action="analyst_tables.exported")
    assert entry.staff_id == eli.pk


def test_an_empty_house_gives_empty_tables_of_the_same_columns(committed, tmp_path):
    ensure_views()
    tables = exported(tmp_path)
    for table in TABLES:
        assert tables[table.name].num_rows == 0
        assert tables[table.name].schema == table.schema


@pytest.fixture
def analyst(ana, committed):
    connection.close()
    with psycopg.connect(
        committed.conninfo(Role.ANALYST, "committed"), autocommit=True
    ) as connected:
        yield connected


def test_the_role_reads_every_view_and_each_column_says_what_it_is(analyst):
    for table in TABLES:
        assert analyst.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0] > 0, table.name
    commented = analyst.execute(
        "SELECT c.relname, a.attname, col_description(c.oid, a.attnum) FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
        " WHERE c.relnamespace = 'analyst'::regnamespace"
    ).fetchall()
    assert {(table, column) for table, column, _ in commented} == {
        (table.name, column.name) for table in TABLES for column in table.columns
    }
    assert all(said for _, _, said in commented)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT name FROM public.book_customer",
        "SELECT value FROM public.book_identity",
        "SELECT * FROM public.book_pseudonymkey",
        "SELECT * FROM public.company_staff",
        "UPDATE orders SET status = 'x'",
        "CREATE TABLE mine (a int)",
        "SELECT public.renew_search_samples()",
        "SET ROLE regulars_app",
        "COPY orders TO '/tmp/orders'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_role_reads_nothing_else_and_writes_nothing(analyst, statement):
    analyst.execute("SET default_transaction_read_only = off")
    # Views of several tables cannot be written to by anybody.
    with pytest.raises((*REFUSED, psycopg.errors.ObjectNotInPrerequisiteState)):
        analyst.execute(statement)


def test_the_role_has_no_place_for_functions_of_its_own_and_reads_only_by_default(keeper):
    asked = [("CONNECT", True), ("TEMP", False), ("CREATE", False)]
    for right, is_given in asked:
        found = keeper.execute(
            "SELECT has_database_privilege('regulars_analyst', 'regulars', %s)", [right]
        ).fetchone()
        assert found == (is_given,), right
    settings = keeper.execute(
        "SELECT setconfig FROM pg_db_role_setting WHERE setrole = 'regulars_analyst'::regrole"
    ).fetchone()
    assert settings == (["default_transaction_read_only=on", "search_path=analyst"],)


def test_no_table_at_all_is_open_to_the_role(analyst):
    open_to_it = analyst.execute(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'analyst')"
        " AND c.relkind IN ('r', 'v', 'm', 'p', 'S')"
        " AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')"
        " AND n.nspname !~ '^pg_toast'"
    ).fetchall()
    assert open_to_it == []
    samples = analyst.execute("SELECT * FROM pg_stats WHERE schemaname = 'public'").fetchall()
    assert samples == []


def test_views_that_stand_are_left_and_others_are_made_anew(ana):
    def when():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT min(oid) FROM pg_class WHERE relnamespace = 'analyst'::regnamespace"
            )
            return cursor.fetchone()[0]

    first = when()
    assert ensure_views()
    assert when() == first
    drop_views()
    assert ensure_views()
    assert when() > first


def test_the_app_may_read_the_views_and_not_make_them(ana, committed):
    connection.close()
    with psycopg.connect(committed.conninfo(Role.APP, "committed")) as app:
        assert app.execute("SELECT count(*) FROM analyst.orders").fetchone()[0] == 3
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP SCHEMA analyst CASCADE")


def test_a_house_that_knew_three_roles_gets_a_password_for_the_fourth(tmp_path):
    file = tmp_path / "passwords.json"
    before = {role.value: role.value for role in Role if role is not Role.ANALYST}
    file.write_text(json.dumps(before))
    found = passwords(file)
    assert {role: found[role] for role in before} == before
    assert len(found[Role.ANALYST]) > 40
    assert passwords(file) == found
