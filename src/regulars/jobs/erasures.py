"""The list of erasures, kept outside the database as they happen."""

from collections.abc import Sequence

from regulars.book.erasure_ledger import add_to_ledger
from regulars.book.models import Event
from regulars.book.queries.erasures import erasures
from regulars.kit.postgres.layout import erasure_ledger_in, home_told


def mirror_erasures(_events: Sequence[Event]) -> None:
    """Bring the file in the data folder up to the database; a repeated call changes nothing."""
    add_to_ledger(erasure_ledger_in(home_told()), erasures())
