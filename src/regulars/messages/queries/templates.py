"""What a template says, in which language, and how that looks."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from regulars.book.models.consent import MessagePurpose
from regulars.company.queries.company import the_company
from regulars.kit.errors import Refusal
from regulars.kit.texts import LANGUAGES, N_
from regulars.messages.letter import Letter
from regulars.messages.models import TemplateVersion
from regulars.messages.shipped import SHIPPED, Wording
from regulars.messages.template_text import Value, ValueKind, filled, written

_SAMPLES: Mapping[ValueKind, Value] = {
    ValueKind.TEXT: "Sencha 100 g",
    ValueKind.MOMENT: datetime(2027, 3, 2, 14, 30, tzinfo=UTC),
    ValueKind.DAY: date(2027, 3, 2),
    ValueKind.LINK: "https://example.com/",
}


class NoSuchTemplate(Refusal):
    """There are no words for a message."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "no_such_template",
            N_("There is no template {template}."),
            N_("Save one by that code, or use one of: {known}."),
            template=code,
            known=", ".join(sorted(SHIPPED)),
        )


def our_language(tag: str) -> str | None:
    """The language of ours that a customer's tag stands for: sv-FI is sv, zh-CN is zh-hans."""
    first = tag.strip().lower().replace("_", "-").partition("-")[0]
    if first == "zh":
        return "zh-hans"
    return first if first in LANGUAGES else None


def wording_of(code: str, language: str) -> tuple[str, Wording]:
    """What a template says, and in which language: the reader's, else the company's, else any."""
    latest = TemplateVersion.objects.filter(code=code).order_by("language", "-version")
    own = {row.language: row for row in latest.distinct("language")}
    for wanted in _in_order(language):
        if wanted in own:
            return wanted, _of(own[wanted])
        if code in SHIPPED:
            return wanted, SHIPPED[code].wording(wanted)
    raise NoSuchTemplate(code)


def letter_of(
    code: str, language: str, values: Mapping[str, Value], *, is_automatic: bool = True
) -> tuple[Wording, Letter]:
    """A template with its values; one that is not there is refused, as is an empty one."""
    told_in, wording = wording_of(code, language)
    company = the_company()
    zone = ZoneInfo(company.time_zone)
    given = {"company": company.name, **values}
    said: dict[str, str] = {}
    for name, kind in wording.variables.items():
        if name in given:
            said[name] = written(given[name], kind, told_in, zone)
    return wording, Letter(
        filled(wording.subject, said), filled(wording.text, said), told_in, is_automatic
    )


def preview(code: str, language: str) -> Letter:
    """How a template looks, with made-up values."""
    _, wording = wording_of(code, language)
    _, letter = letter_of(
        code,
        language,
        {
            name: _SAMPLES[kind]
            for name, kind in wording.variables.items()
            if name != "company" or not the_company().name
        },
    )
    return letter


def _in_order(language: str) -> Iterator[str]:
    yield from dict.fromkeys((language, the_company().first_language, *LANGUAGES))


def _of(row: TemplateVersion) -> Wording:
    variables = {name: ValueKind(kind) for name, kind in row.variables.items()}
    return Wording(MessagePurpose(row.purpose), variables, row.subject, row.text, row.version)
