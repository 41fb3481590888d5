"""What messages hold on a person, declared for their copy and for an erasure."""

from collections.abc import Mapping, Sequence

from regulars.book.held import Fate, HeldColumn, HeldTable
from regulars.kit.texts import N_
from regulars.messages import models

_C = HeldColumn
_OURS = N_("We wrote to you, or meant to.")
_YOURS = N_("You wrote to us.")
_DELIVERY = N_("The mail house of the address told us.")
_STATES: Mapping[str, str] = {
    "waiting": N_("waits"),
    "deferred": N_("put off"),
    "paused": N_("held back"),
    "leased": N_("on its way"),
    "sent": N_("sent"),
    "failed": N_("could not be sent"),
    "dropped": N_("not sent"),
    "merged": N_("said in another message"),
}
_CLOSED: Mapping[str, str] = {
    "hard_bounce": N_("there is no such address"),
    "soft_bounces": N_("the address took nothing, again and again"),
    "complaint": N_("you reported a message"),
}

TABLES: Sequence[HeldTable] = (
    HeldTable(
        "messages_sent",
        N_("What we wrote to you"),
        _OURS,
        models.Outgoing,
        ("customer",),
        (
            _C("queued_at", N_("When")),
            _C("channel", N_("By what way")),
            _C("purpose", N_("What for")),
            _C("content__address", N_("To")),
            _C("state", N_("What became of it")),
            _C("ended_at", N_("Until")),
            _C("kind", N_("What it was"), is_for_page=False),
            _C("fate", N_("Why"), is_for_page=False),
        ),
        Fate.STAYS,
        words=_STATES,
    ),
    HeldTable(
        "messages_sent_content",
        N_("What our messages said"),
        _OURS,
        models.OutgoingContent,
        ("outgoing__customer",),
        (
            _C("address", N_("To")),
            _C("payload", N_("Words")),
            _C("last_answer", N_("What the mail house said")),
        ),
        Fate.GOES,
        address="address",
        is_for_page=False,
    ),
    HeldTable(
        "messages_decided",
        N_("Why a message went, or did not"),
        _OURS,
        models.BudgetDecision,
        ("outgoing__customer",),
        (
            _C("decided_at", N_("When")),
            _C("code", N_("Why")),
            _C("until", N_("Until")),
            _C("facts", N_("More")),
        ),
        Fate.STAYS,
        is_for_page=False,
    ),
    HeldTable(
        "approaches",
        N_("When we approached you otherwise"),
        _OURS,
        models.Approach,
        ("customer",),
        (
            _C("approached_at", N_("When")),
            _C("channel", N_("By what way")),
            _C("purpose", N_("What for")),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "contact_preferences",
        N_("How often and when you want to hear from us"),
        N_("You told us, or somebody here noted what you said."),
        models.ContactPreference,
        ("customer",),
        (
            _C("time_zone", N_("Time zone")),
            _C("most_a_week", N_("Most messages a week")),
            _C("told_at", N_("Since")),
        ),
        Fate.GOES,
    ),
    HeldTable(
        "closed_addresses",
        N_("Addresses of yours that we write to no more"),
        _DELIVERY,
        models.ClosedChannel,
        ("customer",),
        (
            _C("address", N_("Address")),
            _C("reason", N_("Reason")),
            _C("status", N_("What the mail house said")),
            _C("closed_at", N_("Since")),
            _C("opened_at", N_("Until")),
        ),
        Fate.GOES,
        address="address",
        words=_CLOSED,
    ),
    HeldTable(
        "bounces",
        N_("Messages that did not reach you"),
        _DELIVERY,
        models.SoftBounce,
        ("customer",),
        (
            _C("address", N_("Address")),
            _C("status", N_("What the mail house said")),
            _C("bounced_at", N_("When")),
        ),
        Fate.GOES,
        address="address",
    ),
    HeldTable(
        "mail_received",
        N_("What you wrote to us"),
        _YOURS,
        models.InboundMail,
        ("customer",),
        (
            _C("received_at", N_("When")),
            _C("content__sender", N_("From")),
            _C("content__subject", N_("Subject")),
            _C("kind", N_("What it was"), is_for_page=False),
            _C("state", N_("What became of it"), is_for_page=False),
        ),
        Fate.STAYS,
    ),
    HeldTable(
        "mail_received_content",
        N_("The words you wrote to us"),
        _YOURS,
        models.InboundContent,
        ("mail__customer",),
        (
            _C("sender", N_("From")),
            _C("sender_name", N_("Name")),
            _C("subject", N_("Subject")),
            _C("message_id", N_("Number")),
            _C("attachments", N_("Attachments")),
            _C("raw", N_("The whole mail")),
        ),
        Fate.GOES,
        address="sender",
        is_for_page=False,
    ),
)
