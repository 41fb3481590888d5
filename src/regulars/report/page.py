"""The report as one page: facts and a language in, a self-contained HTML file out."""

import base64
import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from regulars.kit.texts import N_
from regulars.pictures import look
from regulars.report.facts import Facts
from regulars.report.sections import (
    concentration,
    data,
    expected,
    lead,
    model,
    moves,
    price,
    rules,
    share,
    slipping,
    stages,
    staying,
)
from regulars.report.words import Words

_TEMPLATES = Path(__file__).parent / "templates"
_HTML_LANG = {"en": "en", "zh-hans": "zh-Hans", "sv": "sv"}
_PARTS = (
    "contents",
    "lead",
    "button",
    "chip",
    "figure",
    "more",
    "proof",
    "panel",
    "table",
    "whole",
    "picture",
    "cannot",
    "sum",
)
_SYMBOLS = ("open", "part", "shop")


@dataclass(frozen=True, slots=True)
class _Section:
    """A part of the page: its name is its address and its template."""

    name: str
    title: str
    short: str  # in the contents
    view: Callable[[Facts, Words], object | None]  # None leaves the section out


# In reading order. A new section is a line here, a module and a template of the same name.
_SECTIONS = (
    _Section("share", N_("Share of regulars over time"), N_("Share"), share.view),
    _Section("stages", N_("Where your customers stand"), N_("Stages"), stages.view),
    _Section("moves", N_("How they move"), N_("Moves"), moves.view),
    _Section("slipping", N_("Who is slipping away"), N_("Slipping away"), slipping.view),
    _Section(
        "concentration", N_("How much the best customers bring"), N_("80/20"), concentration.view
    ),
    _Section("staying", N_("Who stays"), N_("Who stays"), staying.view),
    _Section("price", N_("Not by price alone"), N_("Discounts"), price.view),
    _Section("rules", N_("Rules of thumb, tested here"), N_("Rules of thumb"), rules.view),
    _Section("expected", N_("What to expect"), N_("What to expect"), expected.view),
    _Section("model", N_("How we tell who will come back"), N_("The model"), model.view),
    _Section("data", N_("Your data"), N_("Your data"), data.view),
)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A section with everything in the reader's language."""

    name: str
    title: Markup
    short: Markup
    view: object


def render(facts: Facts, lang: str) -> str:
    """The complete report.html."""
    words = Words.of(facts, lang)
    company = facts.company or _files(facts, words)
    sheet = look.sheet(_PARTS)
    return (
        _environment()
        .get_template("page.html")
        .render(
            _=words.say,
            together=words.together,
            html_lang=_HTML_LANG[lang],
            title=words.say("{company}: where your customers stand", company=company),
            company=company,
            policy=_policy(sheet),
            sheet=sheet,
            symbols=look.symbols(_SYMBOLS),
            lead=lead.view(facts, words),
            sections=[
                _Shown(part.name, words.say(part.title), words.say(part.short), view)
                for part in _SECTIONS
                if (view := part.view(facts, words)) is not None
            ],
            footer=_footer(facts, words),
        )
    )


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of the page as markup, for a page of somebody else's."""

    name: str
    title: str
    short: str
    html: str


def fragments(
    facts: Facts, lang: str, *, without: Collection[str], leads_to: Mapping[str, str]
) -> list[Fragment]:
    """The lead's sentences and the sections, one by one, in reading order.

    `without` names sections to leave out; `leads_to` says where a pressed figure leads, by its
    proof, where that is not on the page itself.
    """
    words = Words.of(facts, lang, leads_to=leads_to)
    opening = lead.view(facts, words)
    made = [Fragment("lead", str(opening.when), "", str(opening.says))]
    made.append(Fragment("lead_more", "", "", str(words.together(opening.more))))
    for part in _SECTIONS:
        view = None if part.name in without else part.view(facts, words)
        if view is not None:
            template = _environment().get_template(f"sections/{part.name}.html")
            html = template.render(_=words.say, together=words.together, view=view)
            title, short = words.say(part.title), words.say(part.short)
            made.append(Fragment(part.name, str(title), str(short), html))
    return made


def _files(facts: Facts, words: Words) -> str:
    """What a company without a name goes by."""
    files = facts.input.files
    return files[0] if len(files) == 1 else words.say_n("{n} file", "{n} files", len(files))


def _policy(sheet: str) -> str:
    """Nothing may be loaded or run; the one style block is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _footer(facts: Facts, words: Words) -> Markup:
    taken = facts.input
    return words.say(
        "Regulars, made {day} by {engine} from {files}, {days}.",
        day=words.numbers.day(facts.made_on),
        engine=facts.engine,
        files=words.listed(taken.files),
        days=words.numbers.days(taken.first_on, taken.as_of),
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
