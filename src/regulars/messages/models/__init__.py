"""Tables of messages."""

from regulars.messages.models.closed_channel import ClosedChannel, SoftBounce
from regulars.messages.models.contact_rules import (
    Approach,
    BudgetDecision,
    ContactPreference,
    ContactRules,
)
from regulars.messages.models.endpoint import DeliveryAttempt, Endpoint, EndpointSecret
from regulars.messages.models.inbound import InboundContent, InboundMail, Mailbox
from regulars.messages.models.outgoing import Lane, Outgoing, OutgoingContent
from regulars.messages.models.template import TemplateVersion

__all__ = [
    "Approach",
    "BudgetDecision",
    "ClosedChannel",
    "ContactPreference",
    "ContactRules",
    "DeliveryAttempt",
    "Endpoint",
    "EndpointSecret",
    "InboundContent",
    "InboundMail",
    "Lane",
    "Mailbox",
    "Outgoing",
    "OutgoingContent",
    "SoftBounce",
    "TemplateVersion",
]
