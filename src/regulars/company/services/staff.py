"""People join by a link that works once."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from regulars.company.models import Invitation, Staff
from regulars.company.rights import Role
from regulars.company.services import audit
from regulars.company.services.naming import shown_name
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

VALID_FOR = timedelta(days=2)


class InvitationSpent(Refusal):
    """The link was used, has expired, or never was one."""

    def __init__(self) -> None:
        super().__init__(
            "invitation_spent",
            N_("This link cannot be used: it was used before, or it is too old."),
            N_("Ask for a new one, or sign in if you have been here before."),
        )


class LastOwner(Refusal):
    """A house without an owner could not be set by anybody."""

    def __init__(self) -> None:
        super().__init__(
            "last_owner",
            N_("This is the last owner of the house."),
            N_("Make somebody else an owner first."),
        )


class EmailTaken(Refusal):
    """Somebody here signs in with this e-mail already."""

    def __init__(self) -> None:
        super().__init__(
            "email_taken",
            N_("Somebody here signs in with this e-mail already."),
            N_("Sign in with it, or give another."),
        )


@transaction.atomic
def invite(role: Role, *, by: Staff | None) -> str:
    """Make a link's token for a new member of staff; it is told once and never kept."""
    token = secrets.token_urlsafe(24)
    made = Invitation.objects.create(
        role=role, token_digest=_digest(token), expires_at=timezone.now() + VALID_FOR
    )
    audit.record("invitation.made", by=by.pk if by else None, subject_id=made.pk, role=str(role))
    return token


@transaction.atomic
def invite_first_owner() -> str | None:
    """A token for the first owner while there is none, in place of earlier ones; else None."""
    # Two starts at once must not leave two links.
    list(Invitation.objects.select_for_update().filter(role=Role.OWNER, used_at=None))
    if Staff.objects.filter(role=Role.OWNER, is_active=True).exists():
        return None
    Invitation.objects.filter(role=Role.OWNER, used_at=None).delete()
    return invite(Role.OWNER, by=None)


def open_invitation(token: str) -> Invitation:
    """The invitation a link's token stands for, if it can still be used."""
    found = Invitation.objects.filter(
        token_digest=_digest(token), used_at=None, expires_at__gt=timezone.now()
    ).first()
    if found is None:
        raise InvitationSpent
    return found


@transaction.atomic
def accept_invitation(token: str, *, name: str, email: str, password: str) -> Staff:
    """Join. Raises ValidationError where the password is too weak."""
    invitation = open_invitation(token)
    # The row is the lock: two who open the same link must not both join by it.
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.used_at is not None:
        raise InvitationSpent
    joined = Staff(name=shown_name(name), email=email.strip().lower(), role=locked.role)
    validate_password(password, joined)
    joined.set_password(password)
    try:
        with transaction.atomic():
            joined.save(force_insert=True)
    except IntegrityError as error:
        if "email" in str(error) and "unique" in str(error):
            raise EmailTaken from None
        raise
    locked.used_at = timezone.now()
    locked.save(update_fields=["used_at"])
    audit.record("staff.joined", by=joined.pk, subject_id=joined.pk, role=joined.role)
    return joined


@transaction.atomic
def change_role(person: Staff, role: Role, *, by: Staff) -> None:
    """Give somebody another role, from their next request on."""
    locked = _locked(person)
    if locked.role == role:
        return
    if role != Role.OWNER:
        _refuse_last_owner(locked)
    before, locked.role = locked.role, str(role)
    locked.save(update_fields=["role"])
    audit.record_changes(
        "staff",
        by=by,
        before={"role": before},
        after={"role": locked.role},
        subject_id=locked.pk,
    )


@transaction.atomic
def let_leave(person: Staff, *, by: Staff) -> None:
    """Somebody works here no more: from now on they cannot come in. Twice changes nothing."""
    locked = _locked(person)
    if locked.is_active:
        _refuse_last_owner(locked)
        locked.is_active = False
        locked.save(update_fields=["is_active"])
        audit.record("staff.left", by=by.pk, subject_id=locked.pk)


@transaction.atomic
def let_come_back(person: Staff, *, by: Staff) -> None:
    """Somebody works here again, in the role they had, with the password they had."""
    locked = _locked(person)
    if not locked.is_active:
        locked.is_active = True
        locked.save(update_fields=["is_active"])
        audit.record("staff.came_back", by=by.pk, subject_id=locked.pk, role=locked.role)


def _locked(person: Staff) -> Staff:
    """The person, and with them every owner: of two owners who go at once, one stays."""
    held = Staff.objects.select_for_update().filter(Q(role=Role.OWNER) | Q(pk=person.pk))
    return next(each for each in held.order_by("pk") if each.pk == person.pk)


def _refuse_last_owner(person: Staff) -> None:
    owners = Staff.objects.filter(role=Role.OWNER, is_active=True)
    if person.is_active and person.role == Role.OWNER and not owners.exclude(pk=person.pk).exists():
        raise LastOwner


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
