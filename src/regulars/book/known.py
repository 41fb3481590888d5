"""What somebody is known by, in its one written form."""

from dataclasses import dataclass

from regulars.book.models.customer import IdentityKind


@dataclass(frozen=True)
class Known:
    """One thing somebody is known by, as it was told."""

    kind: IdentityKind
    value: str
    source: str = ""

    def written(self) -> str:
        """Its one written form: an e-mail in small letters, a phone without spaces."""
        value = self.value.strip()
        if self.kind is IdentityKind.EMAIL:
            return value.lower()
        if self.kind is IdentityKind.PHONE:
            return "".join(sign for sign in value if sign not in " -()./\u00a0")
        return value
