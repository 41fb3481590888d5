"""Writing an example company: the order file anybody would export, and the truth beside it."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from regulars.kit.errors import InputRefused
from regulars.kit.folders import staged
from regulars.kit.progress import Progress, silent
from regulars.kit.texts import N_
from regulars.sample.baskets import NOBODY, fill
from regulars.sample.people import names
from regulars.sample.planted import STORY, Planted
from regulars.sample.purchases import simulate
from regulars.sample.season import AS_OF, DAY_SECONDS, calendar
from regulars.sample.systems.crowd import Crowd, orders_in
from regulars.sample.systems.files import SystemFiles
from regulars.sample.systems.persons import persons
from regulars.sample.systems.streams import Streams
from regulars.sample.tables import (
    FORMATS,
    ORDER_LINES,
    TRUTH,
    TableFile,
    order_columns,
    order_numbers,
)
from regulars.sample.truth import Tally

DAYS = 1096
HORIZON_DAYS = 90
_CHUNK = 50_000  # customers made at a time: what bounds the memory
_FIRST_CUSTOMER, _FIRST_ORDER = 1001, 10_001


@dataclass(frozen=True, slots=True)
class Company:
    """Where an example company lies, and how much of it there is."""

    orders_path: Path
    truth_path: Path
    truth_customers_path: Path
    as_of: date
    customers: int
    orders: int
    lines: int


def write_company(
    out: Path,
    *,
    customers: int = 3000,
    seed: int = 1,
    as_of: date = AS_OF,
    days: int = DAYS,
    format: str = "csv",
    planted: Planted = STORY,
    progress: Progress = silent,
) -> Company:
    """Write a tea and coffee shop with a web shop: what each of its systems holds, and the truth.

    The process runs `HORIZON_DAYS` past `as_of`; what happens there stands in the truth alone.
    Same arguments, same bytes. `planted=PLAIN` leaves out season, growth and price rises.
    """
    _check(customers=customers, seed=seed, days=days, format=format)
    tally = Tally(calendar(planted, as_of=as_of, days=days, horizon_days=HORIZON_DAYS))
    orders_name, people_name = (f"{name}.{format}" for name in ("orders", "truth_customers"))
    with staged(out) as folder:
        with ExitStack() as opened:
            files = _Files(
                opened.enter_context(TableFile(folder / orders_name, ORDER_LINES)),
                opened.enter_context(TableFile(folder / people_name, TRUTH)),
                opened.enter_context(
                    SystemFiles(folder, format, tally.calendar, customers=customers, seed=seed)
                ),
            )
            for chunk, start in enumerate(range(0, customers, _CHUNK)):
                progress(N_("Writing the example company"), start / customers)
                n = min(_CHUNK, customers - start)
                _write_chunk(files, tally, planted, n, seed=seed, chunk=chunk)
        truth = tally.as_dict(planted, seed=seed) | {"systems": files.systems.as_dict()}
        said = json.dumps(truth, indent=2, ensure_ascii=False)
        (folder / "truth.json").write_text(said + "\n", encoding="utf-8")
    progress(N_("Writing the example company"), 1.0)
    return Company(
        orders_path=out / orders_name,
        truth_path=out / "truth.json",
        truth_customers_path=out / people_name,
        as_of=as_of,
        customers=tally.customers,
        orders=tally.orders,
        lines=tally.lines,
    )


@dataclass(frozen=True, slots=True)
class _Files:
    """The files that are written piece by piece."""

    orders: TableFile
    people: TableFile
    systems: SystemFiles


def _write_chunk(
    files: _Files, tally: Tally, planted: Planted, n: int, *, seed: int, chunk: int
) -> None:
    """Make `n` customers, write what they did, and count them in."""
    rng = np.random.default_rng((seed, chunk))
    purchases = simulate(planted, tally.calendar, n, rng=rng)
    lines = fill(purchases, tally.calendar, rng=rng)
    called = names(n, rng=rng)
    numbers = _FIRST_CUSTOMER + tally.customers + np.arange(n)
    first_order = _FIRST_ORDER + tally.documents
    is_shown = lines.at < tally.calendar.days * DAY_SECONDS
    shown, hidden = lines.where(is_shown), lines.where(~is_shown)
    files.orders.write(
        order_columns(
            shown,
            first_on=tally.calendar.first_on,
            first_order=first_order,
            first_customer=int(numbers[0]),
            names=called,
        )
    )
    truths = tally.add(purchases, shown, hidden)
    files.people.write({"customer_number": pa.array(numbers), "customer_name": called, **truths})
    streams = Streams(seed, 1 + chunk)
    line_orders = order_numbers(shown, first_order=first_order)
    orders = orders_in(shown, line_orders)
    crowd = Crowd(
        calendar=tally.calendar,
        purchases=purchases,
        lines=shown,
        line_orders=line_orders,
        orders=orders,
        named_orders=orders.where(orders.customer != NOBODY),
        persons=persons(called, numbers, streams.of("persons")),
        staff=files.systems.staff,
        streams=streams,
    )
    files.systems.write_crowd(crowd)


def _check(*, customers: int, seed: int, days: int, format: str) -> None:
    for name, given, least in (("customers", customers, 1), ("seed", seed, 0), ("days", days, 1)):
        if given < least:
            raise InputRefused(
                "sample_too_small",
                N_("{name} is {given}; an example company needs at least {least}."),
                N_("Give a larger number."),
                name=name,
                given=given,
                least=least,
            )
    if format not in FORMATS:
        raise InputRefused(
            "sample_format_unknown",
            N_("The example company cannot be written as {given}."),
            N_("Choose one of: {known}."),
            given=format,
            known=", ".join(FORMATS),
        )
