import threading
import time

import psycopg
import pytest
from django.db import connection

from regulars.book.models import Customer, Erasure
from regulars.book.queries.wholes import records_of
from regulars.book.services.epochs import ensure_epoch
from regulars.book.services.erasing import erase_customer
from regulars.book.services.joining import (
    AlreadyOneCustomer,
    WasErased,
    join_customers,
    split_customers,
)
from regulars.kit.postgres import Role
from tests.support.cast import customer, told
from tests.support.house_database import NAME

pytestmark = pytest.mark.usefixtures("committed")


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
        except (AlreadyOneCustomer, WasErased) as refused:
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
    three = [customer(name) for name in ("Ana", "Anna", "Anne")]
    came = at_once(
        *(
            lambda nth=nth: join_customers(three[nth], three[(nth + 1) % 3], **told())
            for nth in range(3)
        )
    )
    assert came.count(AlreadyOneCustomer) == 1
    assert Customer.objects.filter(kept=None).count() == 1
    assert len(set(Customer.objects.exclude(kept=None).values_list("kept", flat=True))) == 1


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


def test_who_waited_for_a_split_joins_what_stands_after_it(committed):
    ana, anna, bo = customer("Ana"), customer("Anna"), customer("Bo")
    join_customers(ana, anna, **told())
    with psycopg.connect(committed.conninfo(Role.OWNER, NAME)) as other:
        other.execute("SELECT 1 FROM book_customer WHERE id = %s FOR UPDATE", [ana.pk])
        waiting = threading.Thread(
            target=lambda: at_once(lambda: join_customers(bo, anna, **told()))
        )
        waiting.start()
        while not other.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]:
            time.sleep(0.01)
        other.execute(
            "UPDATE book_customer SET kept_id = NULL, joined_into_id = NULL WHERE id = %s",
            [anna.pk],
        )
    waiting.join()
    assert list(records_of(Customer.objects.get(pk=ana.pk))) == [ana]
    assert set(records_of(Customer.objects.get(pk=bo.pk))) == {anna, bo}
    split_customers(anna, **told())
    assert not Customer.objects.exclude(kept=None).exists()
