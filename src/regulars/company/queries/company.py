"""What the company is, and where it is met."""

from django.db.models import F, QuerySet

from regulars.company.models import Branch, Channel, Company, Department


def the_company() -> Company:
    """The one row."""
    return Company.objects.get()


def branches() -> QuerySet[Branch]:
    """All branches: the open ones first, each by its code."""
    return Branch.objects.order_by(F("closed_at").asc(nulls_first=True), "code")


def departments() -> QuerySet[Department]:
    """All departments: the open ones first, each by its code."""
    return Department.objects.order_by(F("closed_at").asc(nulls_first=True), "code")


def channels() -> QuerySet[Channel]:
    """All channels: the open ones first, each by its code."""
    return Channel.objects.order_by(F("closed_at").asc(nulls_first=True), "code")
