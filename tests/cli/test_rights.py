"""What people may ask about their data, and tables for analysts, as a user runs the commands."""

import json
import stat
import subprocess

import psycopg
import pytest

from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account
from tests.support.house import CLEAN, COMMAND, Up, free_port

CUSTOMERS = "customer id,name,email,phone\n" + "".join(
    f"{n},Person {n},p{n}@example.org,+4670123450{n}\n" for n in range(5)
)
ORDERS = "order_id,customer_id,email,order_date,amount\n" + "".join(
    f"{n},{n % 5},p{n % 5}@example.org,2026-01-05,{n}.50\n" for n in range(20)
)


@pytest.fixture(scope="module")
def house(open_folder):
    home = open_folder / "rights-house"
    up = Up(home, free_port()).until("The house is up")
    for name, text in (("customers.csv", CUSTOMERS), ("orders.csv", ORDERS)):
        (open_folder / name).write_text(text)
        code, _, wrong = run(home, "import", open_folder / name, "--source", "till")
        assert (code, "Traceback" in wrong) == (0, False)
    yield home
    up.stop()
    up.process.stdout.close()


def run(home, *words):
    done = subprocess.run(
        [*COMMAND, *map(str, words), "--home", str(home)],
        capture_output=True,
        text=True,
        env=CLEAN,
        cwd=home.parent,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def counted(said):
    return {words[1].strip(): int(words[0]) for line in said.splitlines()
            if line.startswith("  ") and len(words := line.strip().split("  ")) == 2}  # fmt: skip


@pytest.mark.timeout(400)
def test_a_person_gets_a_copy_is_restricted_and_erased(house):
    out = house.parent / "copy of p1"
    code, said, _ = run(house, "rights", "export", "P1@example.org", "--out", out)
    assert code == 0
    assert sorted(file.name for file in out.iterdir()) == ["held.html", "held.json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in out.iterdir()} == {0o600}
    held = json.loads((out / "held.json").read_text())
    assert held["customer"] in said
    assert held["tables"]["customers"]["rows"][0]["name"] == "Person 1"
    assert len(held["tables"]["orders"]["rows"]) == 4
    assert "Person 1" in (out / "held.html").read_text()
    code, _, wrong = run(house, "rights", "export", "p1@example.org", "--out", out)
    assert (code, "is there already" in wrong) == (2, True)

    assert run(house, "rights", "restrict", "p1@example.org", "--ground", "claims")[0] == 0
    code, _, wrong = run(house, "rights", "erase", "p1@example.org", "--yes")
    assert (code, "restricted, so it is kept: claims" in wrong) == (2, True)
    assert run(house, "rights", "lift", "p1@example.org")[0] == 0

    code, before, _ = run(house, "rights", "erase", held["customer"])
    assert "Nothing was erased" in before
    assert counted(before)["What you ordered"] == 4
    code, said, _ = run(house, "rights", "erase", held["customer"], "--yes")
    assert (code, counted(said)) == (0, counted(before))
    code, said, _ = run(house, "rights", "erase", held["customer"])
    left = counted(said)
    assert "By what we know you" not in left
    assert left["What you ordered"] == 4
    code, _, wrong = run(house, "rights", "export", "p1@example.org", "--out", out / "b")
    assert (code, "Nobody in the book is known by" in wrong) == (2, True)


@pytest.mark.timeout(400)
def test_a_rule_is_set_looked_at_and_applied_and_nothing_goes_without(house):
    code, said, _ = run(house, "rights", "retention")
    assert (code, "no rule" in said, "Nothing has gone" in said) == (0, True, True)
    code, said, _ = run(house, "rights", "rule", "customers", "--days", "1", "--nightly")
    assert "customers: kept for 1 days, from version 1 on." in said
    code, said, _ = run(house, "rights", "retention", "--apply")
    assert "customers: 0 gone." in said  # they came into the book today
    assert "version 2" in run(house, "rights", "rule", "customers", "--off")[1]
    for words in (
        ["rule", "customers"],
        ["rule", "orders", "--days", "3"],
        ["rule", "notes", "--days", "0"],
    ):
        code, said, wrong = run(house, "rights", *words)
        assert (code, said, "Traceback" in wrong) == (2, "", False)


@pytest.mark.timeout(400)
def test_whose_name_is_given_has_to_work_here(house):
    code, _, wrong = run(house, "rights", "retention", "--by", "nobody@example.org")
    assert (code, "Nobody here has this address" in wrong) == (2, True)


@pytest.mark.timeout(400)
def test_tables_for_analysts_are_written_and_read_as_doctor_says(house):
    out = house.parent / "tables"
    code, said, wrong = run(house, "export", out)
    assert (code, "Traceback" in wrong) == (0, False)
    assert "orders.parquet" in said
    code, _, wrong = run(house, "export", out)
    assert (code, "is there already" in wrong) == (2, True)
    assert "regulars_analyst" in run(house, "doctor")[1]
    with psycopg.connect(Server(Layout(house, account())).conninfo(Role.ANALYST)) as analyst:
        assert analyst.execute("SELECT count(*) FROM orders").fetchone() == (20,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            analyst.execute("SELECT * FROM public.book_customer")
