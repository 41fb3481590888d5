"""What is held on a person, as a file for machines and as a page for the person."""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, format_decimal, get_currency_precision
from django.core.serializers.json import DjangoJSONEncoder
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from regulars.book.happenings import WORDS
from regulars.book.held import HeldColumn, HeldTable
from regulars.book.held_words import CODES, DEEDS, OTHER_DEED, READERS
from regulars.book.queries.held import Held, Row, Seen, happened
from regulars.company.rights import ROLE_WORDS, Role
from regulars.kit.numbers import Numbers
from regulars.kit.texts import LOCALE_OF, N_, say
from regulars.pictures import look

FORMAT = 1
_PAGES = Path(__file__).parent / "pages"
_PLAIN = "#,##0.###"
_MONEY = "¤¤\N{NO-BREAK SPACE}#,##0.00"  # with the code of the currency: kr is of several
_HTML_LANG = {"en": "en", "zh-hans": "zh-Hans", "sv": "sv"}
_OF_THE_COMPANY = frozenset({"channel", "branch", "topic"})  # these codes have names of its own
_CODED = frozenset(
    {"kind", "relationship", "status", "state", "fate", "channel", "branch", "reason", "outcome"}
    | {"direction", "ground", "origin", "purpose", "how", "topic", "role"}
)


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the page, all in the reader's language."""

    title: str
    origin: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def as_json(held: Held) -> str:
    """The file: what `docs/rights.md` says, key by key; values as the book holds them."""
    told = {
        "format": FORMAT,
        "customer": held.customer,
        "records": held.records,
        "company": held.company,
        "made_at": held.made_at,
        "tables": {
            part.table.name: {
                "title": part.table.title,
                "origin": part.table.origin,
                "rows": part.rows,
            }
            for part in held.parts
        },
        "seen": [{"at": each.at, "action": each.action, "by": each.role} for each in held.seen],
    }
    return json.dumps(told, cls=_Encoder, ensure_ascii=False, indent=1) + "\n"


def as_page(held: Held, lang: str) -> str:
    """The page: self-contained, in one of the languages, without codes of ours."""
    sheet = look.sheet(("table",))
    writer = _Writer(held, lang)
    return (
        _environment()
        .get_template("held.html")
        .render(
            _=lambda message, **facts: say(message, lang, **facts),
            html_lang=_HTML_LANG[lang],
            policy=_policy(sheet),
            sheet=sheet,
            company=held.company,
            made_on=writer.value(held.made_at, "made_at"),
            customer=held.customer,
            sections=list(writer.sections()),
            happened=writer.happened(),
            seen=writer.seen(),
        )
    )


class _Encoder(DjangoJSONEncoder):
    """Bytes, such as a mail as it came, as text: what is none is shown as a replacement sign."""

    def default(self, o: Any) -> Any:
        """What JSON has no form for."""
        if isinstance(o, (bytes, memoryview)):
            return bytes(o).decode("utf-8", errors="replace")
        return super().default(o)


class _Writer:
    """Values of the book in the reader's language."""

    def __init__(self, held: Held, lang: str) -> None:
        self.held, self.lang = held, lang
        self.numbers = Numbers(lang)
        self.zone = ZoneInfo(held.time_zone)

    def sections(self) -> Iterator[Section]:
        """Every table that holds something."""
        for part in self.held.parts:
            if part.rows and part.table.is_for_page:
                yield self._section(part.table, part.rows)

    def happened(self) -> Sequence[tuple[str, str]]:
        """What happened, in words, and how often."""
        counted = happened(self.held).most_common()
        return [
            (self._say(WORDS.get(kind, N_("Something else"))), self.numbers.count(n))
            for kind, n in counted
        ]

    def seen(self) -> Sequence[tuple[str, str, str, str]]:
        """Who did what with the data, on which day, and how often that day."""
        days = Counter(
            (self._moment(each.at).date(), self._reader(each), self._deed(each))
            for each in self.held.seen
        )
        return [
            (self.numbers.day(day), reader, deed, self.numbers.count(n))
            for (day, reader, deed), n in days.items()
        ]

    def value(self, value: object, field: str, row: Row | None = None, currency: str = "") -> str:
        """One value: days and money as the language writes them, codes in words."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return self._say(N_("yes") if value else N_("no"))
        if isinstance(value, datetime):
            at = self._moment(value)
            return f"{self.numbers.day(at.date())} {at:%H:%M}"
        if isinstance(value, date):
            return self.numbers.day(value)
        if currency and row is not None and isinstance(value, int):
            return self._money(value, str(row[currency]))
        if isinstance(value, (float, Decimal)):
            return str(format_decimal(value, format=_PLAIN, locale=LOCALE_OF[self.lang]))
        return self._text(str(value), field.rpartition("__")[2])

    def _section(self, table: HeldTable, rows: Sequence[Row]) -> Section:
        def cell(row: Row, column: HeldColumn) -> str:
            value = row[column.field]
            if isinstance(value, str) and value in table.words:
                return self._say(table.words[value])
            return self.value(value, column.field, row, column.currency)

        # Columns in which nobody wrote anything say nothing.
        told = [
            each
            for each in table.columns
            if each.is_for_page and any(cell(row, each) for row in rows)
        ]
        return Section(
            title=self._say(table.title),
            origin=self._say(table.origin),
            heads=[self._say(column.title) for column in told],
            rows=[[cell(row, column) for column in told] for row in rows],
        )

    def _text(self, text: str, field: str) -> str:
        if field == "language":
            return _language(text, self.lang)
        if field in _OF_THE_COMPANY and text in self.held.names:
            return self.held.names[text]
        if field not in _CODED:
            return text
        return self._say(CODES[text]) if text in CODES else text

    def _money(self, minor: int, currency: str) -> str:
        value = minor / 10 ** get_currency_precision(currency)
        return str(format_currency(value, currency, format=_MONEY, locale=LOCALE_OF[self.lang]))

    def _reader(self, seen: Seen) -> str:
        words = READERS.get(seen.role) or ROLE_WORDS.get(Role(seen.role))
        return self._say(words or seen.role)

    def _deed(self, seen: Seen) -> str:
        return self._say(DEEDS.get(seen.action.rpartition(".")[2], OTHER_DEED))

    def _moment(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def _say(self, message: str) -> str:
        return say(message, self.lang)


def _language(code: str, lang: str) -> str:
    """What a language is called in another: sv is Swedish, svenska, 瑞典语."""
    try:
        named = Locale.parse(code.replace("-", "_")).get_display_name(LOCALE_OF[lang])
    except (ValueError, UnknownLocaleError):
        return code
    return named or code


def _policy(sheet: str) -> str:
    """Nothing may be loaded or run; the one style block is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
