"""Who works here."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now

from regulars.company.rights import Action, Role, may
from regulars.kit.ids import new_id

ROLES = [role.value for role in Role]


class StaffManager(BaseUserManager["Staff"]):
    """Finds staff by e-mail however it is written."""

    def get_by_natural_key(self, email: str | None) -> "Staff":
        """What signing in asks for."""
        return self.get(email=(email or "").lower())


class Staff(AbstractBaseUser):
    """A person who works here. Leaving is `is_active = False`; the row stays for the record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=12)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[StaffManager] = StaffManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="staff_email_is_written_small", condition=models.Q(email=Lower("email"))
            ),
            models.CheckConstraint(name="staff_role_is_known", condition=models.Q(role__in=ROLES)),
            models.CheckConstraint(name="staff_has_a_name", condition=~models.Q(name="")),
        )

    def __str__(self) -> str:
        return self.name

    def may(self, action: Action) -> bool:
        """Whether this person may do something, now."""
        return self.is_active and may(self.role, action)

    # What the pages for rare tables ask of whoever opens them.

    @property
    def is_staff(self) -> bool:
        """Whether this person may open the pages for rare tables: owners only."""
        return self.is_active and self.role == Role.OWNER

    def has_perm(self, _permission: str, _of: object = None) -> bool:
        """All of them or none; what a table allows is said by the table's page."""
        return self.is_staff

    def has_module_perms(self, _app: str) -> bool:
        """All of them or none."""
        return self.is_staff
