"""What says who a person is, forgotten by what is declared of every table."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from regulars.book.held import Fate, held_tables
from regulars.book.queries.held import rows_held


@transaction.atomic
def forget(customer_ids: Sequence[UUID]) -> int:
    """Delete every row that an erasure lets go, of all contexts; gives how many rows.

    What stays holds ids, times, codes and amounts: the figures need them, and consents are proof.
    """
    # The other way round: addresses are looked for by identities, and those are of the book.
    going = [table for table in reversed(held_tables()) if table.fate is Fate.GOES]
    return sum(rows_held(table, customer_ids).delete()[0] for table in going)
