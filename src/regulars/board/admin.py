"""Rare tables: looked into by owners; what they change is noted as every change is."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from regulars.company.models import Invitation
from regulars.company.services import audit

# The sign-in library would show secrets, and change an e-mail in one of two tables only; groups
# are not how rights are given here.
admin.site.unregister([Authenticator, EmailAddress, Group])


if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


class LookOrRemove(_ModelAdmin):
    """Rows are made and changed by what they are for; here they can be seen, and taken away."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Nothing is made here."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Note it in the one log there is."""
        for row in queryset:
            action, subject_id, what = self.noted(row)
            audit.record(action, by=request.user.pk, subject_id=subject_id, what=what)
        return []

    def noted(self, row: Any) -> tuple[str, UUID, str]:
        """What the log says of a row that was taken away."""
        raise NotImplementedError


@admin.register(Authenticator)
class SecondFactors(LookOrRemove):
    """For whoever lost phone and recovery codes: taken away, they sign in by password alone."""

    list_display = ("user", "type", "created_at", "last_used_at")
    fields = list_display

    def delete_model(self, _request: HttpRequest, obj: Authenticator) -> None:
        """Recovery codes go with what they recover: else no new ones would be shown."""
        Authenticator.objects.filter(user=obj.user).delete()

    def delete_queryset(self, _request: HttpRequest, queryset: QuerySet[Authenticator]) -> None:
        """The same for several."""
        Authenticator.objects.filter(user__in=queryset.values("user")).delete()

    def noted(self, row: Authenticator) -> tuple[str, UUID, str]:
        """Whose it was."""
        return "staff.second_factor_removed", row.user_id, row.type


@admin.register(Invitation)
class Invitations(LookOrRemove):
    """Links by which somebody may still join."""

    list_display = ("role", "made_at", "expires_at", "used_at")
    fields = list_display

    def noted(self, row: Invitation) -> tuple[str, UUID, str]:
        """For which role it was."""
        return "invitation.removed", row.pk, row.role
