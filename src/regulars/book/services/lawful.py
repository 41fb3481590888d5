"""What the tables refuse, said to whoever sent it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import DataError, IntegrityError, transaction

from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class AgainstTheRules(Refusal):
    """A record breaks a rule of the tables: `rule` is its name, which is a sentence."""

    def __init__(self, record: str, rule: str) -> None:
        super().__init__(
            "against_the_rules",
            N_("{record} cannot be kept. It breaks the rule “{said}”."),
            N_("Mend the record where it comes from, and send it again."),
            record=record,
            rule=rule,
            said=rule.replace("_", " "),
        )


_FITS = "every_text_and_number_fits_its_field"


@contextmanager
def lawful(record: str) -> Iterator[None]:
    """Write within; what the tables refuse is undone and becomes a refusal that names the rule."""
    try:
        with transaction.atomic():
            yield
    except DataError:
        raise AgainstTheRules(record, _FITS) from None
    except IntegrityError as error:
        if not isinstance(error.__cause__, psycopg.Error):
            raise
        told = error.__cause__.diag
        raise AgainstTheRules(
            record, told.constraint_name or f"{told.column_name}_is_told"
        ) from None
