"""Rewriting steps that run alike in Python, on shapes, and in DuckDB, on all rows."""

import re
from collections.abc import Iterable, Sequence

from regulars.intake.sources import literal

Step = tuple[str, str]  # pattern, replacement; the common part of Python's and RE2's syntax


def needed_steps(steps: Sequence[Step], texts: Iterable[str]) -> list[Step]:
    """The steps that change at least one of the texts, each after those before it."""
    needed, now = [], set(texts)
    for pattern, replacement in steps:
        after = {re.sub(pattern, replacement, text) for text in now}
        if after != now:
            needed.append((pattern, replacement))
            now = after
    return needed


def apply_steps(steps: Sequence[Step], text: str) -> str:
    """The text after all steps."""
    for pattern, replacement in steps:
        text = re.sub(pattern, replacement, text)
    return text


def steps_sql(steps: Sequence[Step], value: str) -> str:
    """The same as SQL."""
    for pattern, replacement in steps:
        value = f"regexp_replace({value}, {literal(pattern)}, {literal(replacement)}, 'g')"
    return value
