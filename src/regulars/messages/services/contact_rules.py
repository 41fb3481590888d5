"""The rules of contact change, a version at a time; and a customer says what is too much."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from regulars.book.models import Customer
from regulars.book.services.fitting import BadValue
from regulars.book.services.telling import hold, refuse_erased
from regulars.company.services import audit
from regulars.company.services.company import refuse_unknown_zone
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_
from regulars.messages.budget.rules import as_json, read_rules
from regulars.messages.models import ContactPreference, ContactRules
from regulars.messages.queries.contact_rules import rules_version

MOST_A_WEEK = 100
A_WEEK = timedelta(days=7)


class RulesChanged(Refusal):
    """Somebody published other rules meanwhile."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "rules_changed",
            N_("The rules were changed meanwhile; version {version} holds now."),
            N_("Look at that version, and publish yours again if it still fits."),
            version=version,
        )


@transaction.atomic
def publish_rules(given: object, *, after: int, by: UUID) -> ContactRules:
    """Let other rules hold from now on; `after` is the version they were made from.

    Messages that wait are weighed by them when their time comes. The same rules again change
    nothing.
    """
    rules = as_json(read_rules(given))
    latest = ContactRules.objects.order_by("-version").first()
    if latest is not None and latest.version == after + 1 and latest.rules == rules:
        return latest
    if rules_version() != after:
        raise RulesChanged(rules_version())
    try:
        with transaction.atomic():
            made = ContactRules.objects.create(version=after + 1, rules=rules, staff_id=by)
    except IntegrityError:
        raise RulesChanged(rules_version()) from None
    audit.record("contact_rules.published", by=by, version=made.version)
    return made


@transaction.atomic
def set_preference(
    customer: Customer, *, time_zone: str = "", most_a_week: int | None = None, by: UUID | None
) -> ContactPreference | None:
    """Note a customer's own clock, and how many messages a week they want at most.

    Both are said anew; without either what was noted goes. `by` is None for the customer.
    """
    if time_zone:
        refuse_unknown_zone(time_zone)
    if most_a_week is not None and not 0 <= most_a_week <= MOST_A_WEEK:
        raise BadValue("most_a_week", most_a_week, N_("Give a number from 0 on."))
    locked = hold(customer)
    refuse_erased(locked)
    audit.record("contact_preference.set", by=by, subject_id=locked.pk)
    if not time_zone and most_a_week is None:
        ContactPreference.objects.filter(customer=locked).delete()
        return None
    wanted = {"time_zone": time_zone, "most_a_week": most_a_week, "told_at": timezone.now()}
    kept, _ = ContactPreference.objects.update_or_create(customer=locked, defaults=wanted)
    return kept
