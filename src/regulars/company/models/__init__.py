"""Tables of the company."""

from regulars.company.models.audit import AuditEntry
from regulars.company.models.company import Company
from regulars.company.models.invitation import Invitation
from regulars.company.models.key import ApiKey
from regulars.company.models.place import Branch, Channel, Department
from regulars.company.models.staff import Staff
from regulars.company.models.tries import Tries

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Branch",
    "Channel",
    "Company",
    "Department",
    "Invitation",
    "Staff",
    "Tries",
]
