"""The company's zone: the one in which its days begin and end."""

from datetime import date

from django.utils import timezone


def today() -> date:
    """The day it is at the company."""
    return timezone.localdate(timezone=timezone.get_default_timezone())
