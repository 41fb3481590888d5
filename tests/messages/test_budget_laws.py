"""Whatever is to be sent and whenever it is asked: what never happens, and that nothing is lost."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.book.models.consent import MessagePurpose
from regulars.book.services.consents import ASKED_FOR
from regulars.messages.budget.arbiter import Approach, Standing, arbitrate
from regulars.messages.budget.rules import DEFAULT_RULES, Cap
from regulars.messages.deciding import Verdict
from tests.messages.budgeted import CHAT, EMAIL, SMS, wish

START = datetime(2026, 3, 20, tzinfo=UTC)  # clocks are turned on 29 March
DAYS = 40
moments = st.integers(0, DAYS * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
zones = st.sampled_from(["Europe/Stockholm", "America/New_York", "Asia/Shanghai"]).map(ZoneInfo)
rules = st.builds(
    lambda week, month, merged, dropped: replace(
        DEFAULT_RULES,
        caps=(Cap(week, 7), Cap(month, 30)),
        merged_kinds=frozenset({"a"} if merged else ()),
        dropped_kinds=frozenset({"b"} if dropped else ()),
    ),
    st.integers(1, 3),
    st.integers(1, 6),
    st.booleans(),
    st.booleans(),
)
one_wish = st.tuples(
    moments,
    st.sampled_from([*ASKED_FOR, MessagePurpose.SERVICE]),
    st.sampled_from([EMAIL, SMS, CHAT]),
    st.sampled_from(["a", "b", "complaint.survey"]),
    st.integers(0, 9),
    st.one_of(st.none(), st.integers(1, 20)),
)
wishes = st.lists(one_wish, min_size=1, max_size=14).map(
    lambda told: [
        wish(n, priority=priority, purpose=purpose, channel=channel, kind=kind, due_at=due_at,
             expires_at=due_at + timedelta(days=days) if days else None)
        for n, (due_at, purpose, channel, kind, priority, days) in enumerate(told, start=1)
    ]
)  # fmt: skip
# From each moment on the customer agrees to these, until the next one.
consents = st.lists(
    st.tuples(
        moments, st.frozensets(st.sampled_from(list(product([EMAIL, SMS, CHAT], ASKED_FOR))))
    ),
    max_size=4,
).map(lambda changes: sorted(changes, key=lambda change: change[0]))


def agreed_at(now, changes):
    held = [agreed for since, agreed in changes if since <= now]
    return held[-1] if held else frozenset(product([EMAIL, SMS, CHAT], ASKED_FOR))


def run(wishes, rules, zone, changes):
    """Let time pass, as the outbox does: {wish: (fate, when)}, and what each ended with."""
    waiting = {each.id: each.due_at for each in wishes}
    by_id = {each.id: each for each in wishes}
    approaches, ended = [], []
    while waiting:
        now = min(waiting.values())
        due = [by_id[pk] for pk, at in waiting.items() if at <= now]
        standing = Standing(zone, agreed_at(now, changes), approaches=tuple(approaches))
        for pk, fate in arbitrate(due, standing, rules, now=now).items():
            if fate.verdict is Verdict.DEFER:
                assert fate.until is None or fate.until > now
                waiting[pk] = fate.until or now + timedelta(days=1)
                continue
            del waiting[pk]
            ended.append((by_id[pk], fate, now))
            if fate.verdict is Verdict.SEND:
                approaches.append(Approach(by_id[pk].purpose, by_id[pk].kind, now))
    return ended


@settings(max_examples=150, deadline=None)
@given(wishes, rules, zones, consents)
def test_no_rule_is_broken_and_every_message_ends_once(wishes, rules, zone, changes):
    ended = run(wishes, rules, zone, changes)
    assert Counter(each.id for each, _, _ in ended) == Counter(each.id for each in wishes)
    sent = [(each, now) for each, fate, now in ended if fate.verdict is Verdict.SEND]
    asked_for = [(each, now) for each, now in sent if each.purpose is not MessagePurpose.SERVICE]
    for cap in rules.caps:
        for _, first in asked_for:
            window = [now for _, now in asked_for if first <= now < first + timedelta(cap.days)]
            assert len(window) <= cap.most
    for each, now in asked_for:
        shown = now.astimezone(zone).time()
        assert each.channel is CHAT or time(9) <= shown < time(21)
        assert (each.channel, each.purpose) in agreed_at(now, changes)
    surveys = sorted(
        now.astimezone(zone).date()
        for each, now in asked_for
        if each.purpose is MessagePurpose.SURVEYS and each.kind != "complaint.survey"
    )
    assert all((after - before).days >= 90 for before, after in pairwise(surveys))
    for each, now in sent:
        assert now >= each.due_at
        assert each.expires_at is None or now < each.expires_at
    gone = {each.id for each, _ in sent}
    for _, fate, _ in ended:
        if fate.verdict is Verdict.MERGE:
            assert fate.into in gone


@settings(max_examples=100, deadline=None)
@given(wishes, rules, zones)
def test_nobody_who_matters_less_goes_instead_of_one_that_could_go(wishes, rules, zone):
    """Of what is due at one moment, who was put off for others matters less than who went."""
    now = START + timedelta(days=DAYS, hours=10)
    rules = replace(rules, merged_kinds=frozenset(), dropped_kinds=frozenset(), quiet=None)
    wishes = [replace(each, expires_at=None, due_at=now) for each in wishes]
    came = arbitrate(wishes, Standing(zone, agreed_at(now, [])), rules, now=now)
    alike = [each for each in wishes if each.purpose is MessagePurpose.OFFERS]
    went = [each.priority for each in alike if came[each.id].verdict is Verdict.SEND]
    waits = [each.priority for each in alike if came[each.id].verdict is Verdict.DEFER]
    assert not went or not waits or max(went) <= min(waits)
