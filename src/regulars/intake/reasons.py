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
    "order_incomplete": (
        N_("Another row of the same order cannot be used, and an order is stored whole or not."),
        N_("Mend that row, and give this one again with it."),
    ),
    "bad_currency": (
        N_("This is no currency."),
        N_("Write the three letters of the currency, such as SEK."),
    ),
    "no_key": (
        N_("Nothing here says which record this is, so it could come in twice."),
        N_("Fill in the number that its source knows it by."),
    ),
    "no_customer": (
        N_("Nothing here says whose this is."),
        N_("Fill in a customer number, an e-mail address, a phone number or a card."),
    ),
    "long_key": (
        N_("This is too long to be what a customer is known by."),
        N_("Write a number or an address of at most 254 letters, or leave it empty."),
    ),
    "bad_email": (
        N_("This is not an e-mail address."),
        N_("Write it in full, or leave it empty."),
    ),
    "bad_phone": (
        N_("This is not a phone number that can be."),
        N_(
            "Write it in full, with the country's + number where it is not ours, or leave it empty."
        ),
    ),
    "identity_conflict": (
        N_("What is told here belongs to different customers."),
        N_("Take out what is not theirs; or join the two in the book, and give the row again."),
    ),
    "order_not_in_book": (
        N_("The book has no order of this number from this source."),
        N_("Import the orders first, with the same --source; then give the row again."),
    ),
    "bad_number": (
        N_("This is not a number that can be here."),
        N_("Write a number in the form of the other rows."),
    ),
    "no_word": (
        N_("Nothing here says what happened."),
        N_("Fill in one of the words that the documentation names."),
    ),
    "unknown_word": (
        N_("This is none of the words known here."),
        N_("Write one of the words that the documentation names."),
    ),
    "told_twice": (
        N_("Another row tells the same record otherwise."),
        N_("Keep the one that holds, and take the other out."),
    ),
    "void_promise": (
        N_("The order came to nothing, and with it what was promised."),
        N_("Nothing to mend."),
    ),
    "refused": (
        N_("The book refuses it."),
        N_("See what it says beside the row."),
    ),
}
