"""What a mail says."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Letter:
    """What the payload of a mail says."""

    subject: str
    text: str
    language: str = "en"
    is_automatic: bool = True

    def payload(self) -> dict[str, Any]:
        """As it is kept in the outbox."""
        return vars(self) | {}
