"""Checks 27 (attention) and 25 (cooldown of surveys), and what else the budget decides."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from regulars.messages.budget.arbiter import arbitrate
from regulars.messages.budget.fates import SENTENCES, FateCode, sentence
from regulars.messages.budget.rules import DEFAULT_RULES, Cap
from tests.messages.budgeted import (
    CHAT,
    NOON,
    SERVICE,
    SMS,
    STOCKHOLM,
    SURVEYS,
    WILLING,
    fates,
    went,
    wish,
)
from tests.support.cast import at

IN_A_WEEK = at("2026-01-22 11:00")
SENT = ("send", "free", None)


def test_of_five_journeys_the_two_that_matter_most_go_and_three_are_put_off():
    came = fates(
        wish(1, priority=4),
        wish(2, priority=1, channel=SMS),
        wish(3, priority=3),
        wish(4, priority=5, channel=SMS),
        wish(5, priority=2),
    )
    put_off = ("defer", "outranked", IN_A_WEEK)
    assert came == {1: put_off, 2: SENT, 3: put_off, 4: put_off, 5: SENT}


def test_what_was_sent_by_any_way_holds_a_place_for_seven_days():
    sent = (went("2026-01-09 11:00"), went("2026-01-12 15:00", kind="greeting"))
    assert fates(wish(1), approaches=sent) == {1: ("defer", "cap_reached", at("2026-01-16 11:00"))}
    assert fates(wish(1), now=at("2026-01-16 11:00"), approaches=sent) == {1: SENT}


def test_service_is_exempt_and_takes_no_place():
    sent = (went("2026-01-14 11:00"), went("2026-01-15 10:00"))
    service = [wish(n, purpose=SERVICE) for n in (1, 2, 3)]
    night = at("2026-01-15 02:00")
    assert fates(*service, approaches=sent) == {1: SENT, 2: SENT, 3: SENT}
    assert fates(wish(1, purpose=SERVICE, due_at=night), now=night, agreed=frozenset()) == {1: SENT}
    counted = tuple(went("2026-01-15 10:00", purpose=SERVICE) for _ in range(9))
    assert fates(wish(1), approaches=counted) == {1: SENT}


def test_what_is_due_at_half_past_five_goes_at_nine_the_same_day():
    early = at("2026-01-15 04:30")
    assert fates(wish(1, due_at=early), now=early) == {
        1: ("defer", "quiet_hours", at("2026-01-15 08:00"))
    }
    # The same moment is half past twelve in Shanghai.
    assert fates(wish(1, due_at=early), now=early, zone=ZoneInfo("Asia/Shanghai")) == {1: SENT}


def test_what_would_be_stale_by_nine_is_dropped():
    early, eight, nine = (at(f"2026-01-15 0{hour}") for hour in ("4:30", "7:00", "8:00"))
    for expires_at in (eight, nine):
        assert fates(wish(1, due_at=early, expires_at=expires_at), now=early) == {
            1: ("drop", "expired", expires_at)
        }
    later = at("2026-01-15 08:01")
    assert fates(wish(1, due_at=early, expires_at=later), now=early) == {
        1: ("defer", "quiet_hours", nine)
    }


def test_without_consent_for_this_way_and_purpose_nothing_goes():
    only_sms = frozenset({(SMS, wish(1).purpose)})
    assert fates(wish(1), wish(2, channel=SMS), agreed=only_sms) == {
        1: ("drop", "no_consent", None),
        2: SENT,
    }


def test_an_open_complaint_holds_back_all_but_service_until_it_is_stale():
    complaining = {"has_open_complaint": True}
    assert fates(wish(1), wish(2, purpose=SERVICE), **complaining) == {
        1: ("defer", "open_complaint", None),
        2: SENT,
    }
    stale = at("2026-01-29 11:00")  # 14 days, by the rules
    assert fates(wish(1), now=stale, **complaining) == {1: ("drop", "expired", stale)}


def test_a_dead_address_gets_nothing_and_one_that_complained_gets_service_alone():
    mails = (
        wish(1, address="ana@example.org"),
        wish(2, address="ana@example.org", purpose=SERVICE),
    )
    closed = frozenset({(wish(1).channel, "ana@example.org")})
    gone = ("drop", "closed_channel", None)
    assert fates(*mails, dead_addresses=closed) == {1: gone, 2: gone}
    assert fates(*mails, complaining_addresses=closed) == {1: gone, 2: SENT}
    assert fates(*mails, dead_addresses=frozenset({(SMS, "ana@example.org")})) == {1: SENT, 2: SENT}


@pytest.mark.parametrize("state", ["erased", "restricted"])
def test_whoever_was_erased_or_restricted_gets_nothing(state):
    came = fates(wish(1), wish(2, purpose=SERVICE), **{f"is_{state}": True})
    assert came == dict.fromkeys((1, 2), ("drop", state, None))


def test_who_asks_for_less_gets_less():
    limit = Cap(most=1, days=7)
    assert fates(wish(1), own_limit=limit, approaches=(went("2026-01-14 11:00"),)) == {
        1: ("defer", "own_limit", at("2026-01-21 11:00"))
    }
    none = Cap(most=0, days=7)
    assert fates(wish(1), wish(2, purpose=SERVICE), own_limit=none) == {
        1: ("defer", "own_limit", None),
        2: SENT,
    }


def test_what_the_rules_say_is_merged_or_dropped_instead_of_put_off():
    rules = replace(
        DEFAULT_RULES,
        caps=(Cap(1, 7),),
        merged_kinds=frozenset({"news.tea"}),
        dropped_kinds=frozenset({"greeting"}),
    )
    wishes = (
        wish(1, priority=1),
        wish(2, priority=2),
        wish(3, priority=3, kind="greeting"),
        wish(4, priority=4, kind="offer.cups"),
        wish(5, priority=5, channel=SMS),  # cannot be said in a mail
    )
    came = arbitrate(wishes, WILLING, rules, now=NOON)
    assert [str(fate.verdict) for fate in came.values()] == [
        "send", "merge", "drop", "defer", "defer",
    ]  # fmt: skip
    assert came[wishes[1].id].into == wishes[0].id
    assert came[wishes[2].id].code is FateCode.OUTRANKED


def test_what_was_let_through_is_tried_again_without_another_place():
    sent = (went("2026-01-15 10:00"), went("2026-01-15 10:30"))
    assert fates(wish(1, was_admitted=True), approaches=sent) == {1: SENT}
    night = at("2026-01-15 21:00")
    assert fates(wish(1, was_admitted=True), now=night, approaches=sent) == {
        1: ("defer", "quiet_hours", at("2026-01-16 08:00"))
    }


def survey(n, *, kind="survey.nps", channel=CHAT, **more):
    return wish(n, purpose=SURVEYS, kind=kind, channel=channel, **more)


INVITED = went("2026-01-01 14:00", purpose=SURVEYS, kind="survey.nps")
FIRST_OF_APRIL = at("2026-03-31 22:00")  # 00:00 in Stockholm


def test_who_was_invited_by_mail_is_not_asked_in_the_app_for_ninety_days():
    withheld = {1: ("defer", "cooldown", FIRST_OF_APRIL)}
    asked = survey(1, due_at=at("2026-01-02 10:00"))
    assert fates(asked, now=NOON, approaches=(INVITED,)) == withheld
    assert fates(asked, now=at("2026-03-31 21:59"), approaches=(INVITED,)) == withheld
    assert fates(asked, now=FIRST_OF_APRIL, approaches=(INVITED,)) == {1: SENT}
    # By mail it waits for the morning as well.
    by_mail = survey(1, channel=wish(1).channel, due_at=at("2026-01-02 10:00"))
    assert fates(by_mail, approaches=(INVITED,)) == {
        1: ("defer", "cooldown", at("2026-04-01 07:00"))
    }


def test_the_survey_of_a_complaint_neither_waits_nor_makes_others_wait():
    assert fates(survey(1, kind="complaint.survey"), approaches=(INVITED,)) == {1: SENT}
    asked = went("2026-01-14 10:00", purpose=SURVEYS, kind="complaint.survey")
    assert fates(survey(1), approaches=(asked,)) == {1: SENT}


def test_of_two_surveys_at_once_one_goes_and_the_other_is_rescheduled():
    came = fates(survey(1, priority=4), survey(2, priority=3, kind="survey.csat"))
    assert came == {1: ("defer", "outranked", at("2026-04-14 22:00")), 2: SENT}


@pytest.mark.parametrize("lang", ["en", "sv", "zh-hans"])
@pytest.mark.parametrize("code", FateCode)
def test_every_fate_has_its_sentence_with_its_numbers(code, lang):
    facts = {"n": 41, "most": 43, "days": 47, "since": "2026-01-01T14:00:00+00:00"}
    said = sentence(code, lang, zone=STOCKHOLM, until=NOON, facts=facts)
    wanted = {"n": "41", "most": "43", "days": "47", "until": "12:00", "since": "15:00"}
    for place, value in wanted.items():
        assert (value in said) is ("{" + place + "}" in SENTENCES[code]), said
    assert "{" not in said


def test_a_sentence_says_when_on_the_customers_clock():
    facts = {"n": 2, "most": 2, "days": 7}
    assert sentence(FateCode.CAP_REACHED, "en", zone=STOCKHOLM, until=NOON, facts=facts) == (
        "Messages in 7 × 24 hours: 2, and 2 at most. It may go at 15 Jan 2026 12:00."
    )
    assert sentence(FateCode.NOT_DUE, "zh-hans", zone=STOCKHOLM, until=NOON, facts={}) == (
        "定于 2026年1月15日 12:00 发出。"
    )


def test_whoever_had_more_than_the_cap_before_a_join_waits_until_a_place_is_free():
    sent = [went(f"2026-01-{day} 11:00") for day in (10, 11, 12, 13)]
    assert fates(wish(1), approaches=tuple(sent)) == {
        1: ("defer", "cap_reached", at("2026-01-19 11:00"))
    }


def test_what_matters_more_goes_before_what_has_waited_longer():
    long_waiting = wish(1, priority=6, due_at=at("2026-01-10 11:00"))
    came = fates(long_waiting, wish(2), approaches=(went("2026-01-14 11:00"),))
    assert came == {1: ("defer", "outranked", at("2026-01-21 11:00")), 2: SENT}
