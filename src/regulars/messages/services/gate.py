"""The gate: whether a message may leave now. Asked when it is queued, and right before it goes.

Right before it goes the customer is held with all joined records, so that of several senders one
after another sees what the others let through, and no cap is passed.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from regulars.book.models import Customer
from regulars.book.models.consent import MessageChannel, MessagePurpose
from regulars.book.queries.wholes import hanging_on
from regulars.book.services.fitting import check_code
from regulars.book.services.joining import hold_whole
from regulars.kit.ids import new_id
from regulars.messages.budget.arbiter import Wish, arbitrate, may_wait, refusal
from regulars.messages.budget.fates import Fate, FateCode
from regulars.messages.deciding import SEND, Decision, Verdict, drop
from regulars.messages.models import Approach, BudgetDecision, Outgoing, OutgoingContent
from regulars.messages.models.outgoing import READY_STATES, OutgoingChannel, OutgoingState
from regulars.messages.queries.contact_rules import rules_in_force
from regulars.messages.queries.standing import bars_of, standing_of, wish_of
from regulars.messages.services.fates import end

# What waits for others, or for the end of a complaint, is looked at again so often.
LOOK_AGAIN = timedelta(days=1)
# Who does not come for so long after its time holds no place against those who do.
_LATE = timedelta(hours=1)
_WAITS_FOR_OTHERS = {FateCode.OUTRANKED, FateCode.OPEN_COMPLAINT}


def decide(message: Outgoing, *, at: datetime) -> Decision:
    """Say what becomes of a message at a moment; the message and its customer are held.

    While it is queued it is only refused: nothing is put off before its time has come. So is what
    no rule can put off, as service messages.
    """
    if message.channel == OutgoingChannel.WEBHOOK or message.customer is None:
        is_expired = message.expires_at is not None and message.expires_at <= at
        return drop(FateCode.EXPIRED) if is_expired else SEND
    version, rules = rules_in_force()
    wish = wish_of(message, _address(message))
    is_weighed = message.state == OutgoingState.LEASED and may_wait(wish.purpose, rules)
    if not is_weighed:
        refused = refusal(wish, bars_of(_whole(message.customer)), rules, now=at)
        return SEND if refused is None else _keep(message, refused, version, at=at)
    whole = hold_whole(message.customer)
    standing = standing_of(whole, rules, at=at)
    others = list(_wanting(whole, at=at).exclude(pk=message.pk))
    fates = arbitrate([wish, *map(_wish, others)], standing, rules, now=at)
    fate = fates[message.pk]
    if fate.verdict is Verdict.SEND:
        _say_also(message, [pk for pk, each in fates.items() if each.into == message.pk], at=at)
    elif fate.into is not None:
        fate = _said_in(message, fate, fate.into)
    return _keep(message, fate, version, at=at)


@transaction.atomic
def approach(
    customer: Customer,
    *,
    channel: MessageChannel,
    purpose: MessagePurpose,
    kind: str,
    key: str,
    priority: int = 5,
    at: datetime | None = None,
) -> Fate:
    """Ask to approach a customer by another way than the outbox: in the app, by phone.

    Where the fate is to send, it counts from now on. The same key again was let through already.
    """
    check_code("kind", kind, most=60)
    at = at or timezone.now()
    whole = hold_whole(customer)
    if Approach.objects.filter(key=key).exists():
        return Fate(Verdict.SEND, FateCode.FREE)
    _, rules = rules_in_force()
    standing = standing_of(whole, rules, at=at)
    wish = Wish(new_id(), channel, purpose, kind, due_at=at, priority=priority)
    others = _wanting(whole, at=at)
    fate = arbitrate([wish, *map(_wish, others)], standing, rules, now=at)[wish.id]
    if fate.verdict is Verdict.SEND:
        Approach.objects.create(
            customer=customer, channel=channel, purpose=purpose, kind=kind, key=key,
            approached_at=at,
        )  # fmt: skip
    return fate


def _whole(customer: Customer) -> Customer:
    """Who stands for a record now; it may have been joined since the record was read."""
    return Customer.objects.select_related("kept").get(pk=customer.pk).whole


def _wanting(customer: Customer, *, at: datetime) -> QuerySet[Outgoing]:
    waits = Q(state__in=READY_STATES, next_try_at__gt=at - _LATE, next_try_at__lte=at)
    wanting = Outgoing.objects.filter(
        hanging_on(customer), waits | Q(state=OutgoingState.LEASED), content__isnull=False
    ).exclude(channel=OutgoingChannel.WEBHOOK)
    return wanting.select_related("content")


def _wish(message: Outgoing) -> Wish:
    return wish_of(message, message.content.address)


def _address(message: Outgoing) -> str:
    held = OutgoingContent.objects.filter(pk=message.pk)
    return held.values_list("address", flat=True).first() or ""


def _keep(message: Outgoing, fate: Fate, version: int, *, at: datetime) -> Decision:
    """Note what was said with its numbers, and say it to the outbox."""
    said = BudgetDecision(
        outgoing=message,
        code=fate.code,
        until=fate.until,
        facts=dict(fate.facts),
        rules_version=version,
        decided_at=at,
    )
    BudgetDecision.objects.bulk_create(
        [said],
        update_conflicts=True,
        unique_fields=["outgoing"],
        update_fields=["code", "until", "facts", "rules_version", "decided_at"],
    )
    until = fate.until
    if fate.verdict is Verdict.DEFER and (until is None or fate.code in _WAITS_FOR_OTHERS):
        until = min(filter(None, [until, at + LOOK_AGAIN]))
    reason = "" if fate.verdict is Verdict.SEND else fate.code
    return Decision(fate.verdict, reason, until=until, into=fate.into)


def _said_in(message: Outgoing, fate: Fate, into_id: UUID) -> Fate:
    """Say a message in the one it lost to; where that one is just being sent, it waits."""
    into = _open().filter(pk=into_id).first()
    if into is None or not _add(into, [message]):
        return Fate(Verdict.DEFER, FateCode.OUTRANKED, facts=fate.facts)
    return fate


def _say_also(message: Outgoing, others: list[UUID], *, at: datetime) -> None:
    """Say others of the same kind in this one, and end them."""
    held = list(_open().filter(pk__in=others).order_by("queued_at"))
    if held and _add(message, held):
        for each in held:
            end(
                each,
                OutgoingState.MERGED,
                fate=FateCode.SAID_IN_ANOTHER,
                at=at,
                merged_into_id=message.pk,
            )


def _open() -> QuerySet[Outgoing]:
    """Messages that have not been let through, held; one that somebody else holds is left out."""
    states = {*READY_STATES, OutgoingState.LEASED}
    free = Outgoing.objects.filter(state__in=states, admitted_at=None).select_related("content")
    return free.select_for_update(no_key=True, skip_locked=True, of=("self",))


def _add(message: Outgoing, others: list[Outgoing]) -> bool:
    """Write below a message what others say, each under its subject; no, where one has no text."""
    content = OutgoingContent.objects.get(pk=message.pk)
    payloads = [content.payload, *(each.content.payload for each in others)]
    if not all(isinstance(payload.get("text"), str) for payload in payloads):
        return False
    parts = [part for payload in payloads[1:] for part in (payload.get("subject"), payload["text"])]
    text = "\n\n".join([content.payload["text"], *filter(None, parts)])
    content.payload = {**content.payload, "text": text}
    content.save(update_fields=["payload"])
    return True
