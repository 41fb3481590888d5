"""Templates that the house brings along, in all its languages, until a company gives its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.book.models.consent import MessagePurpose
from regulars.kit.texts import N_, say
from regulars.messages.template_text import ValueKind


@dataclass(frozen=True)
class Wording:
    """What a template says in one language."""

    purpose: MessagePurpose
    variables: Mapping[str, ValueKind]
    subject: str
    text: str
    version: int = 0  # 0: shipped


@dataclass(frozen=True)
class Shipped:
    """A template of ours; its sentences are in the catalogue."""

    variables: Mapping[str, ValueKind]
    subject: str
    paragraphs: tuple[str, ...]
    purpose: MessagePurpose = MessagePurpose.SERVICE

    def wording(self, language: str) -> Wording:
        """What it says in a language."""
        paragraphs = (say(paragraph, language) for paragraph in self.paragraphs)
        text = "\n\n".join(paragraphs)
        return Wording(self.purpose, self.variables, say(self.subject, language), text)


_TEXT, _MOMENT, _LINK = ValueKind.TEXT, ValueKind.MOMENT, ValueKind.LINK
_HELLO = N_("Hello,")
_SIGNED = "{company}"

SHIPPED: Mapping[str, Shipped] = {
    "promise.late": Shipped(
        {"company": _TEXT, "promised": _TEXT, "was_due_at": _MOMENT, "due_at": _MOMENT},
        N_("{promised} will be late"),
        (
            _HELLO,
            N_("We promised {promised} by {was_due_at}, and we will not keep that time."),
            N_("Our new promise is {due_at}. We are sorry for the wait."),
            N_("If that is too late for you, answer this message and we find another way."),
            _SIGNED,
        ),
    ),
    "promise.kept": Shipped(
        {"company": _TEXT, "promised": _TEXT, "due_at": _MOMENT},
        N_("As promised: {promised}"),
        (
            _HELLO,
            N_("We promised {promised} by {due_at}, and it is done."),
            N_("If anything is not as it should be, answer this message."),
            _SIGNED,
        ),
    ),
    "request.received": Shipped(
        {"company": _TEXT, "number": _TEXT, "answer_by": _MOMENT},
        N_("We have your request {number}"),
        (
            _HELLO,
            N_("Your request has come in. Its number is {number}."),
            N_("You get an answer from a person by {answer_by}."),
            _SIGNED,
        ),
    ),
    "consent.withdrawn": Shipped(
        {"company": _TEXT},
        N_("You are unsubscribed"),
        (
            _HELLO,
            N_("As you asked, we will not write to you about this any more."),
            N_("What belongs to an order or a question of yours still reaches you."),
            _SIGNED,
        ),
    ),
    "staff.invited": Shipped(
        {"company": _TEXT, "link": _LINK, "until": _MOMENT},
        N_("You are invited to work with {company}"),
        (
            _HELLO,
            N_("Open this address to choose a password: {link}"),
            N_("It works once, until {until}."),
            _SIGNED,
        ),
    ),
}
