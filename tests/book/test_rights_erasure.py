"""After an erasure nothing of the person is left, wherever it lay; what happened is still true."""

import base64
import hashlib
import json
from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from regulars.book.importing.asked import Asked
from regulars.book.importing.run import import_files
from regulars.book.known import Known
from regulars.book.models import Customer, Event, FileImport, JoinSuggestion
from regulars.book.models.consent import ConsentHow, MessagePurpose
from regulars.book.models.contact import ContactKind
from regulars.book.models.customer import IdentityKind
from regulars.book.models.day import DayKind
from regulars.book.models.restriction import RestrictionGround
from regulars.book.queries.erasures import erasures
from regulars.book.queries.event_counts import n_events_by_kind
from regulars.book.queries.held import n_held, person_sought_for
from regulars.book.queries.search import find_customers
from regulars.book.services.affiliations import Position, begin_affiliation
from regulars.book.services.consents import EVERYTHING, Act, give_consent
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.customers import IdentityTaken, add_identity, take_down_customer
from regulars.book.services.days import Yearly, note_day
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.erasing import KeptByRestriction, erase_customer, repeat_erasures
from regulars.book.services.interests import Liking, note_interest
from regulars.book.services.joining import join_customers
from regulars.book.services.notes import write_note
from regulars.book.services.restricting import restrict_customer
from regulars.book.services.samples import renew_search_samples, stop_sampling
from regulars.book.tables import order_lines
from regulars.company.models import Company
from regulars.company.rights import Action
from regulars.jobs.readers import take_turn
from regulars.jobs.subscriptions import SUBSCRIPTIONS
from regulars.jobs.tasks import erase
from regulars.kit.postgres import Role
from regulars.kit.postgres.dumps import back_up, restore
from regulars.messages.models import ClosedChannel, InboundContent, InboundMail, SoftBounce
from regulars.messages.models.outgoing import OutgoingChannel
from regulars.messages.services.outbox import Draft, queue
from tests.book.shop import bought, customer, gave_back
from tests.support.cast import organisation, told, works_here
from tests.support.crawl import columns_that_could, tables_that_tell
from tests.support.house_database import on_database
from tests.support.promised import MADE, promised

EMAIL = "Zoravell.Quix7@marker-zq.example"
PHONE = "+46709182736"
MARKERS = {
    "Zöravell": "the name",
    "Quixandre": "the name",
    EMAIL: "the address",
    "zoravell.quix7": "a part of the address",
    PHONE: "the phone",
    "CARD-88412377": "the card",
    "A-559201883": "the number at the shop",
    "wombatsecret": "a note about a call",
    "yarrowmint": "a note about a promise",
    "Xylowedding": "a day's label",
    "Chief Tamarillo": "a title",
    "Kvintessa": "the name in a file",
    "Brombergsen": "the name in a file",
    "kvintessa@marker-kb.example": "the address in a file",
    "+46761029384": "the phone in a file",
    "zebrawords": "what we wrote",
    "okapiwords": "what they wrote",
}
pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def dee(committed):
    ensure_epoch()
    Company.objects.update(time_zone="Europe/Stockholm", currency="SEK")
    return works_here("Dee")


@pytest.fixture
def marked(dee, tmp_path):
    """Somebody of whom there is something in every field that data of a person can go into."""
    who = take_down_customer(
        name="Zöravell Quixandre",
        known_by=[
            Known(IdentityKind.EMAIL, EMAIL),
            Known(IdentityKind.PHONE, "+46 70-918 27 36"),
            Known(IdentityKind.CARD, "CARD-88412377"),
            Known(IdentityKind.EXTERNAL, "A-559201883", "shop"),
        ],
        language="sv",
        **told(),
    )
    other = customer("Bo")
    with pytest.raises(IdentityTaken):  # the database itself says no, and writes that into its log
        add_identity(other, Known(IdentityKind.EMAIL, EMAIL), **told())
    begin_affiliation(who, organisation(), Position(title="Chief Tamarillo"), **told())
    note_day(who, Yearly(DayKind.ANNIVERSARY, 5, 17, label="Xylowedding"), **told())
    note_interest(who, Liking("tea/green"), **told())
    give_consent(who, EVERYTHING, Act(ConsentHow.FORM), **told(by=dee))
    call = note_contact(who, Met(ContactKind.CALL, MADE, branch="town"), **told())
    write_note(call, text="wombatsecret words", by=dee.pk)
    write_note(promised(who), text="They like yarrowmint.", by=None)
    gave_back(bought(customer=who, branch="town"), (1, "1", 4000))
    in_a_file(tmp_path, who)
    in_messages(who)
    looked_at(dee)
    return who


def in_a_file(folder, who):
    """A second record, from a file, of the same person, and a third that may be."""
    file = folder / "customers.csv"
    file.write_text(
        "customer id,name,email,phone\n"
        "771,Kvintessa Brombergsen,Kvintessa@marker-kb.example,+46761029384\n"
        "772,Kvintessa Brombergsen,,\n"
    )
    import_files([file], Asked(kind="customers", source="till", by=None), aside=folder / "aside")
    record = Customer.objects.get(identities__value="kvintessa@marker-kb.example")
    join_customers(who, record, **told())
    third = Customer.objects.get(identities__value="772")
    first, second = sorted([record.pk, third.pk])
    JoinSuggestion.objects.create(
        first_id=first, second_id=second, probability=0.9, evidence=[], digest="x"
    )
    # The third is of nobody who will be erased.
    Customer.objects.filter(pk=third.pk).update(name="")


def in_messages(who):
    draft = Draft(
        channel=OutgoingChannel.EMAIL,
        kind="greeting",
        purpose=MessagePurpose.GREETINGS,
        key="greeting 1",
        payload={"subject": "zebrawords", "text": "Hej Zöravell"},
        address=EMAIL,
        customer=who,
    )
    queue(draft, by=None)
    now = timezone.now()
    for sender, whose in ((EMAIL, who), (EMAIL.lower(), None)):
        mail = InboundMail.objects.create(
            fingerprint=f"{whose is None}", size_bytes=10, customer=whose
        )
        InboundContent.objects.create(
            mail=mail, raw=b"From: Quixandre\n\nokapiwords", sender=sender, subject="okapiwords"
        )
    ClosedChannel.objects.create(channel="email", address=EMAIL.lower(), reason="hard_bounce")
    SoftBounce.objects.create(
        channel="email", address=EMAIL.lower(), customer=who, outgoing_id=who.pk, bounced_at=now
    )


def looked_at(dee):
    """The audit log, the counts, the identity's reader and the queue of jobs know of them too."""
    for typed in ("zöravell", EMAIL, "9182736"):
        assert [each.customer.name for each in find_customers(dee, typed)] == ["Zöravell Quixandre"]
    person_sought_for(dee, EMAIL, to=Action.ANSWER_RIGHTS)
    for each in SUBSCRIPTIONS:
        if each.name in {"event_counts", "identity"}:
            take_turn(each)
    erase.defer(customer_ids=["01900000-0000-7000-8000-000000000000"], by=str(dee.pk))


def figures():
    """Counts by month and branch, net sales, events by kind: what must be as true as before."""
    with order_lines(ZoneInfo("Europe/Stockholm")) as reader:
        lines = reader.read_all().to_pylist()
    net = Counter()
    for line in lines:
        net[line["at"].strftime("%Y-%m"), line["currency"]] += line["net_minor"]
    events = Event.objects.exclude(kind="customer.erased")
    by_month = Counter(
        (f"{event.occurred_at:%Y-%m}", event.kind, event.codes.get("branch", ""))
        for event in events
    )
    orders = Customer.objects.values_list("orders__branch", "orders__placed_at", "pk")
    week = timedelta(days=3000)
    now = timezone.now()
    counted = n_events_by_kind(start=now - week, end=now + week)
    counted.pop("customer.erased", None)
    customers_who_bought = {str(line["customer"]) for line in lines}
    return net, by_month, sorted(map(str, orders)), counted, customers_who_bought


def test_a_crawl_of_all_tables_finds_the_person_before_and_nothing_after(marked):
    before, figures_before = tables_that_tell(MARKERS), figures()
    assert set().union(*before.values()) == set(MARKERS)
    assert set(before) == {
        "book_customer",
        "book_identity",
        "book_affiliation",
        "book_importantday",
        "book_note",
        "book_searchentry",
        "message_outgoingcontent",
        "message_inboundcontent",
        "message_closedchannel",
        "message_softbounce",
    }
    assert columns_that_could(MARKERS)
    assert stop_sampling() > 0
    assert stop_sampling() == 0
    assert set(columns_that_could(MARKERS)) <= {
        "book_searchentry.search_keys",
        "book_searchentry.blocks",
    }
    erase_customer(marked, by=None)
    assert tables_that_tell(MARKERS) == {}
    renew_search_samples()
    assert columns_that_could(MARKERS) == {}
    assert figures() == figures_before
    for reader in SUBSCRIPTIONS:
        if reader.name in {"event_counts", "identity"}:
            take_turn(reader)
    assert tables_that_tell(MARKERS) == {}
    assert figures() == figures_before


def test_the_database_s_own_log_has_never_known_them(marked, committed):
    said = committed.layout.log.read_text(errors="replace")
    assert "duplicate key value" in said
    assert [marker for marker in MARKERS if marker.lower() in said.lower()] == []


def test_a_backup_made_before_brings_them_back_and_the_list_takes_them_out_again(
    marked, committed, keeper, tmp_path, django_db_blocker
):
    file = tmp_path / "before.backup"
    back_up(committed.conninfo(Role.OWNER, "committed"), file)
    erase_customer(marked, by=None)
    ledger, figures_after = erasures(), figures()
    keeper.execute(f"CREATE DATABASE restored OWNER {Role.OWNER}")
    try:
        restore(committed.conninfo(Role.OWNER, "restored"), file)
        with on_database("restored"):
            assert set().union(*tables_that_tell(MARKERS).values()) == set(MARKERS)
            assert repeat_erasures(ledger) == 2  # both records of the person
            assert tables_that_tell(MARKERS) == {}
            assert figures() == figures_after
    finally:
        keeper.execute("DROP DATABASE restored WITH (FORCE)")


def test_what_the_dry_run_says_is_what_goes_and_what_stays(marked):
    told_before = {table.name: (table.fate.value, n) for table, n in n_held(marked)}
    assert told_before["identities"] == ("goes", 7)
    assert told_before["notes"] == ("goes", 2)
    assert told_before["orders"] == ("stays", 1)
    erase_customer(marked, by=None)
    left = {table.name: n for table, n in n_held(marked)}
    for name, (fate, n) in told_before.items():
        if fate == "goes":
            assert name not in left, name
        elif name != "events":
            assert left[name] == n, name
    assert left["events"] == told_before["events"][1] + 2


def test_the_same_address_later_is_somebody_new(marked):
    erase_customer(marked, by=None)
    again = take_down_customer(
        name="Zöravell", known_by=[Known(IdentityKind.EMAIL, EMAIL)], **told()
    )
    assert again.pk != marked.pk
    assert [table.name for table, _ in n_held(again)] == [
        "customers",
        "identities",
        "search_keys",
        "events",
    ]


def test_who_is_restricted_is_kept_and_nothing_changes(marked):
    restrict_customer(marked, ground=RestrictionGround.CLAIMS, **told())
    before = tables_that_tell(MARKERS)
    with pytest.raises(KeptByRestriction) as refused:
        erase_customer(marked, by=None)
    assert refused.value.facts == {"ground": "claims"}
    assert tables_that_tell(MARKERS) == before


def test_an_import_names_its_files_and_no_person(marked):
    (run,) = FileImport.objects.all()
    assert [file["name"] for file in run.files] == ["customers.csv"]
    assert "Kvintessa" not in json.dumps(run.files) + json.dumps(run.reasons)


@pytest.mark.parametrize(
    "written",
    [
        "ZORAVELL",
        "ellevaröz"[::-1].capitalize(),
        hashlib.sha256("zöravell".encode()).hexdigest(),
        base64.b64encode("to Zöravell"[3:].encode()).decode(),
    ],
)
def test_the_crawl_sees_other_spellings_too(dee, written):
    Event.objects.create(
        kind="customer.changed",
        occurred_at=timezone.now(),
        source="x",
        source_key="1",
        codes={"a": [{"b": written}]},
    )
    assert tables_that_tell(["Zöravell"]) == {"book_event": {"Zöravell"}}
