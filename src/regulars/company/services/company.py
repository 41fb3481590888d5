"""What the company says of itself."""

from collections.abc import Sequence
from zoneinfo import available_timezones

from django.db import transaction

from regulars.company.models import Company, Staff
from regulars.company.services.audit import record_changes
from regulars.company.services.naming import shown_name
from regulars.kit.errors import Refusal
from regulars.kit.texts import LANGUAGES, N_

# Names of the list of zones and of ISO 4217 that stand for none.
_NOWHERE = {"Factory", "localtime"}
_NO_MONEY = {"XTS", "XXX"}


class UnknownTimeZone(Refusal):
    """No such time zone."""

    def __init__(self, given: str) -> None:
        super().__init__(
            "unknown_time_zone",
            N_("There is no time zone {given!r}."),
            N_("Write it as a continent and a city, such as Europe/Stockholm."),
            given=given,
        )


class UnknownCurrency(Refusal):
    """Not the code of a currency."""

    def __init__(self, given: str) -> None:
        super().__init__(
            "unknown_currency",
            N_("There is no currency {given!r}."),
            N_("Write its three letters, such as SEK, CNY or EUR."),
            given=given,
        )


class FirstLanguageNotOffered(Refusal):
    """The first language has to be one of those offered."""

    def __init__(self) -> None:
        super().__init__(
            "first_language_not_offered",
            N_("The first language is not one of those you offer."),
            N_("Offer it too, or choose another."),
        )


@transaction.atomic
def change_company(
    *,
    name: str,
    time_zone: str,
    currency: str,
    languages: Sequence[str],
    first_language: str,
    by: Staff,
) -> Company:
    """Say anew what the company is; what changed is noted field by field."""
    currency = currency.strip().upper()
    refuse_unknown_zone(time_zone)
    _refuse_unknown_currency(currency)
    offered = [lang for lang in LANGUAGES if lang in languages]
    name = shown_name(name)
    if first_language not in offered:
        raise FirstLanguageNotOffered
    # The row is the lock: of two who change at once, each notes what the other left.
    company = Company.objects.select_for_update().get()
    before = _said(company)
    company.name, company.time_zone, company.currency = name, time_zone, currency
    company.languages, company.first_language = offered, first_language
    company.save()
    record_changes("company", by=by, before=before, after=_said(company))
    return company


def refuse_unknown_zone(given: str) -> None:
    """Refuse what is not the name of a time zone."""
    if given not in available_timezones() - _NOWHERE:
        raise UnknownTimeZone(given)


def _refuse_unknown_currency(given: str) -> None:
    from babel.numbers import list_currencies

    if given not in list_currencies() - _NO_MONEY:
        raise UnknownCurrency(given)


def _said(company: Company) -> dict[str, str]:
    return {
        "name": company.name,
        "time_zone": company.time_zone,
        "currency": company.currency,
        "languages": " ".join(company.languages),
        "first_language": company.first_language,
    }
