"""Refusals: a code for machines, a sentence and the mend for people."""

from regulars.kit.texts import Message, say, shortened


class Refusal(Exception):
    """Something asked for cannot be done, and we can say why and what would help.

    `code` names the case for machines; `message` and `mend` are English templates (message ids of
    the catalogue) filled from `facts`; `exit_code` is what the command line ends with.
    """

    exit_code = 2

    def __init__(self, code: str, message: str, mend: str, **facts: object) -> None:
        super().__init__(code, message, mend, facts)
        self.code, self.message, self.mend, self.facts = code, message, mend, facts

    def sentences(self, lang: str = "en") -> tuple[str, str]:
        """What was wrong, and what to do next, in the reader's language."""
        facts = {name: _told(fact, lang) for name, fact in self.facts.items()}
        return say(self.message, lang, **facts), say(self.mend, lang, **facts)

    def __str__(self) -> str:
        return " ".join(self.sentences())


def _told(fact: object, lang: str) -> object:
    """A fact as a sentence holds it: a file with 5,000 columns must not fill the terminal."""
    if isinstance(fact, Message):
        return say(fact, lang)
    return shortened(fact) if isinstance(fact, str) else fact


class InputRefused(Refusal):
    """The input cannot be used as it is: exit 2."""

    exit_code = 2


class NothingToMeasure(Refusal):
    """The input was read, and no measure can be taken from this history: exit 3."""

    exit_code = 3
