"""What somebody is known by, in its one written form."""

import unicodedata
from dataclasses import dataclass

from regulars.book.models.customer import IdentityKind


@dataclass(frozen=True)
class Known:
    """One thing somebody is known by, as it was told."""

    kind: IdentityKind
    value: str
    source: str = ""

    def written(self) -> str:
        """Its one written form: an e-mail in small letters, a phone without spaces.

        Letters and digits of full width are as wide as others in both.
        """
        value = self.value.strip()
        if self.kind is IdentityKind.EMAIL:
            return unicodedata.normalize("NFKC", value).lower()
        if self.kind is IdentityKind.PHONE:
            number = unicodedata.normalize("NFKC", value)
            return "".join(sign for sign in number if sign not in " -()./‐–")
        return value
