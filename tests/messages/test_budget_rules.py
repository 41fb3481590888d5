"""Rules of contact: published a version at a time, and refused by name where they cannot be."""

import pytest
from django.db import InternalError, ProgrammingError, transaction

from regulars.book.services.fitting import BadValue
from regulars.company.services.company import UnknownTimeZone
from regulars.messages.budget.rules import DEFAULT_RULES, BadRule, as_json, read_rules
from regulars.messages.models import ContactPreference, ContactRules
from regulars.messages.queries.contact_rules import rules_in_force
from regulars.messages.services.contact_rules import RulesChanged, publish_rules, set_preference
from tests.support.cast import audited, customer, everything, works_here


def rules(**more):
    return as_json(DEFAULT_RULES) | more


def cap(**more):
    return {"most": 2, "days": 7, "purposes": ["news"]} | more


def night(**more):
    return {"begins": "22:00", "ends": "07:30", "channels": ["sms"], "purposes": ["news"]} | more


def test_rules_are_read_as_they_were_written():
    assert read_rules(as_json(DEFAULT_RULES)) == DEFAULT_RULES
    other = rules(quiet=night(), caps=[cap(), cap(most=9, days=30)], soft_bounces=5)
    assert as_json(read_rules(other)) == other
    assert read_rules(rules(quiet=None)).quiet is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("two a week", "rules"),
        ({"caps": []}, "rules"),
        (rules(caps="two"), "caps"),
        (rules(caps=[cap(), {"most": 2}]), "caps.2"),
        (rules(caps=[cap(days=0)]), "caps.1.days"),
        (rules(caps=[cap(most=True)]), "caps.1.most"),
        (rules(caps=[cap(purposes=["service"])]), "caps.1.purposes"),
        (rules(caps=[cap(purposes=["jokes"])]), "caps.1.purposes"),
        (rules(quiet=night(begins="25:00")), "quiet.begins"),
        (rules(quiet=night(ends="22:00")), "quiet.ends"),
        (rules(quiet=night(channels=["pigeon"])), "quiet.channels"),
        (rules(life_days={"news": 3}), "life_days"),
        (rules(merged_kinds=["Two words"]), "merged_kinds"),
        (rules(cooldowns=[{"purpose": "surveys", "days": 1.5, "exempt_kinds": []}]),
         "cooldowns.1.days"),
        (rules(soft_bounces=0), "soft_bounces"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused_by_its_name(given, field):
    with pytest.raises(BadValue) as refused:
        read_rules(given)
    assert refused.value.facts["field"] == field
    for lang in ("en", "sv", "zh-hans"):
        assert all("{" not in said for said in refused.value.sentences(lang)) or "{" in str(given)


def test_service_may_be_held_by_quiet_hours_and_by_nothing_else():
    assert "service" in read_rules(rules(quiet=night(purposes=["service"]))).quiet.purposes
    with pytest.raises(BadRule):
        read_rules(rules(held_by_complaints=["service"]))


@pytest.mark.django_db
def test_a_version_is_added_and_none_is_ever_edited():
    dee = works_here("Dee")
    assert rules_in_force() == (0, DEFAULT_RULES)
    publish_rules(rules(soft_bounces=5), after=0, by=dee.pk)
    publish_rules(rules(soft_bounces=7), after=1, by=dee.pk)
    assert (rules_in_force()[0], rules_in_force()[1].soft_bounces) == (2, 7)
    assert audited() == [("contact_rules.published", dee.pk)] * 2
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        ContactRules.objects.filter(version=1).update(rules={})
    assert ContactRules.objects.get(version=1).rules["soft_bounces"] == 5


@pytest.mark.django_db
def test_who_publishes_over_a_version_they_have_not_seen_is_refused():
    dee = works_here("Dee")
    publish_rules(rules(soft_bounces=5), after=0, by=dee.pk)
    publish_rules(rules(soft_bounces=5), after=0, by=dee.pk)  # the same once more
    with pytest.raises(RulesChanged) as refused:
        publish_rules(rules(soft_bounces=6), after=0, by=dee.pk)
    assert refused.value.facts == {"version": 1}
    assert ContactRules.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "refusal"),
    [({"time_zone": "Mars/Olympus"}, UnknownTimeZone), ({"most_a_week": -1}, BadValue)],
)
def test_a_preference_that_cannot_be_changes_nothing(told, refusal):
    ana = customer()
    before = everything()
    with pytest.raises(refusal):
        set_preference(ana, by=None, **told)
    assert everything() == before
    assert not ContactPreference.objects.exists()
