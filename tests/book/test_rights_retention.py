"""Nothing goes but by a rule that a person set, and then in small steps, all of it noted."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from regulars.book.models import (
    Affiliation,
    Erasure,
    Event,
    FileImport,
    Interest,
    Invoice,
    Note,
    Order,
    RetentionRule,
)
from regulars.book.models.contact import ContactKind
from regulars.book.models.restriction import RestrictionGround
from regulars.book.services import retaining
from regulars.book.services.affiliations import Position, begin_affiliation, end_affiliation
from regulars.book.services.contacts import Met, note_contact
from regulars.book.services.interests import Liking, note_interest
from regulars.book.services.invoices import issue_invoice, mark_paid
from regulars.book.services.notes import write_note
from regulars.book.services.restricting import restrict_customer
from regulars.book.services.retaining import (
    NoDays,
    NoSuchKind,
    apply_rules,
    retention_standing,
    rules_in_force,
    set_rule,
)
from regulars.book.services.retention_kinds import Deed, kinds
from regulars.book.told import InvoiceTold
from regulars.company.models import AuditEntry
from tests.book.shop import bought, customer
from tests.support.cast import everything, kinds_of, organisation, told, works_here
from tests.support.promised import promised

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(days=400)  # when what is told now is old


def noted(who, text="secret"):
    call = note_contact(who, Met(ContactKind.CALL, NOW - timedelta(days=1)), **told())
    return write_note(call, text=text, by=None)


def invoiced(who, number="F1", *, paid=True):
    made = issue_invoice(
        InvoiceTold(
            source="books",
            source_key=number,
            customer=who,
            number=number,
            issued_on=NOW.date() - timedelta(days=10),
            due_on=NOW.date() - timedelta(days=5),
            amount_minor=100,
            currency="SEK",
        ),
        by=None,
    ).record
    if paid:
        mark_paid(made, on=NOW.date(), by=None)
    return made


def applied(at=LATER, **how):
    return apply_rules(at, by=None, **how)


def due(what, at=LATER):
    (found,) = (each for each in retention_standing(at) if each.kind.what == what)
    return found


def test_without_a_rule_nothing_is_due_and_nothing_goes():
    noted(customer())
    before = everything()
    assert [each.n for each in retention_standing(LATER)] == [None] * len(kinds())
    assert applied() == {}
    assert everything() == before


def test_a_rule_has_versions_and_the_last_one_holds():
    dee = works_here("Dee")
    first = set_rule("notes", days=700, by=dee.pk)
    assert set_rule("notes", days=700, by=dee.pk) == first
    second = set_rule("notes", days=300, is_nightly=True, by=dee.pk)
    assert (first.version, second.version, rules_in_force()["notes"]) == (1, 2, second)
    off = set_rule("notes", days=None, is_nightly=True, by=dee.pk)
    assert (off.version, off.is_nightly, rules_in_force()) == (3, False, {})
    held = AuditEntry.objects.filter(action="retention_rule.set").order_by("pk")
    assert [(each.staff_id, each.facts["days"]) for each in held] == [
        (dee.pk, 700),
        (dee.pk, 300),
        (dee.pk, None),
    ]


def test_a_rule_is_never_changed_behind_its_version():
    set_rule("notes", days=700, by=None)
    with pytest.raises(Exception, match="append-only"):
        RetentionRule.objects.update(days=1)


def test_what_is_no_kind_and_less_than_a_day_are_refused():
    with pytest.raises(NoSuchKind) as refused:
        set_rule("orders", days=1, by=None)
    assert "notes" in refused.value.facts["wanted"]
    with pytest.raises(NoDays):
        set_rule("notes", days=0, by=None)
    assert not RetentionRule.objects.exists()


def test_a_look_changes_nothing_and_says_how_many_and_how_old():
    ana = customer()
    oldest = noted(ana)
    noted(ana, "another")
    set_rule("notes", days=365, by=None)
    before = everything()
    assert (due("notes").n, due("notes").oldest) == (2, oldest.written_at)
    assert due("notes", NOW).n == 0
    assert everything() == before


def test_old_notes_go_and_contacts_stay_and_it_is_noted_in_both_logs():
    ana = customer()
    noted(ana)
    set_rule("notes", days=365, by=None)
    assert applied(NOW) == {"notes": 0}
    assert applied() == {"notes": 1}
    assert (Note.objects.count(), ana.contacts.count()) == (0, 1)
    assert kinds_of(ana)[-1] == "note.dropped"
    entry = AuditEntry.objects.get(action="retention_rule.applied")
    assert entry.facts == {"what": "notes", "version": 1, "n": 1}
    assert applied() == {"notes": 0}


def test_notes_about_an_open_promise_and_of_the_restricted_are_kept():
    ana, bo = customer(), customer("Bo")
    write_note(promised(ana, due_at=LATER + timedelta(days=9)), text="secret", by=None)
    noted(bo)
    restrict_customer(bo, ground=RestrictionGround.CLAIMS, **told())
    set_rule("notes", days=365, by=None)
    assert applied() == {"notes": 0}
    assert Note.objects.count() == 2


def test_many_steps_are_each_whole_and_a_stop_midway_is_gone_on_from(monkeypatch):
    monkeypatch.setattr(retaining, "AT_ONCE", 2)
    ana = customer()
    for n in range(5):
        noted(ana, f"secret {n}")
    set_rule("notes", days=365, by=None)

    class Stop(Exception):
        pass

    def stop(*_, **__):
        raise Stop

    with pytest.raises(Stop):
        applied(tell=stop)
    assert Note.objects.count() == 3
    assert applied() == {"notes": 3}
    assert AuditEntry.objects.filter(action="retention_rule.applied").count() == 3


def test_interests_ended_places_and_names_of_files_go_by_their_rules():
    ana, place = customer(), organisation()
    note_interest(ana, Liking("tea/green"), at=NOW - timedelta(days=1), **told())
    position = Position(since_on=date(2020, 1, 1))
    ended = begin_affiliation(ana, place, position, **told())
    end_affiliation(ended, until_on=date(2021, 1, 1), **told())
    begin_affiliation(ana, place, Position(), **told())
    FileImport.objects.create(
        kind="orders", source="till", files=[{"name": "ana.csv"}], state="done", ended_at=NOW
    )
    for what in ("interests", "affiliations", "imports"):
        set_rule(what, days=365, by=None)
    assert applied() == {"affiliations": 1, "imports": 1, "interests": 1}
    assert (Interest.objects.count(), Affiliation.objects.count()) == (0, 1)
    assert FileImport.objects.get().files == []


def test_the_quiet_are_erased_and_what_they_bought_stays():
    ana, bo = customer(), customer("Bo")
    bought(customer=ana)
    bought(customer=bo, key="2", placed_at=NOW - timedelta(days=1))
    set_rule("customers", days=500, by=None)
    # Both were taken down just now; ana bought long before that.
    assert due("customers", NOW + timedelta(days=499)).n == 0
    assert due("customers", NOW + timedelta(days=499, hours=12)).n == 0
    assert applied(NOW + timedelta(days=501)) == {"customers": 2}
    assert set(Erasure.objects.values_list("pk", flat=True)) == {ana.pk, bo.pk}
    assert Order.objects.filter(customer__in=[ana, bo]).count() == 2
    assert applied(NOW + timedelta(days=501)) == {"customers": 0}


def test_our_own_messages_and_imports_of_changes_are_no_sign_of_life():
    ana = customer()
    Event.objects.create(
        kind="customer.changed",
        customer=ana,
        occurred_at=LATER,
        source="x",
        source_key="1",
    )
    set_rule("customers", days=365, by=None)
    assert due("customers").n == 1


@pytest.mark.parametrize(
    "how", ["promise", "unpaid", "restricted", "organisation", "order", "keep"]
)
def test_who_is_not_to_go_is_left(how):
    who = organisation() if how == "organisation" else customer()
    if how == "promise":
        promised(who, due_at=LATER + timedelta(days=9))
    if how == "unpaid":
        invoiced(who, paid=False)
    if how == "restricted":
        restrict_customer(who, ground=RestrictionGround.CLAIMS, **told())
    if how == "order":
        set_rule("customers", days=400, by=None)
        bought(customer=who, placed_at=NOW)
    if how == "keep":
        invoiced(who)
        set_rule("invoices", days=7 * 366, by=None)
    if how != "order":
        set_rule("customers", days=365, by=None)
    assert due("customers", NOW + timedelta(days=400)).n == 0
    assert applied(NOW + timedelta(days=399)) == {"customers": 0}
    assert not Erasure.objects.exists()


def test_when_the_law_keeps_an_invoice_no_more_its_customer_goes_and_the_invoice_stays():
    ana = customer()
    invoiced(ana)
    set_rule("customers", days=365, by=None)
    set_rule("invoices", days=2000, by=None)
    assert applied(NOW + timedelta(days=1980)) == {"customers": 0}
    assert applied(NOW + timedelta(days=2000)) == {"customers": 1}
    assert Invoice.objects.get().number == "F1"
    ana.refresh_from_db()
    assert ana.name == ""


def test_each_night_those_rules_alone_that_were_set_so():
    ana = customer()
    noted(ana)
    note_interest(ana, Liking("tea/green"), **told())
    set_rule("notes", days=365, by=None)
    set_rule("interests", days=365, is_nightly=True, by=None)
    assert applied(is_nightly=True) == {"interests": 1}
    assert Note.objects.count() == 1


def test_no_kind_takes_orders_returns_invoices_consents_or_events():
    taken = {
        kind.going(NOW, dict.fromkeys(kinds(), 1)).model.__name__
        for kind in kinds().values()
        if kind.deed is not Deed.KEEP
    }
    assert (
        taken & {"Order", "OrderLine", "Return", "Invoice", "Dispute", "Consent", "Event"} == set()
    )
