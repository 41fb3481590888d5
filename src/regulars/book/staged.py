"""Order lines as an import hands them over: one Arrow table, the lines of an order together."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.kit.errors import Refusal
from regulars.kit.ids import new_id
from regulars.kit.texts import N_

ORDER_LINES = pa.schema(
    [
        ("order_key", pa.string()),  # never NULL; rows come sorted by it
        ("customer_key", pa.string()),  # NULL: an anonymous sale
        ("customer_name", pa.string()),  # taken where the customer is new
        ("placed_at", pa.timestamp("us", "UTC")),
        ("cancelled_at", pa.timestamp("us", "UTC")),  # NULL: not cancelled
        ("channel", pa.string()),
        ("branch", pa.string()),
        ("currency", pa.string()),
        ("tax_minor", pa.int64()),  # of this row; the order's is the sum, as of shipping
        ("shipping_minor", pa.int64()),
        ("product_code", pa.string()),  # NULL: not told
        ("product_name", pa.string()),  # taken where the product is new, as its category
        ("category_code", pa.string()),
        ("quantity", pa.decimal128(12, 3)),
        ("unit_price_minor", pa.int64()),
        ("gross_minor", pa.int64()),
        ("discount_minor", pa.int64()),
        ("coupon", pa.string()),
        ("n_rows", pa.int64()),  # of the source that this line stands for; NULL: one
        ("found_customer", pa.string()),  # the id, where somebody looked before; else by its key
    ]
)
# What a NULL stands for; NULL in the other columns is nothing told, or refused by the tables.
INSTEAD_OF_NULL: Mapping[str, str | int] = {
    "customer_name": "",
    "channel": "",
    "branch": "",
    "coupon": "",
    "tax_minor": 0,
    "shipping_minor": 0,
    "discount_minor": 0,
    "n_rows": 1,
}


class NotSorted(Refusal):
    """The lines of one order do not stand together."""

    def __init__(self, order: str) -> None:
        super().__init__(
            "not_sorted",
            N_("The order lines are not sorted: {order} comes after a later one."),
            N_("Sort them by order, by the code points of its letters, and send them again."),
            order=order,
        )


def chunks(lines: pa.RecordBatchReader, *, about: int) -> Iterator[pa.Table]:
    """Whole orders, about so many rows at a time, as ORDER_LINES; refuses rows that go back."""
    pending, last = ORDER_LINES.empty_table(), ""
    for batch in lines:
        for start in range(0, batch.num_rows, about):
            piece = pa.Table.from_batches([batch.slice(start, about)]).cast(ORDER_LINES)
            pending = pa.concat_tables([pending, piece])
            # The last order may go on in the next piece.
            n_whole = pc.index(pending["order_key"], pending["order_key"][-1]).as_py()
            if n_whole and pending.num_rows >= about:
                whole, pending = pending.slice(0, n_whole), pending.slice(n_whole)
                last = _last_of_sorted(whole["order_key"], last)
                yield whole
    if pending.num_rows:
        _last_of_sorted(pending["order_key"], last)
        yield pending


def _last_of_sorted(keys: pa.ChunkedArray, before: str) -> str:
    """The last key; refuses keys that go back, or that were in the chunk before."""
    if not keys[0].as_py() > before:
        raise NotSorted(keys[0].as_py())
    where = pc.index(pc.less(keys[1:], keys[:-1]), value=True).as_py()
    if where >= 0:
        raise NotSorted(keys[where + 1].as_py())
    last: str = keys[-1].as_py()
    return last


def with_ids(chunk: pa.Table) -> pa.Table:
    """The chunk with what the posting adds: positions, and an id for whatever may be new.

    All rows of an order carry the same id for it, and so do all rows of a customer.
    """
    # In one piece: Arrow writes what lies in memory where a piece is empty.
    chunk = chunk.combine_chunks()
    told = {name: chunk[name] for name in chunk.column_names}
    told |= {name: told[name].fill_null(value) for name, value in INSTEAD_OF_NULL.items()}
    orders = chunk["order_key"].combine_chunks().dictionary_encode()
    people = chunk["customer_key"].combine_chunks().dictionary_encode()
    return pa.table(
        told
        | {
            "position": _positions(orders.indices.to_numpy()),
            "order_id": _ids(orders),
            "customer_id": _ids(people),
            "identity_id": _ids(people),
        }
    )


def _ids(column: pa.DictionaryArray) -> pa.Array:
    made = pa.array([str(new_id()) for _ in range(len(column.dictionary))], pa.string())
    return made.take(column.indices)


def _positions(orders: NDArray[np.int32]) -> pa.Array:
    """1, 2, .. within each order; the rows of an order stand together."""
    nth = np.arange(orders.size)
    begins = np.flatnonzero(np.append(True, orders[1:] != orders[:-1]))
    return pa.array(nth - np.repeat(begins, np.diff(np.append(begins, orders.size))) + 1)
