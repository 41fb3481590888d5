"""Tables of the company."""

from regulars.company.models.audit import AuditEntry
from regulars.company.models.invitation import Invitation
from regulars.company.models.staff import Staff

__all__ = ["AuditEntry", "Invitation", "Staff"]
