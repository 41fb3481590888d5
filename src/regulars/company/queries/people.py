"""Who works here."""

from django.db.models import QuerySet
from django.utils import timezone

from regulars.company.models import Invitation, Staff
from regulars.company.queries.access import NoSuchPerson


def people() -> QuerySet[Staff]:
    """The same, who works here before who has left."""
    return Staff.objects.order_by("-is_active", "name")


def colleague(email: str) -> Staff:
    """Who works here and signs in with this e-mail."""
    found = Staff.objects.filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise NoSuchPerson
    return found


def open_invitations() -> QuerySet[Invitation]:
    """Links by which somebody may still join, the latest first."""
    unused = Invitation.objects.filter(used_at=None, expires_at__gt=timezone.now())
    return unused.order_by("-made_at")


def staff() -> QuerySet[Staff]:
    """Everybody who works or has worked here, by name."""
    return Staff.objects.order_by("name")
