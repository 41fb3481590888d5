"""The way in: who asks, and whether they may."""

from django.contrib.auth.models import AnonymousUser

from regulars.company.models import Staff
from regulars.company.rights import RIGHTS, Action
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
