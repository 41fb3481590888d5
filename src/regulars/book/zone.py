"""The company's day: its zone says when one begins and ends."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from regulars.company.queries.company import the_company


def today() -> date:
    """The day it is at the company."""
    return timezone.localdate(timezone=ZoneInfo(the_company().time_zone))
