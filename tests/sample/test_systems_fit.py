"""The files of the company's systems fit together: keys, days and sums."""

import json
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from regulars.sample import company as company_module
from regulars.sample import write_company
from regulars.sample.systems.files import SCHEMAS
from regulars.sample.tables import ORDER_LINES, TRUTH

KEYS = {
    "branches": "branch_code",
    "staff": "staff_number",
    "products": "product_code",
    "offers": "offer_code",
    "customers": "customer_number",
    "loyalty_cards": "card_number",
    "web_accounts": "account_number",
    "helpdesk_contacts": "id",
    "returns": "return_number",
    "visits": "visit_number",
    "calls": "call_number",
    "promises": "promise_number",
    "tickets": '"Id"',
    "organisations": "organisation_number",
    "organisation_people": "contact_number",
    "invoices": "invoice_number",
    "disputes": "dispute_number",
}
REFERENCES = [
    ("staff", "branch_code", "branches", "branch_code"),
    ("branches", "channel", "orders", "channel"),
    ("orders", "channel", "branches", "channel"),
    ("orders", "product", "products", "product"),
    ("orders", "customer_number", "customers", "customer_number"),
    ("customers", "customer_number", "orders", "customer_number"),
    ("loyalty_cards", "branch_code", "branches", "branch_code"),
    ("offers_used", "order_number", "orders", "order_number"),
    ("offers_used", "product_code", "products", "product_code"),
    ("offers_used", "offer_code", "offers", "offer_code"),
    ("returns", "return_number", "orders", "order_number"),
    ("returns", "order_number", "orders", "order_number"),
    ("returns", "customer_number", "customers", "customer_number"),
    ("returns", "product_code", "products", "product_code"),
    ("visits", "branch_code", "branches", "branch_code"),
    ("visits", "card_number", "loyalty_cards", "card_number"),
    ("visits", "order_number", "orders", "order_number"),
    ("visits", "staff_number", "staff", "staff_number"),
    ("calls", "customer_number", "customers", "customer_number"),
    ("calls", "staff_number", "staff", "staff_number"),
    ("calls", "promise_number", "promises", "promise_number"),
    ("promises", "customer_number", "customers", "customer_number"),
    ("promises", "order_number", "orders", "order_number"),
    ("promises", "call_number", "calls", "call_number"),
    ("promises", "staff_number", "staff", "staff_number"),
    ("tickets", '"Requester id"', "helpdesk_contacts", "id"),
    ("tickets", '"Assignee"', "staff", "name"),
    ("organisations", "staff_number", "staff", "staff_number"),
    ("organisation_people", "organisation_number", "organisations", "organisation_number"),
    ("invoices", "organisation_number", "organisations", "organisation_number"),
    ("invoices", "contact_number", "organisation_people", "contact_number"),
    ("invoice_lines", "invoice_number", "invoices", "invoice_number"),
    ("invoices", "invoice_number", "invoice_lines", "invoice_number"),
    ("invoice_lines", "product_code", "products", "product_code"),
    ("disputes", "invoice_number", "invoices", "invoice_number"),
]
# What must not be, as rows of a query.
NEVER = {
    "a return of another customer, product or sum than was sold": """
        from returns r where not exists (from orders o join products p using (product) where
        o.order_number = r.order_number and o.customer_number = r.customer_number
        and p.product_code = r.product_code and o.quantity = r.quantity
        and o.line_total = r.refund and o.ordered_at < r.returned_at)""",
    "an offer of another percentage or month than the line it was used on": """
        from offers_used u join offers f using (offer_code) join products p using (product_code)
        where not exists (from orders o where o.order_number = u.order_number
        and o.product = p.product and o.discount = u.discount
        and o.ordered_at::date between f.first_on and f.last_on
        and floor(o.quantity * o.unit_price * f.percent) / 100 = o.discount)""",
    "a promise due before it was made, or moved after it was due": """
        from promises where due_at <= made_at or first_due_at <= made_at or moved_at <= made_at
        or moved_at >= first_due_at or (moved_at is null) <> (first_due_at = due_at)""",
    "a promise both kept and withdrawn, or ended before it was made": """
        from promises where (kept_at is not null and withdrawn_at is not null)
        or least(kept_at, withdrawn_at) <= made_at or withdrawn_at > due_at""",
    "a delivery promised for an order of a branch or of another customer": """
        from promises p join orders o using (order_number) where kind = 'delivery'
        and (o.channel <> 'Web shop' or o.customer_number <> p.customer_number)""",
    "a call back that no call or no promise is behind": """
        from promises p left join calls c using (call_number) where p.kind = 'call_back'
        and (c.outcome is distinct from 'call_back' or c.started_at >= p.made_at)""",
    "a call back kept without a call out at that moment": """
        from promises p left join calls c on c.promise_number = p.promise_number
        where p.kind = 'call_back' and p.kept_at is distinct from c.started_at""",
    "a visit that bought elsewhere, with another's card, or before it came": """
        from visits v join orders o using (order_number) join branches b using (branch_code)
        left join loyalty_cards c using (card_number)
        left join truth_people t on t.file = 'loyalty_cards' and t.key = v.card_number
        where b.channel <> o.channel or t.person_number <> o.customer_number
        or v.entered_at >= o.ordered_at or c.issued_on > o.ordered_at::date""",
    "staff at work on a day on which they were not employed": """
        from (select staff_number, ordered_at::date as day from visits join orders using
        (order_number) union all select staff_number, started_at::date from calls
        union all select staff_number, made_at::date from promises) join staff using (staff_number)
        where day < hired_on or day >= left_on""",
    "a ticket with another name or address than its contact": """
        from tickets t join helpdesk_contacts c on t."Requester id" = c.id
        where t."Requester" <> c.name or t."Requester email" is distinct from c.email""",
    "a contact that the help desk knows by another's number": """
        from helpdesk_contacts c join truth_people t on t.file = 'helpdesk_contacts'
        and t.key = c.id where c.external_id::bigint <> t.person_number""",
    "an invoice that is not the sum of its lines and tax": """
        from invoices i join (select invoice_number, sum(net) as net, sum(quantity * unit_price)
        as priced from invoice_lines group by all) l using (invoice_number)
        where l.net <> i.net or l.priced <> i.net or i.amount <> i.net + i.vat""",
    "an invoice due, paid or disputed before it was issued": """
        from invoices i left join disputes d using (invoice_number) where due_on < issued_on
        or paid_on < issued_on or opened_at::date < issued_on or resolved_at <= opened_at
        or (resolved_at is null) <> (outcome is null)""",
    "an invoice before its organisation was a customer": """
        from invoices join organisations using (organisation_number)
        where issued_on < customer_since""",
    "something after the last day": """
        from (select max(entered_at) as last from visits union all select max(started_at) from calls
        union all select max(made_at) from promises union all select max(kept_at) from promises
        union all select max("Updated at") from tickets union all select max(paid_on) from invoices
        union all select max(created_at) from web_accounts
        union all select max(issued_on) from loyalty_cards union all select max(opened_at)
        from disputes union all select max(resolved_at) from disputes union all
        select max(returned_at) from returns) where last >= date '2026-11-21'""",
}


def test_every_file_and_column_has_its_words_in_the_documentation():
    said = (Path(__file__).resolve().parents[2] / "docs" / "sample.md").read_text(encoding="utf-8")
    schemas = {"orders": ORDER_LINES, "truth_customers": TRUTH, **SCHEMAS}
    names = {*schemas} | {column for schema in schemas.values() for column in schema.names}
    assert sorted(name for name in names if f"`{name}`" not in said) == []


def test_every_key_is_given_once(town):
    doubled = [
        file
        for file, key in KEYS.items()
        if town.row(f"select count(*) <> count(distinct {key}) from {file}") == (True,)
    ]
    assert doubled == []


@pytest.mark.parametrize(("file", "column", "other", "key"), REFERENCES)
def test_every_reference_leads_somewhere(town, file, column, other, key):
    named, lost = town.row(
        f"""select count({column}), count({column}) filter ({column} not in (select {key} from
            {other} where {key} is not null)) from {file}"""
    )
    assert (named > 0, lost) == (True, 0)


@pytest.mark.parametrize("what", NEVER)
def test_the_files_never_say(town, what):
    assert town.row(f"select count(*) {NEVER[what]}") == (0,)


def test_every_return_and_every_discounted_sale_stands_in_its_file(town):
    assert town.row(
        """select (select count(*) from returns), (select count(*) from offers_used)"""
    ) == town.row(
        """select count(*) filter (quantity < 0), count(*) filter (quantity > 0 and discount > 0)
            from orders"""
    )


def test_every_record_of_a_person_has_its_truth(town):
    for file, key in (
        ("customers", "customer_number"),
        ("loyalty_cards", "card_number"),
        ("web_accounts", "account_number"),
        ("helpdesk_contacts", "id"),
        ("organisation_people", "contact_number"),
    ):
        assert (
            town.row(
                f"""select count(*), count(t.key) from {file} full join
                (from truth_people where file = '{file}') t on t.key = {key}"""
            )
            == (town.truth["systems"]["rows"][file],) * 2
        )


def test_the_truth_counts_the_rows_of_every_file(town):
    rows = town.truth["systems"]["rows"]
    assert rows == {name: town.row(f"select count(*) from {name}")[0] for name in rows}
    assert set(rows) == {path.stem for path in town.folder.glob("*.parquet")} - {
        "orders",
        "truth_customers",
    }


def test_every_file_is_the_same_bytes_for_the_same_seed_and_others_for_another(tmp_path):
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        write_company(tmp_path / name, customers=200, seed=seed)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    unlike = []
    for file in files:
        first, again, other = (
            (tmp_path / name / file).read_bytes() for name in ("one", "again", "other")
        )
        assert first == again, file
        if first != other:
            unlike.append(file)
    # These are the same for every company of the same days.
    assert set(files) - set(unlike) == {"branches.csv", "products.csv", "offers.csv"}


def test_csv_and_parquet_hold_the_same(tmp_path):
    write_company(tmp_path / "csv", customers=300, seed=7)
    write_company(tmp_path / "parquet", customers=300, seed=7, format="parquet")
    for path in (tmp_path / "parquet").glob("*.parquet"):
        table = pq.read_table(path)
        options = pa_csv.ConvertOptions(
            column_types=table.schema, strings_can_be_null=True, quoted_strings_can_be_null=False
        )
        read = pa_csv.read_csv(tmp_path / "csv" / f"{path.stem}.csv", convert_options=options)
        assert read.equals(table), path.stem


def test_numbers_go_on_from_one_chunk_of_customers_to_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(company_module, "_CHUNK", 150)
    write_company(tmp_path, customers=400, seed=2, format="parquet")
    for file, key in KEYS.items():
        column = pq.read_table(tmp_path / f"{file}.parquet")[key.strip('"')].to_pylist()
        assert len(set(column)) == len(column), file
    numbered = pq.read_table(tmp_path / "promises.parquet")["promise_number"].to_pylist()
    assert numbered == list(range(50_001, 50_001 + len(numbered)))


def test_one_customer_on_one_day_has_all_files_too(tmp_path):
    write_company(tmp_path, customers=1, days=1)
    rows = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["systems"]["rows"]
    assert (rows["customers"], rows["organisations"], rows["returns"]) == (1, 1, 0)
