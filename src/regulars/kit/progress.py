"""How far long work has come, told to whoever started it."""

from collections.abc import Callable

# (what is being done, in English template form; share done 0..1, or None while it cannot be told)
Progress = Callable[[str, float | None], None]


def silent(_what: str, _done: float | None) -> None:
    """Tell nobody."""
