"""Branches, departments and channels come, change and close; their codes stay."""

import re

from django.db import IntegrityError, transaction
from django.utils import timezone

from regulars.company.models import ApiKey, Branch, Channel, Department, Staff
from regulars.company.models.place import ChannelKind, Place
from regulars.company.services import audit
from regulars.company.services.company import refuse_unknown_zone
from regulars.company.services.naming import shown_name
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

_CODE = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


class NotACode(Refusal):
    """A code is small letters, digits and single dashes."""

    def __init__(self, given: str) -> None:
        super().__init__(
            "not_a_code",
            N_("{given!r} cannot be a code."),
            N_("Use small letters a to z, digits and single dashes, such as old-town."),
            given=given,
        )


class CodeTaken(Refusal):
    """Another one has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "code_taken",
            N_("The code {given} is taken already."),
            N_("Choose another; a closed one keeps its code, and can be opened again."),
            given=code,
        )


def add_branch(*, code: str, name: str, time_zone: str = "", by: Staff | ApiKey) -> Branch:
    """Open a branch."""
    if time_zone:
        refuse_unknown_zone(time_zone)
    return _added(Branch(code=code, name=name, time_zone=time_zone), by)


def add_department(*, code: str, name: str, by: Staff | ApiKey) -> Department:
    """Take down a department."""
    return _added(Department(code=code, name=name), by)


def add_channel(*, code: str, kind: ChannelKind, name: str, by: Staff | ApiKey) -> Channel:
    """Take down a channel."""
    return _added(Channel(code=code, kind=kind, name=name), by)


@transaction.atomic
def change_place(place: Place, *, by: Staff | ApiKey, **said: str) -> None:
    """Say anew what a branch, department or channel is called, or where; never its code."""
    if said.get("time_zone"):
        refuse_unknown_zone(said["time_zone"])
    if "name" in said:
        said["name"] = shown_name(said["name"])
    locked = _locked(place)
    before = {field: getattr(locked, field) for field in said}
    for field, value in said.items():
        setattr(locked, field, value)
    locked.save(update_fields=list(said))
    audit.record_changes(_kind(locked), by=by, before=before, after=said, subject_id=locked.pk)


@transaction.atomic
def close_place(place: Place, *, by: Staff | ApiKey) -> None:
    """Close it: it keeps its code and its past. Closing twice changes nothing."""
    locked = _locked(place)
    if locked.closed_at is None:
        locked.closed_at = timezone.now()
        locked.save(update_fields=["closed_at"])
        audit.record_by(by, f"{_kind(locked)}.closed", subject_id=locked.pk, code=locked.code)


@transaction.atomic
def reopen_place(place: Place, *, by: Staff | ApiKey) -> None:
    """Open it again."""
    locked = _locked(place)
    if locked.closed_at is not None:
        locked.closed_at = None
        locked.save(update_fields=["closed_at"])
        audit.record_by(by, f"{_kind(locked)}.reopened", subject_id=locked.pk, code=locked.code)


def _kind(place: Place) -> str:
    return type(place).__name__.lower()


def _locked[P: Place](place: P) -> P:
    return type(place)._default_manager.select_for_update().get(pk=place.pk)


def _added[P: Place](place: P, by: Staff | ApiKey) -> P:
    if not _CODE.fullmatch(place.code):
        raise NotACode(place.code)
    place.name = shown_name(place.name)
    try:
        with transaction.atomic():
            place.save(force_insert=True)
            audit.record_by(by, f"{_kind(place)}.made", subject_id=place.pk, code=place.code)
    except IntegrityError as error:
        if "code" in str(error) and "unique" in str(error):
            raise CodeTaken(place.code) from None
        raise
    return place
