"""Which rules of contact hold."""

from regulars.messages.budget.rules import DEFAULT_RULES, Rules, read_rules
from regulars.messages.models import ContactRules


def rules_version() -> int:
    """The version that holds: what changes go by. 0 where the company has published none."""
    latest = ContactRules.objects.order_by("-version").values_list("version", flat=True)
    return latest.first() or 0


def rules_in_force() -> tuple[int, Rules]:
    """The version that holds, and what it says; one statement."""
    latest = ContactRules.objects.order_by("-version").first()
    return (0, DEFAULT_RULES) if latest is None else (latest.version, read_rules(latest.rules))
