"""Refusals: a code for machines, a sentence and the mend for people."""

from regulars.kit.texts import say


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
        return say(self.message, lang, **self.facts), say(self.mend, lang, **self.facts)

    def __str__(self) -> str:
        return " ".join(self.sentences())


class InputRefused(Refusal):
    """The input cannot be used as it is: exit 2."""

    exit_code = 2


class NothingToMeasure(Refusal):
    """The input was read, and no measure can be taken from this history: exit 3."""

    exit_code = 3
