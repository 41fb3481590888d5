"""Names that people see: of people, of the company and its places, of keys."""

import unicodedata

from regulars.kit.errors import Refusal
from regulars.kit.texts import N_

# Signs that show nothing, or turn what stands around them; those that join signs to one are fine.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"


class NotAName(Refusal):
    """Nothing of it can be seen, or part of it cannot."""

    def __init__(self) -> None:
        super().__init__(
            "not_a_name",
            N_("This name holds signs that cannot be seen, or nothing else."),
            N_("Type it anew; what is pasted may bring such signs with it."),
        )


def shown_name(given: str) -> str:
    """A name as it is kept, without spaces around it; refused where it cannot be read."""
    name = given.strip()
    kinds = [unicodedata.category(sign) for sign in name if sign not in _JOINERS]
    if not any(kind[0] in "LNPS" for kind in kinds) or _INVISIBLE & set(kinds):
        raise NotAName
    return name
