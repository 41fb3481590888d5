"""The board's pages on a measured house: what they say, whom they refuse, what they cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.analysis.taking import take_readings
from regulars.book.models import Customer, JoinSuggestion
from regulars.book.models.customer import IdentityKind
from regulars.book.models.promise import PromiseKind
from regulars.book.services.promises import make_promise
from regulars.book.services.suggesting import Conflict, note_conflicts
from regulars.company.models import AuditEntry
from regulars.kit.ids import readable
from regulars.readings.models import Goal, RegularRule, TurnDone
from regulars.readings.queries.takings import last_taking, readings_of, slipping
from tests.support.cast import at, customer, told
from tests.support.measured import bring_in, write_shop

pytestmark = pytest.mark.django_db
FOR_CUSTOMERS = ["/customers", "/slipping", "/promises", "/today", "/find"]
FOR_FIGURES = ["/report", "/goals"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return write_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def measured(shop):
    bring_in(shop)
    return take_readings()


def words(answer):
    return answer.content.decode()


@pytest.mark.parametrize("place", [*FOR_CUSTOMERS, *FOR_FIGURES, "/joins", "/more"])
def test_a_stranger_is_led_to_the_door(client, place):
    answer = client.get(place)
    assert (answer.status_code, answer["Location"].startswith("/sign-in?next=")) == (302, True)


@pytest.mark.parametrize("place", [*FOR_CUSTOMERS, *FOR_FIGURES, "/joins"])
def test_a_role_without_the_right_is_told_who_may(client, eli, place):
    client.force_login(eli)
    answer = client.get(place)
    assert answer.status_code == 403
    assert "Your role does not include this." in words(answer)


@pytest.mark.parametrize("place", ["/customers", "/slipping", "/promises", "/today", *FOR_FIGURES])
def test_an_empty_house_says_so_on_every_page(by_dee, place):
    answer = by_dee.get(place)
    assert answer.status_code == 200
    assert "None" not in words(answer)


def test_the_board_says_where_we_stand_and_what_to_do(by_dee, measured):
    page = words(by_dee.get("/"))
    share = readings_of(measured)["regulars_share"]
    assert f"/readings/{readable('red', share.pk)}" in page
    assert "of your customers are regulars" in page
    assert "Start the day’s list" in page or "Nothing is waiting" in page
    worst = slipping(measured).first()
    assert worst.customer.name in page


def test_a_figure_leads_to_its_proof(by_dee, measured):
    share = readings_of(measured)["regulars_share"]
    page = words(by_dee.get(f"/readings/{readable('red', share.pk)}"))
    assert "Share of regulars" in page
    assert "Wilson" in page
    assert measured.rule in page
    assert by_dee.get("/readings/red_nothing").status_code == 404


def test_the_report_shows_every_section_but_those_with_names(by_dee, measured):
    page = words(by_dee.get("/report"))
    for name in ("share", "stages", "moves", "concentration", "staying", "expected", "model"):
        assert f'id="{name}"' in page
    assert 'id="slipping"' not in page


def test_the_page_of_a_customer_tells_the_story_and_its_reading_is_noted(by_dee, measured):
    who = slipping(measured).first().customer
    page = words(by_dee.get(f"/customers/{readable('cus', who.pk)}"))
    for said in (who.name, "Slipping away", "Call them", "Their story with us", "Known by"):
        assert said in page
    assert AuditEntry.objects.filter(action="customer.read", subject_id=who.pk).count() == 1
    assert by_dee.get("/customers/cus_nobody").status_code == 404


def test_a_story_can_be_narrowed(by_dee, measured):
    who = slipping(measured).first().customer
    address = f"/customers/{readable('cus', who.pk)}"
    make_promise(
        who,
        kind=PromiseKind.REPAIR,
        made_at=at("2026-01-02 09:00"),
        due_at=at("2026-01-05 09:00"),
        **told(),
    )
    assert "a repair" in words(by_dee.get(f"{address}?story=promises"))
    narrowed = words(by_dee.get(f"{address}?story=orders"))
    assert ("Promised: a repair" in narrowed, "Ordered for" in narrowed) == (False, True)


def test_the_list_of_the_day_is_worked_off_and_undone(by_dee, measured):
    page = words(by_dee.get("/today"))
    key = f"slipping:{slipping(measured).first().customer_id}"
    assert key in page
    there = by_dee.post("/today/done", {"key": key})
    assert there["Location"] == f"/today?done={key}"
    assert TurnDone.objects.get().key == key
    after = words(by_dee.get(there["Location"]))
    assert ("Done, and off the list for everybody." in after, "One is done." in after) == (
        True,
        True,
    )
    by_dee.post("/today/done", {"key": key, "undo": "1"})
    assert not TurnDone.objects.exists()
    assert by_dee.post("/today/done", {"key": "x"}).status_code == 404


def test_promises_are_kept_with_one_press(by_dee, measured):
    who = Customer.objects.exclude(name="").first()
    promise = make_promise(
        who,
        kind=PromiseKind.CALL_BACK,
        made_at=at("2026-01-02 09:00"),
        due_at=at("2026-01-05 09:00"),
        **told(),
    )
    page = words(by_dee.get("/promises"))
    assert "One broken word is still to be put right." in page
    address = f"/promises/{readable('prm', promise.pk)}/keep"
    assert by_dee.post(address, {"back": "//evil.example/"})["Location"] == "/promises"
    promise.refresh_from_db()
    assert promise.state == "kept_late"
    assert by_dee.post(address).status_code == 409
    assert by_dee.post("/promises/prm_none/keep").status_code == 404


def test_a_goal_has_odds_after_the_next_round(by_dee, dee, measured):
    told_goal = {
        "metric": "regulars_share",
        "target_percent": "99",
        "due_on": "2099-01-01",
        "owner": str(dee.pk),
    }
    assert by_dee.post("/goals", told_goal).status_code == 302
    assert "Cannot tell yet" in words(by_dee.get("/goals"))
    again = by_dee.post("/goals", told_goal)
    assert (again.status_code, "There is a goal for this already." in words(again)) == (422, True)
    take_readings()
    assert readings_of(last_taking())["goal_odds"].value is not None
    goal = Goal.objects.get()
    by_dee.post(f"/goals/{goal.pk}/end")
    goal.refresh_from_db()
    assert goal.ended_at is not None


@pytest.mark.parametrize(
    ("days", "window", "base", "status"), [(2, 90, 365, 302), (0, 90, 365, 422), (5, 3, 365, 422)]
)
def test_what_a_regular_is_can_be_said(by_dee, days, window, base, status):
    sent = {"days": days, "window_days": window, "base_days": base, "horizon_days": 90}
    assert by_dee.post("/settings/regulars", sent).status_code == status
    assert RegularRule.objects.count() == (status == 302)


def test_a_search_finds_as_one_types_and_without_script(by_dee, measured):
    name = Customer.objects.exclude(name="").first().name
    assert name in words(by_dee.get("/customers", {"q": name}))
    part = by_dee.get("/find", {"q": name}, headers={"HX-Request": "true"})
    assert (name in words(part), "<html" in words(part)) == (True, False)
    assert by_dee.get("/find", {"q": name})["Location"].startswith("/customers?q=")
    assert "Nobody fits" in words(by_dee.get("/customers", {"q": "zzzzqqq"}))


def test_light_and_dark_and_language_are_kept(by_dee):
    answer = by_dee.post("/more", {"language": "sv", "theme": "dark"})
    assert (answer.cookies["theme"].value, answer.cookies["django_language"].value) == (
        "dark",
        "sv",
    )
    page = words(by_dee.get("/more"))
    assert ('data-theme="dark"' in page, 'lang="sv"' in page) == (True, True)
    by_dee.post("/more", {"language": "xx", "theme": "pink"})
    assert "data-theme" not in words(by_dee.get("/more"))


@pytest.mark.parametrize(
    ("place", "at_most"),
    [("/", 25), ("/report", 8), ("/customers?q=berg", 15), ("/slipping", 12), ("/promises", 12)],
)
def test_a_page_makes_a_bounded_number_of_statements(by_dee, measured, place, at_most):
    by_dee.get(place)
    with CaptureQueriesContext(
        connection,
    ) as made:
        by_dee.get(place)
    assert len(made) <= at_most


def test_the_page_of_a_customer_makes_as_many_statements_for_a_long_story_as_for_a_short(
    by_dee, measured
):
    by_n_days = measured.standings.order_by("n_days")
    counts = []
    for standing in (by_n_days.first(), by_n_days.last()):
        with CaptureQueriesContext(connection) as made:
            by_dee.get(f"/customers/{readable('cus', standing.customer_id)}")
        counts.append(len(made))
    assert abs(counts[0] - counts[1]) <= 3
    assert max(counts) <= 45


def test_a_conflict_stands_beside_the_joins_and_somebody_decides(by_dee):
    ana, bo = customer("Ana Berg"), customer("Bo Ek")
    note_conflicts([Conflict(ana.pk, bo.pk, (IdentityKind.PHONE,))])
    page = words(by_dee.get("/joins"))
    assert "One pair is taken for one person by a source" in page
    assert ("Ana Berg" in page, "Bo Ek" in page) == (True, True)
    address = f"/joins/{readable('joi', JoinSuggestion.objects.get().pk)}"
    assert by_dee.post(address, {"other": "1"}).status_code == 302
    assert by_dee.post(address, {"same": "1"}).status_code == 409
    assert "Ana Berg" not in words(by_dee.get("/joins"))
    assert by_dee.post("/joins/joi_none", {"same": "1"}).status_code == 404


def test_two_who_are_the_same_become_one(by_dee):
    ana, anna = customer("Ana Berg"), customer("Anna Berg")
    note_conflicts([Conflict(ana.pk, anna.pk, (IdentityKind.PHONE,))])
    address = f"/joins/{readable('joi', JoinSuggestion.objects.get().pk)}"
    there = by_dee.post(address, {"same": "1"})
    anna.refresh_from_db()
    assert there["Location"] == f"/customers/{readable('cus', anna.whole_id)}"
    assert "Joined into this customer" in words(by_dee.get(there["Location"]))
