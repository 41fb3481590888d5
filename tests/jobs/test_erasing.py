import uuid

import pytest
from django.utils import timezone

from regulars.book.erasure_ledger import add_to_ledger, read_ledger
from regulars.book.known import Known
from regulars.book.models import Customer, Erasure, Event, Interest
from regulars.book.models.customer import IdentityKind
from regulars.book.queries.customers import customer_known_by
from regulars.book.queries.erasures import erasures
from regulars.book.services.customers import take_down_customer
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.erasing import erase_customer, repeat_erasures
from regulars.book.services.interests import Liking, note_interest
from regulars.company.models import AuditEntry
from regulars.jobs.readers import take_turn
from regulars.jobs.subscriptions import SUBSCRIPTIONS
from regulars.jobs.tasks import erase
from regulars.kit.errors import Refusal

pytestmark = pytest.mark.usefixtures("committed")
EMAIL = Known(IdentityKind.EMAIL, "ana@example.org")
DEE = uuid.uuid4()


@pytest.fixture
def ana(committed):
    ensure_epoch()
    return take_down_customer(
        name="Ana", known_by=[EMAIL], language="sv", source="desk", source_key="1", by=None
    )


def test_who_is_erased_has_no_name_and_is_known_by_nothing_and_what_happened_stays(ana):
    erase_customer(ana, by=DEE)
    ana.refresh_from_db()
    assert (ana.name, ana.language, customer_known_by(EMAIL)) == ("", "", None)
    kinds = Event.objects.order_by("position").values_list("kind", "customer_id")
    assert list(kinds) == [("customer.made", ana.pk), ("customer.erased", ana.pk)]
    (entry,) = AuditEntry.objects.filter(action="customer.erased")
    assert (entry.staff_id, entry.subject_id) == (DEE, ana.pk)


def test_what_was_told_of_a_person_goes_with_them(ana):
    told = {"source": "desk", "source_key": "2", "by": None}
    note_interest(ana, Liking("tea/green"), **told)
    erase_customer(ana, by=DEE)
    assert not Interest.objects.exists()


def test_asking_twice_erases_once(ana):
    assert erase_customer(ana, by=DEE) == erase_customer(ana, by=None)
    assert Event.objects.filter(kind="customer.erased").count() == 1
    assert AuditEntry.objects.filter(action="customer.erased").count() == 1


def test_the_job_erases_whom_it_names_and_leaves_out_who_is_not_there(ana):
    erase([str(ana.pk), str(uuid.uuid4())], str(DEE))
    assert list(Erasure.objects.values_list("pk", flat=True)) == [ana.pk]
    assert Customer.objects.get().name == ""


def test_each_erasure_comes_into_the_list_outside_the_database(ana, tmp_path, monkeypatch):
    monkeypatch.setenv("REGULARS_HOME", str(tmp_path))
    (tmp_path / "erasures").mkdir()
    (mirror,) = [each for each in SUBSCRIPTIONS if each.name == "erasures"]
    take_turn(mirror)
    assert not (tmp_path / "erasures" / "erasures.jsonl").exists()
    erased = erase_customer(ana, by=DEE)
    take_turn(mirror)
    file = tmp_path / "erasures" / "erasures.jsonl"
    assert read_ledger(file) == {ana.pk: erased.erased_at} == erasures()
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert "Ana" not in file.read_text()


def test_what_the_list_knows_and_the_database_does_not_is_erased_again_at_its_time(ana):
    at, stranger = timezone.now(), uuid.uuid4()
    assert repeat_erasures({ana.pk: at, stranger: at}) == 2
    assert Customer.objects.get().name == ""
    assert erasures() == {ana.pk: at, stranger: at}
    assert repeat_erasures({ana.pk: at, stranger: at}) == 0


def test_the_list_only_grows(tmp_path):
    file, at = tmp_path / "erasures.jsonl", timezone.now()
    one, other = uuid.uuid4(), uuid.uuid4()
    add_to_ledger(file, {one: at})
    add_to_ledger(file, {other: at})
    add_to_ledger(file, {})
    assert read_ledger(file) == {one: at, other: at}


def test_a_line_that_is_no_erasure_is_refused_by_its_number(tmp_path):
    file = tmp_path / "erasures.jsonl"
    add_to_ledger(file, {uuid.uuid4(): timezone.now()})
    file.write_text(file.read_text() + '{"customer": "ana"}\n')
    with pytest.raises(Refusal) as refused:
        read_ledger(file)
    assert (refused.value.code, refused.value.facts["line"]) == ("ledger_unreadable", 2)


def test_an_erasure_is_never_taken_back(ana):
    erase_customer(ana, by=DEE)
    with pytest.raises(Exception, match="append-only"):
        Erasure.objects.all().delete()
