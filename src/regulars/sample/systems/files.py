"""Writing what every system of the company holds, chunk by chunk of its customers."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa

from regulars.sample.season import Calendar
from regulars.sample.systems import calls, customers, goods, promises, staff, tickets, visits
from regulars.sample.systems import wholesale as trade
from regulars.sample.systems.crowd import Crowd
from regulars.sample.systems.registers import PEOPLE, Records
from regulars.sample.systems.streams import Streams
from regulars.sample.systems.truth import SystemsTruth
from regulars.sample.tables import TableFile

SCHEMAS = {
    "branches": staff.BRANCHES,
    "staff": staff.STAFF,
    "products": goods.PRODUCT_LIST,
    "offers": goods.OFFERS,
    "customers": customers.CUSTOMERS,
    "loyalty_cards": customers.CARDS,
    "web_accounts": customers.ACCOUNTS,
    "helpdesk_contacts": tickets.CONTACTS,
    "offers_used": goods.OFFERS_USED,
    "returns": goods.RETURNS,
    "visits": visits.VISITS,
    "calls": calls.CALLS,
    "promises": promises.PROMISES,
    "tickets": tickets.TICKETS,
    "organisations": trade.ORGANISATIONS,
    "organisation_people": trade.ORGANISATION_PEOPLE,
    "invoices": trade.INVOICES,
    "invoice_lines": trade.INVOICE_LINES,
    "disputes": trade.DISPUTES,
    "truth_people": PEOPLE,
}
_FIRST = {"calls": 30_001, "visits": 40_001, "promises": 50_001, "invoices": 60_001, "disputes": 1}


class SystemFiles:
    """The files of all systems beside the orders, open for writing."""

    def __init__(
        self, folder: Path, format: str, calendar: Calendar, *, customers: int, seed: int
    ) -> None:
        self.calendar, self.seed = calendar, seed
        self.staff = staff.hire(customers, calendar.days, Streams(seed, 0))
        self.truth = SystemsTruth()
        with ExitStack() as opened:
            self._files = {
                name: opened.enter_context(TableFile(folder / f"{name}.{format}", schema))
                for name, schema in SCHEMAS.items()
            }
            self._write_company()
            self._open = opened.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def as_dict(self) -> dict[str, object]:
        """What truth.json says of them."""
        rows = {name: file.rows for name, file in self._files.items()}
        return self.truth.as_dict(rows, has_season=self.calendar.has_season)

    def _write_company(self) -> None:
        """What there is once: places, staff, products, offers."""
        calendar = self.calendar
        self._write("branches", staff.branch_columns())
        self._write(
            "staff",
            staff.staff_columns(self.staff, first_on=calendar.first_on, n_days=calendar.days),
        )
        self._write("products", goods.product_columns())
        self._write("offers", goods.offer_columns(calendar))

    def write_crowd(self, crowd: Crowd) -> None:
        """What the systems hold of some customers."""
        self._write("offers_used", goods.offers_used_columns(crowd))
        self._write("returns", goods.return_columns(crowd))
        self._write_registers(crowd)
        given = self._write_calls_and_promises(crowd)
        self.truth.count_promises(given)
        self._write_help_desk(crowd, given)
        self._write_wholesale(crowd)

    def _write_registers(self, crowd: Crowd) -> None:
        records, columns = customers.customer_register(crowd)
        self._write_records("customers", crowd, records, columns)
        records, columns = customers.account_register(crowd)
        self._write_records("web_accounts", crowd, records, columns)
        records, issued, columns = customers.card_register(crowd)
        self._write_records("loyalty_cards", crowd, records, columns)
        first = self._next("visits")
        self._write("visits", visits.visit_columns(crowd, records, issued, first=first))

    def _write_calls_and_promises(self, crowd: Crowd) -> promises.Promises:
        made = calls.ring(crowd, first=self._next("calls"))
        given = promises.promise(crowd, made)
        first = self._next("promises")
        self._write("calls", calls.incoming_columns(crowd, made))
        self._write("promises", promises.promise_columns(crowd, given, first=first))
        kept = np.flatnonzero((given.kind == promises.CALL_BACK) & (given.kept_at >= 0))
        self._write(
            "calls",
            calls.outgoing_columns(
                crowd,
                customer=given.customer[kept],
                at=given.kept_at[kept],
                promise_number=first + kept,
                first=self._next("calls"),
            ),
        )
        return given

    def _write_help_desk(self, crowd: Crowd, given: promises.Promises) -> None:
        wrote = tickets.write_in(crowd, given)
        records, columns = tickets.contact_register(crowd, wrote)
        self._write_records("helpdesk_contacts", crowd, records, columns)
        written = self._files["tickets"].rows
        known = columns["external_id"]
        self._write(
            "tickets", tickets.ticket_columns(crowd, wrote, records, known, written=written)
        )

    def _write_wholesale(self, crowd: Crowd) -> None:
        those = trade.organisations(crowd, written=self._files["organisations"].rows)
        made = trade.invoices(crowd, those, first=self._next("invoices"))
        self._write("organisations", those.columns)
        self._write("organisation_people", those.people_columns(crowd))
        self._write("truth_people", those.records.truth("organisation_people", those.people))
        self._write("invoices", trade.invoice_columns(crowd, those, made))
        self._write("invoice_lines", trade.invoice_line_columns(made))
        first = self._next("disputes")
        self._write("disputes", trade.dispute_columns(crowd, made, first=first))

    def _write_records(
        self, name: str, crowd: Crowd, records: Records, columns: dict[str, pa.Array]
    ) -> None:
        self._write(name, columns)
        self._write("truth_people", records.truth(name, crowd.persons))

    def _write(self, name: str, columns: dict[str, pa.Array]) -> None:
        self._files[name].write(columns)

    def _next(self, name: str) -> int:
        """The next number in a file that numbers its rows."""
        return _FIRST[name] + self._files[name].rows
