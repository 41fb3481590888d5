"""How far long work has come, told to whoever started it."""

from typing import Protocol


class Progress(Protocol):
    """Told what is being done (a message id and its facts), and the share done or None."""

    def __call__(self, what: str, done: float | None, /, **facts: object) -> None:
        """Take note."""
        ...


def silent(_what: str, _done: float | None, /, **_facts: object) -> None:
    """Tell nobody."""
