"""`python -m bench.identity [--customers N] [--everybody]`: finding and recognising customers.

A house of a million customers with names as common as names are (and one in twenty Chinese), each
with an e-mail, a phone number, a card, an order and a day of birth; one in a hundred twice, the
second time with slips. Measured warm, from the call to the answer: search by what people type, and
a new record looked up, weighed and suggested, beside the bare look-ups of its keys in the index.
Goals: search within 20 ms, a new record within 50. `--everybody` adds the pass over all records:
its memory, and the longest transaction meanwhile. Splink's example of 1,000 records comes first.
"""

import argparse
import random
import re
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import accumulate, batched
from pathlib import Path
from typing import Any

import psycopg

from bench.imports import prepare
from bench.measured import machine
from regulars.book.spelling import name_parts
from regulars.kit.ids import new_id
from regulars.kit.postgres import Layout, Role, Server
from regulars.kit.postgres.account import account
from regulars.measure.blocking import blocks
from regulars.measure.linkage import Record
from regulars.measure.linkage_fit import fit, probable_pairs
from regulars.measure.linkage_records import gathered, tabulated
from tests.support.data import REAL
from tests.support.linked import fake_1000, pairs_of_wholes, precision_and_recall

SEARCH_MS, NEW_MS = 20.0, 50.0
MOST_GB, LONGEST_SECONDS = 4.0, 2.0  # of the pass over everybody
TWICE = 100  # one in so many customers stands in the book twice
KINDS = ("email", "phone", "card")
HAN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
HAN_FIRST = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文小晓雪春"
SYLLABLES = re.findall(
    r"\w+", "an ber gu li no sa ti ka ro mal vik stro lund holm sten fal dal mar el in da ja to"
)


# What a new record costs at the least: its keys looked up, as far as they are followed.
LOOK_UPS = """
SELECT key, found.customer_id FROM unnest(%s::text[]) AS key CROSS JOIN LATERAL (
  SELECT customer_id FROM book_searchentry WHERE blocks @> ARRAY[key] LIMIT 101) found
"""
OPEN_FOR = """
SELECT coalesce(extract(epoch FROM max(now() - xact_start)), 0)::float FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND datname = 'regulars' AND pid <> pg_backend_pid()
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--tries", type=int, default=200, help="of each kind of search")
    parser.add_argument("--everybody", action="store_true", help="go over all records as well")
    asked = parser.parse_args()
    print(f"{date.today()}, {machine()}")
    is_well = not REAL.is_dir() or recognised()
    with tempfile.TemporaryDirectory(prefix="regulars-identity-") as made:
        folder = Path(made)
        folder.chmod(0o711)
        server = Server(Layout(folder / "house", account()))
        server.start()
        try:
            prepare(server)
            people = People(asked.customers)
            fill(server, people)
            renewed()
            is_well &= searched(people, asked.tries)
            is_well &= came(people, asked.tries)
            if asked.everybody:
                is_well &= went_over_everybody(server)
        finally:
            server.stop()
    return int(not is_well)


def recognised() -> bool:
    """Precision and recall on Splink's example."""
    records, person = fake_1000()
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        gathered([tabulated(records.items())], Path(folder)) as held,
    ):
        weights = fit(held)
        assert weights is not None
        (pairs,) = probable_pairs(held, weights, at_least=0.8)
    seconds = time.perf_counter() - began
    found = list(zip(*(pairs[f"key_{one}"].to_pylist() for one in "lr"), strict=True))
    precision, recall = precision_and_recall(found, person)
    of_wholes = precision_and_recall(pairs_of_wholes(found, records), person)
    print(f"fake_1000: pairs precision {precision:.4f}, recall {recall:.4f}, in {seconds:.1f} s;")
    print(f"           joined, precision {of_wholes[0]:.4f}, recall {of_wholes[1]:.4f}")
    return precision >= 0.99 and recall >= 0.85


class People:
    """So many customers, the same each time."""

    def __init__(self, n: int) -> None:
        self.n, self._random = n, random.Random(7)
        self._first = self._names(1_500)
        self._last = self._names(20_000)
        self.known: list[tuple[str, str, str, str, str]] = []  # a sample of what to search by

    def _names(self, n: int) -> tuple[list[str], list[float]]:
        """Names, and how common each is: the second half as common as the first, and so on."""
        made: dict[str, None] = {}
        while len(made) < n:
            made["".join(self._random.choices(SYLLABLES, k=self._random.choice((2, 3, 3, 4))))] = (
                None
            )
        return [name.title() for name in made], list(
            accumulate(1 / rank for rank in range(1, n + 1))
        )

    def _one_of(self, names: tuple[list[str], list[float]]) -> str:
        return self._random.choices(names[0], cum_weights=names[1])[0]

    def name(self) -> str:
        if self._random.random() < 0.05:
            given = self._random.choices(HAN_FIRST, k=self._random.choice((1, 2, 2)))
            return self._random.choice(HAN) + "".join(given)
        return f"{self._one_of(self._first)} {self._one_of(self._last)}"

    def everybody(self) -> Iterator[tuple[Any, str, str, str, str, str, date]]:
        """(id, name, e-mail, phone, card, order, born on)"""
        for nth in range(self.n):
            name = self.name()
            mail = name.lower().replace(" ", ".") if name.isascii() else f"kund{nth}"
            person = (
                f"{mail}{nth}@{self._random.choice(('example.org', 'mail.example', 'x.example'))}",
                f"+467{nth * 61_803_399 % 10**8:08}",
                f"C{nth:07}",
                f"SO-{nth}",
            )
            born = date(1940, 1, 1) + timedelta(days=self._random.randrange(25_000))
            if nth % (self.n // 2_000 or 1) == 0:
                self.known.append((name, *person))
            yield (new_id(), name, *person, born)
            if nth % TWICE == 0:
                slipped = name[:-1] + "e" if name.isascii() else name
                again = (
                    f"{mail}{nth}@other.example",
                    f"+468{nth * 61_803_399 % 10**8:08}",
                    f"D{nth:07}",
                    f"WEB-{nth}",
                )
                yield (new_id(), slipped, *again, born)


def fill(server: Server, people: People) -> None:
    """Customers with all of theirs by COPY, keys as the product makes them, indexes afterwards."""
    from django.db import connection

    from regulars.book.models import SearchEntry

    began = time.perf_counter()
    indexes = SearchEntry._meta.indexes
    with connection.schema_editor() as schema:
        for index in indexes:
            schema.remove_index(SearchEntry, index)
    with psycopg.connect(server.conninfo(Role.OWNER)) as house:
        for some in batched(people.everybody(), 20_000):
            for table, columns, rows in tables(some):
                with house.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                    for row in rows:
                        copy.write_row(row)
    with connection.schema_editor() as schema:
        for index in indexes:
            schema.add_index(SearchEntry, index)
    print(f"filled     {time.perf_counter() - began:.0f} s")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        for what in ("book_searchentry", *(index.name for index in indexes)):
            cursor.execute("SELECT pg_size_pretty(pg_relation_size(%s))", [what])
            print(f"           {what}: {cursor.fetchone()[0]}")


def renewed() -> None:
    """Records a second whose keys are made and stored, as the reader of the timeline does it."""
    from regulars.book.models import Customer
    from regulars.book.services.search_keys import renew_search_keys

    some = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:2_000])
    began = time.perf_counter()
    for batch in batched(some, 500):
        renew_search_keys(batch)
    print(f"keys       {len(some) / (time.perf_counter() - began):,.0f} records a second made anew")


def tables(some: Sequence[tuple[Any, ...]]) -> Iterator[tuple[str, str, Iterator[tuple[Any, ...]]]]:
    """What each table gets of some customers."""
    from regulars.book.search_terms import keys_of

    yield (
        "book_customer",
        "id, kind, relationship, name, language",
        ((who, "person", "consumer", name, "") for who, name, *_ in some),
    )
    yield (
        "book_identity",
        "id, customer_id, kind, source, value",
        (
            (new_id(), who, kind, "", value)
            for who, _, *known, _, _ in some
            for kind, value in zip(KINDS, known, strict=True)
        ),
    )
    yield (
        "book_importantday",
        "id, customer_id, kind, month, day, year, label",
        (
            (new_id(), who, "birthday", born.month, born.day, born.year, "")
            for who, *_, born in some
        ),
    )
    yield (
        "book_searchentry",
        "customer_id, search_keys, blocks",
        (
            (
                who,
                keys_of(name, zip(KINDS, known, strict=True)),
                sorted(blocks(record(name, known, born))),
            )
            for who, name, *known, _, born in some
        ),
    )
    yield (
        "book_order",
        "id, customer_id, status, channel, branch, placed_at, currency, gross_minor,"
        " discount_minor, tax_minor, shipping_minor, version, source, source_key",
        (
            (
                new_id(),
                who,
                "placed",
                "web",
                "",
                "2026-03-02 10:00Z",
                "SEK",
                100,
                0,
                0,
                0,
                1,
                "shop",
                key,
            )
            for who, *_, key, _ in some
        ),
    )


def record(name: str, known: Sequence[str], born: date) -> Record:
    first, last = name_parts(name)
    return Record(first, last, known[:1], known[1:2], born.isoformat())


def searched(people: People, tries: int) -> bool:
    """Milliseconds of searches of each kind."""
    from regulars.book.queries.search import found_customers

    latin = [known for known in people.known if known[0].isascii()]
    han = [known for known in people.known if not known[0].isascii()]
    kinds: dict[str, Callable[[random.Random], str]] = {
        "two letters": lambda r: r.choice(latin)[0][:2],
        "three letters": lambda r: r.choice(latin)[0][:3],
        "five letters": lambda r: r.choice(latin)[0][:5],
        "first name": lambda r: r.choice(latin)[0].split()[0],
        "first name, a letter": lambda r: " ".join(
            (r.choice(latin)[0].split()[0], r.choice(latin)[0].split()[1][0])
        ),
        "both names": lambda r: r.choice(latin)[0],
        "one Han letter": lambda r: r.choice(han)[0][0],
        "Han name": lambda r: r.choice(han)[0],
        "e-mail": lambda r: r.choice(latin)[1],
        "begun e-mail": lambda r: r.choice(latin)[1].partition("@")[0],
        "phone": lambda r: "0" + r.choice(latin)[2][3:],
        "end of a phone": lambda r: r.choice(latin)[2][-5:],
        "card": lambda r: r.choice(latin)[3],
        "order": lambda r: r.choice(latin)[4],
        "nobody": lambda r: r.choice(latin)[0] + " zyx",
    }
    dice, is_well = random.Random(11), True
    for kind, make in kinds.items():
        typed = [make(dice) for _ in range(tries)]
        for text in typed[:20]:
            found_customers(text)
        is_well &= say(
            kind,
            [milliseconds(lambda text=text: found_customers(text)) for text in typed],
            SEARCH_MS,
        )
    return is_well


def came(people: People, tries: int) -> bool:
    """Milliseconds to take down somebody new, to say who they may be, and of the bare look-ups."""
    from django.db import connection

    from regulars.book.known import Known
    from regulars.book.models import SearchEntry
    from regulars.book.models.customer import IdentityKind
    from regulars.book.services.customers import take_down_customer
    from regulars.book.services.suggesting import suggest_joins_of

    dice, taking, looking, bare, found = random.Random(13), [], [], [], []
    for nth in range(tries):
        name, mail, *_ = dice.choice(people.known)
        known = [Known(IdentityKind.EMAIL, mail.replace("@", f"{nth}@"))]
        told = {"source": "bench", "source_key": str(nth), "by": None}
        made = []
        taking.append(
            milliseconds(
                lambda: made.append(take_down_customer(name=name, known_by=known, **told))  # noqa: B023
            )
        )
        looking.append(milliseconds(lambda: found.append(suggest_joins_of([made[0].pk]))))  # noqa: B023
        keys = SearchEntry.objects.get(pk=made[0].pk).blocks
        with connection.cursor() as cursor:
            bare.append(milliseconds(lambda: cursor.execute(LOOK_UPS, [keys]).fetchall()))  # noqa: B023
    print(f"           {sum(map(bool, found))} of {tries} new records were suggested to somebody")
    say("bare look-ups", bare, NEW_MS)
    return say("taken down", taking, NEW_MS) & say("looked up, weighed", looking, NEW_MS)


def went_over_everybody(server: Server) -> bool:
    """Seconds of the pass over all records, the most memory it held, and the longest wait."""
    from regulars.book.services.linking import learn_and_suggest

    began = time.perf_counter()
    with longest_transaction(server) as longest:
        n = learn_and_suggest()
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    is_well = gigabytes <= MOST_GB and longest[0] <= LONGEST_SECONDS
    print(
        f"everybody  {n:,} suggested in {time.perf_counter() - began:.0f} s, {gigabytes:.1f} GB,"
        f" longest transaction {longest[0]:.1f} s{'' if is_well else '  OVER'}"
    )
    return is_well


@contextmanager
def longest_transaction(server: Server) -> Iterator[list[float]]:
    """Look ten times a second how long the oldest transaction of the house is open."""
    longest, stop = [0.0], threading.Event()

    def look() -> None:
        with psycopg.connect(server.conninfo(Role.KEEPER), autocommit=True) as keeper:
            while not stop.wait(0.1):
                (open_for,) = keeper.execute(OPEN_FOR).fetchone() or (0.0,)
                longest[0] = max(longest[0], open_for)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield longest
    finally:
        stop.set()
        looking.join()


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def say(what: str, times: Sequence[float], goal: float) -> bool:
    middle, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    verdict = "" if late <= goal else f"  OVER {goal:g}"
    print(
        f"{what:22} median {middle:6.1f} ms, 95 of 100 within {late:6.1f} ms{verdict}", flush=True
    )
    return late <= goal


if __name__ == "__main__":
    sys.exit(main())
