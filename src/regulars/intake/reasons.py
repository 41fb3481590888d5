"""Why a row cannot be used: a short stable code, a sentence, and what would mend it."""

from collections.abc import Mapping

from regulars.kit.texts import N_

REASONS: Mapping[str, tuple[str, str]] = {
    "no_date": (
        N_("There is no date."),
        N_("Fill in the day of the purchase."),
    ),
    "bad_date": (
        N_("This is not a date that can be."),
        N_("Write an existing day in the form of the other rows."),
    ),
    "in_future": (
        N_("The date lies in the future."),
        N_("Check the year; or say --as-of with a later day."),
    ),
    "after_as_of": (
        N_("The date lies after the last day looked at."),
        N_("Nothing to mend; say a later --as-of to take it in."),
    ),
    "no_amount": (
        N_("There is no amount."),
        N_("Fill in what was paid; 0 if nothing was."),
    ),
    "bad_amount": (
        N_("This is not an amount."),
        N_("Write a number in the form of the other rows."),
    ),
    "bad_quantity": (
        N_("This is not a quantity."),
        N_("Write a number in the form of the other rows."),
    ),
    "too_few_columns": (
        N_("The row has fewer columns than the header."),
        N_("Fill in the missing columns; empty ones need their separator too."),
    ),
    "too_many_columns": (
        N_("The row has more columns than the header."),
        N_("Put values that hold the separator between quotation marks."),
    ),
    "unclosed_quote": (
        N_("A quotation mark opens here and is not closed."),
        N_("Close the quotation mark, or take it away."),
    ),
    "other_currency": (
        N_("The row is in another currency."),
        N_("Nothing to mend; report each currency by itself."),
    ),
    "repeat": (
        N_("The same line stands in another file already."),
        N_("Nothing to mend; it is counted once."),
    ),
    "order_unknown": (
        N_("No file has the order of this line with its customer and day."),
        N_("Add the file with this order, or take the line out."),
    ),
}
