"""Orders in one file, their amounts in another: joined on the order.

The file with customer and day gives the heads, the other the lines. Each row of either becomes one
row of the history: a head adds 0 and stands for the purchase itself, a line adds its amount.
"""

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from regulars.intake.cleaning import CleanFile
from regulars.intake.columns import Choice
from regulars.intake.lines import Problem, usable
from regulars.intake.sources import workbench
from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_


def is_complete(choice: Choice) -> bool:
    """Whether a file says itself who bought and when."""
    return "customer" in choice and "when" in choice


def is_lines_of_orders(choice: Choice) -> bool:
    """Whether a file has amounts of orders and leaves who and when to another file."""
    return (
        not is_complete(choice)
        and "order" in choice
        and ("amount" in choice or "unit_price" in choice)
    )


def refuse_two_amounts(choices: Sequence[Choice]) -> None:
    """Refuse two files of lines: items and payments of the same orders would count twice."""
    files = [choice.file for choice in choices if is_lines_of_orders(choice)]
    if len(files) > 1:
        raise InputRefused(
            "amounts_twice",
            N_("Each of these files has amounts of orders: {files}. Together they count twice."),
            N_("Give only one of them beside the file of orders."),
            files=", ".join(files),
        )


def join_heads(
    con: duckdb.DuckDBPyConnection,
    lines: CleanFile,
    heads: Sequence[tuple[CleanFile, Sequence[Problem]]],
) -> CleanFile:
    """The lines with customer, day and status of their order; `known_` says whether it was found.

    Takes cleaned heads; of an order with several usable heads the first counts.
    """
    name = workbench(f"heads of {lines.file}")
    has_utc = bool(heads) and all(head.has_utc for head, _ in heads)
    moments = ["when_", "when_utc_"] if has_utc else ["when_"]
    at = ", ".join(f"CAST({moment} AS TIMESTAMP) AS {moment}" for moment in moments)
    parts = [
        f"SELECT CAST(order_ AS VARCHAR) AS order_, CAST(customer_ AS VARCHAR) AS customer_, "
        f"{at}, {'status_' if head.has('status') else 'NULL'} AS "
        f"status_, {place} AS place_, row_ FROM {head.relation} WHERE {usable(found)}"
        for place, (head, found) in enumerate(heads)
    ]
    integer = all(head.integer_customers for head, _ in heads)
    customer = "CAST(customer_ AS BIGINT)" if integer else "customer_"
    con.execute(
        f"CREATE TABLE {name} AS SELECT order_, {customer} AS customer_, {', '.join(moments)}, "
        f"CAST(status_ AS VARCHAR) AS status_ FROM ({' UNION ALL '.join(parts)}) "
        "WHERE order_ IS NOT NULL "
        "QUALIFY row_number() OVER (PARTITION BY order_ ORDER BY place_, row_) = 1"
    )
    own = [f"{name}_" for name in ("customer", "when", "status") if name in lines.choice]
    own += ["has_when_"] if "when" in lines.choice else []
    own += ["when_utc_"] if lines.has_utc else []
    kept = f"l.* EXCLUDE ({', '.join(own)})" if own else "l.*"
    of_head = ", ".join(f"h.{field}" for field in ("customer_", *moments, "status_"))
    relation = (
        f"(SELECT {kept}, {of_head}, TRUE AS has_when_, h.order_ IS NOT NULL AS known_ "
        f"FROM {lines.relation} AS l "
        f"LEFT JOIN {name} AS h ON CAST(l.order_ AS VARCHAR) = h.order_)"
    )
    return replace(
        lines,
        relation=relation,
        integer_customers=integer,
        has_utc=has_utc,
        joined=frozenset({"customer", "when", "status", "known"}),
    )
