"""Messages that want to go, and a customer of Stockholm who agreed to everything."""

from dataclasses import replace
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.book.models.consent import MessageChannel, MessagePurpose
from regulars.book.services.consents import ASKED_FOR
from regulars.messages.budget.arbiter import Approach, Standing, Wish, arbitrate
from regulars.messages.budget.rules import DEFAULT_RULES
from tests.support.cast import at

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = at("2026-01-15 11:00")
WILLING = Standing(STOCKHOLM, agreed=frozenset(product(MessageChannel, ASKED_FOR)))
OFFERS, SURVEYS, SERVICE = MessagePurpose.OFFERS, MessagePurpose.SURVEYS, MessagePurpose.SERVICE
EMAIL, SMS, CHAT = MessageChannel.EMAIL, MessageChannel.SMS, MessageChannel.CHAT


def wish(n, *, priority=5, purpose=OFFERS, channel=EMAIL, kind="news.tea", due_at=NOON, **more):
    return Wish(UUID(int=n), channel, purpose, kind, due_at, priority, **more)


def fates(*wishes, now=NOON, rules=DEFAULT_RULES, **standing):
    """{number of the wish: (verdict, code, until)}"""
    came = arbitrate(wishes, replace(WILLING, **standing), rules, now=now)
    return {pk.int: (str(fate.verdict), str(fate.code), fate.until) for pk, fate in came.items()}


def went(text, purpose=OFFERS, kind="news.tea"):
    return Approach(purpose, kind, at(text))
