"""Who works here."""

from django.db.models import QuerySet

from regulars.company.models import Staff


def staff() -> QuerySet[Staff]:
    """Everybody who works or has worked here, by name."""
    return Staff.objects.order_by("name")
