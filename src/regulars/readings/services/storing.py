"""What came of a round is written: figures, parts of pages, and every customer's standing."""

import io
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection, transaction

from regulars.readings.models import PagePart, Reading, Standing

_AT_ONCE = 50_000  # rows in one transaction, which takes less than two seconds

STANDINGS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("stage", pa.string()),
        ("activity", pa.string()),
        ("is_regular", pa.bool_()),
        ("first_on", pa.date32()),
        ("last_on", pa.date32()),
        ("n_days", pa.int64()),
        ("usual_gap_days", pa.float64()),
        ("net_minor", pa.int64()),
        ("year_net_minor", pa.int64()),
        ("is_high_value", pa.bool_()),
        ("has_potential", pa.bool_()),
        ("p_alive", pa.float64()),
        ("p_buys", pa.float64()),
        ("p_buys_then", pa.float64()),
        ("expected_purchases", pa.float64()),
        ("expected_net_minor", pa.int64()),
        ("due_on", pa.date32()),
        ("due_from", pa.date32()),
        ("due_until", pa.date32()),
    ]
)


@transaction.atomic
def store_figures(readings: Sequence[Reading], parts: Sequence[PagePart]) -> None:
    """The figures of a round and the parts of pages that show them."""
    Reading.objects.bulk_create(readings)
    PagePart.objects.bulk_create(parts, batch_size=20)


def store_standings(taking_id: object, table: pa.Table) -> Iterator[int]:
    """Where each customer stands, as STANDINGS says; gives the rows stored so far, batch by batch.

    Takes an Arrow table, and writes it by COPY in transactions of 50,000 rows.
    """
    columns = ", ".join(["taking_id", *STANDINGS.names])
    name = Standing._meta.db_table
    for start in range(0, table.num_rows, _AT_ONCE):
        rows = table.slice(start, _AT_ONCE)
        of_taking = pa.array([str(taking_id)] * rows.num_rows)
        text = io.BytesIO()
        pa_csv.write_csv(
            rows.add_column(0, "taking_id", of_taking),
            text,
            pa_csv.WriteOptions(include_header=False, quoting_style="needed"),
        )
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(f"COPY {name} ({columns}) FROM STDIN (FORMAT csv)") as copy,
        ):
            copy.write(text.getbuffer())
        yield start + rows.num_rows
