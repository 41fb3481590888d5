"""Phone numbers in their one written form: E.164, such as +46701234567."""

from functools import lru_cache

from regulars.company.queries.company import the_company


@lru_cache(maxsize=100_000)
def international(text: str, country: str | None) -> str | None:
    """The number as E.164; None where no such number can be.

    `country` (ISO 3166) is where a number without a country's code is from.
    """
    # Takes a while to import, and files without phone numbers do not need it.
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse
    from phonenumbers import is_possible_number as is_possible

    try:
        number = parse(text, country)
    except NumberParseException:
        return None
    return format_number(number, PhoneNumberFormat.E164) if is_possible(number) else None


def country_of_company() -> str | None:
    """Where the company is, told by its time zone; None where that is no country's, as UTC."""
    from babel.core import get_global

    country: str | None = get_global("zone_territories").get(the_company().time_zone)
    return country if country and country != "ZZ" and country.isalpha() else None
