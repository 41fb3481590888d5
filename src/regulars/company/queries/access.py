"""The way in for doors: who asks, whether they may, and what they ask for."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser

from regulars.company.models import ApiKey, Staff
from regulars.company.models.place import Place
from regulars.company.queries.keys import refuse_without
from regulars.company.rights import RIGHTS, Action
from regulars.company.scopes import Scope
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class NotAllowed(Refusal):
    """Somebody asked for what their role may not do; says whose role may."""

    def __init__(self, action: Action) -> None:
        allowed = [str(role) for role, actions in RIGHTS.items() if action in actions]
        super().__init__(
            "not_allowed",
            N_("Your role does not include this."),
            N_("Ask somebody who is: {roles}."),
            roles=", ".join(allowed),
            action=action,
        )


def staff_who(user: Staff | AnonymousUser, *, may: Action) -> Staff:
    """The signed-in member of staff, if they may do this."""
    if not isinstance(user, Staff) or not user.may(may):
        raise NotAllowed(may)
    return user


class NoSuchPlace(Refusal):
    """No branch, department or channel has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "no_such_place",
            N_("Nothing here has the code {given!r}."),
            N_("Choose from the list."),
            given=code,
        )


class NoSuchKey(Refusal):
    """No key has this id."""

    def __init__(self) -> None:
        super().__init__("no_such_key", N_("There is no such key."), N_("Choose from the list."))


class NoSuchPerson(Refusal):
    """Nobody who works or worked here has this id."""

    def __init__(self) -> None:
        super().__init__(
            "no_such_person", N_("Nobody here has this address."), N_("Choose from the list.")
        )


def person_for(user: Staff | AnonymousUser, person_id: UUID) -> Staff:
    """A member of staff, here or gone, for somebody who may change who works here."""
    staff_who(user, may=Action.MANAGE_STAFF)
    found = Staff.objects.filter(pk=person_id).first()
    if found is None:
        raise NoSuchPerson
    return found


def place_for[P: Place](user: Staff | AnonymousUser, kind: type[P], code: str) -> P:
    """The branch, department or channel, for somebody who may change it."""
    staff_who(user, may=Action.MANAGE_SETTINGS)
    found: P | None = kind._default_manager.filter(code=code).first()
    if found is None:
        raise NoSuchPlace(code)
    return found


def key_for(user: Staff | AnonymousUser, key_id: UUID) -> ApiKey:
    """A program's key, for somebody who may revoke it."""
    staff_who(user, may=Action.MANAGE_SETTINGS)
    found = ApiKey.objects.filter(pk=key_id).first()
    if found is None:
        raise NoSuchKey
    return found


def place_by_key[P: Place](key: ApiKey, kind: type[P], code: str, *, scope: Scope) -> P:
    """The branch, department or channel for a program, held where it may be changed."""
    refuse_without(key, scope)
    held = kind._default_manager.all()
    if scope is Scope.WRITE_CONFIG:
        held = held.select_for_update()
    found: P | None = held.filter(code=code).first()
    if found is None:
        raise NoSuchPlace(code)
    return found
