import threading
import time
from itertools import combinations

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from regulars.book.models import Customer, Erasure, Event, JoinSuggestion, SearchEntry
from regulars.book.models.customer import IdentityKind
from regulars.book.models.day import DayKind
from regulars.book.queries.suggestions import NoSuchSuggestion
from regulars.book.queries.wholes import records_of, wholes_of
from regulars.book.services.customers import change_customer
from regulars.book.services.days import Yearly, note_day
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.erasing import erase_customer
from regulars.book.services.joining import (
    AlreadyOneCustomer,
    WasErased,
    join_customers,
    split_customers,
)
from regulars.book.services.search_keys import renew_search_keys
from regulars.book.services.suggesting import (
    AlreadyDecided,
    Conflict,
    accept_suggestion,
    decline_suggestion,
    note_conflicts,
    suggest_joins,
)
from regulars.company.models import AuditEntry
from regulars.jobs.identity import recognise
from regulars.kit.postgres import Role
from tests.support.cast import customer, everything, told
from tests.support.house_database import NAME

pytestmark = pytest.mark.usefixtures("committed")
UNGRANTED = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture(autouse=True)
def epoch(committed):
    ensure_epoch()


def at_once(*actions):
    """Run beside each other from one signal on; gives what each returned or raised."""
    start, came = threading.Barrier(len(actions)), {}

    def run(nth, action):
        start.wait()
        try:
            came[nth] = action()
        except (AlreadyOneCustomer, WasErased, AlreadyDecided, NoSuchSuggestion) as refused:
            came[nth] = type(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [came[nth] for nth in range(len(actions))]


def test_of_two_who_join_each_other_at_once_one_is_refused():
    for _ in range(10):
        ana, anna = customer("Ana"), customer("Anna")
        came = at_once(
            lambda a=ana, b=anna: join_customers(a, b, **told()),
            lambda a=ana, b=anna: join_customers(b, a, **told()),
        )
        assert came.count(AlreadyOneCustomer) == 1
        assert len(records_of(Customer.objects.get(pk=ana.pk))) == 2


def test_a_ring_of_joins_at_once_ends_as_one_customer():
    for _ in range(10):
        three = [customer(name) for name in ("Ana", "Anna", "Anne")]
        came = at_once(
            *(
                lambda three=three, nth=nth: join_customers(
                    three[nth], three[(nth + 1) % 3], **told()
                )
                for nth in range(3)
            )
        )
        assert came.count(AlreadyOneCustomer) == 1
        assert len(set(wholes_of([each.pk for each in three]).values())) == 1


def test_the_same_join_told_twice_at_once_is_one():
    ana, anna, same = customer("Ana"), customer("Anna"), told()
    came = at_once(*[lambda: join_customers(ana, anna, **same)] * 4)
    assert came == [ana] * 4
    assert anna.events.filter(kind="customer.joined").count() == 1


def test_who_is_joined_while_the_other_is_erased_is_either_erased_too_or_not_joined():
    for _ in range(10):
        ana, anna = customer("Ana"), customer("Anna")
        came = at_once(
            lambda a=ana, b=anna: join_customers(a, b, **told()),
            lambda b=anna: erase_customer(b, by=None),
        )
        is_joined = came[0] is not WasErased
        erased = set(Erasure.objects.filter(pk__in=[ana.pk, anna.pk]).values_list("pk", flat=True))
        assert erased == ({ana.pk, anna.pk} if is_joined else {anna.pk})


@pytest.fixture
def suggested():
    """Three records of which any two are suggested."""
    three = [customer("Ana Berg") for _ in range(3)]
    note_conflicts(Conflict(a.pk, b.pk, [IdentityKind.PHONE]) for a, b in combinations(three, 2))
    return three, list(JoinSuggestion.objects.order_by("first", "second"))


def test_of_two_who_decide_at_once_one_is_refused_or_both_agree(suggested):
    _, (one, other, third) = suggested
    came = at_once(
        lambda: accept_suggestion(one, by=None), lambda: decline_suggestion(one, by=None)
    )
    assert came.count(AlreadyDecided) == 1
    assert [each.kind for each in Event.objects.filter(kind="customer.joined")] == (
        ["customer.joined"] if came[1] is AlreadyDecided else []
    )
    same = at_once(*[lambda: decline_suggestion(other, by=None)] * 3)
    assert same == [None] * 3
    same = at_once(*[lambda: accept_suggestion(third, by=None)] * 3)
    assert len(set(same)) == 1
    assert AuditEntry.objects.filter(action="join.accepted", subject_id=third.pk).count() == 1


def test_a_ring_of_suggestions_accepted_at_once_is_one_customer_and_splits_into_three(suggested):
    three, suggestions = suggested
    came = at_once(*(lambda s=s: accept_suggestion(s, by=None) for s in suggestions))
    assert AlreadyOneCustomer not in came
    assert set(records_of(Customer.objects.get(pk=three[2].pk))) == set(three)
    joins = list(Customer.objects.exclude(joined_into=None))
    assert len(joins) == 2
    for joined in joins:
        split_customers(joined, **told())
    assert not Customer.objects.exclude(kept=None).exists()


def test_who_is_erased_while_the_reader_comes_by_leaves_no_key_and_no_suggestion():
    for _ in range(15):
        pair = [customer("Ana Berg") for _ in range(2)]
        for who in pair:
            note_day(who, Yearly(DayKind.BIRTHDAY, 5, 1, 1990), **told())
        events = [Event(customer=who) for who in pair]
        at_once(
            lambda who=pair[1]: erase_customer(who, by=None),
            lambda events=events: recognise(events),
            lambda pair=pair: suggest_joins([(pair[0].pk, pair[1].pk)]),
        )
        assert not SearchEntry.objects.filter(customer=pair[1]).exists()
        assert not JoinSuggestion.objects.filter(second=pair[1]).exists()
        erase_customer(pair[0], by=None)


def test_two_who_change_and_the_reader_do_not_wait_for_each_other_for_ever():
    two = sorted((customer("Ana"), customer("Bo")), key=lambda who: who.pk)
    for nth in range(15):
        came = at_once(
            lambda nth=nth: change_customer(two[0], name=f"Ana {nth}", **told()),
            lambda nth=nth: change_customer(two[1], name=f"Bo {nth}", **told()),
            lambda: renew_search_keys([who.pk for who in reversed(two)]),
            lambda: join_customers(*two, **told()),
        )
        assert [each.name for each in came[:2]] == [f"Ana {nth}", f"Bo {nth}"]
        split_customers(two[1], **told())


def test_whoever_is_killed_in_the_middle_of_a_join_has_joined_nobody(committed):
    ana, anna = customer("Ana"), customer("Anna")
    before = everything()
    with psycopg.connect(committed.conninfo(Role.KEEPER, NAME), autocommit=True) as keeper:

        @transaction.atomic
        def killed():
            join_customers(ana, anna, **told())
            pid = connection.connection.info.backend_pid
            keeper.execute("SELECT pg_terminate_backend(%s)", [pid])
            Customer.objects.count()

        with pytest.raises(OperationalError):
            killed()
    connection.close()
    assert everything() == before


def test_who_waited_for_a_split_joins_what_stands_after_it(committed):
    ana, anna, bo = customer("Ana"), customer("Anna"), customer("Bo")
    join_customers(ana, anna, **told())
    waiting = threading.Thread(target=at_once, args=[lambda: join_customers(bo, anna, **told())])
    with transaction.atomic():
        split_customers(anna, **told())
        waiting.start()
        with psycopg.connect(committed.conninfo(Role.OWNER, NAME), autocommit=True) as other:
            while not other.execute(UNGRANTED).fetchone()[0]:
                time.sleep(0.01)
    waiting.join()
    assert list(records_of(Customer.objects.get(pk=ana.pk))) == [ana]
    assert set(records_of(Customer.objects.get(pk=bo.pk))) == {anna, bo}
    split_customers(anna, **told())
    assert not Customer.objects.exclude(kept=None).exists()
