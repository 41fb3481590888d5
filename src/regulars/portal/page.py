"""What every page of the portal needs."""

from typing import Any

from django.utils.translation import get_language

from regulars.company.queries.company import the_company
from regulars.kit.texts import LANGUAGES
from regulars.portal.look import mark


def reader_language() -> str:
    """The language chosen for this request, as far as we speak it."""
    chosen = get_language() or "en"
    return chosen if chosen in LANGUAGES else "en"


def page(**parts: Any) -> dict[str, Any]:
    """The context of a page: language, style sheet, whose house it is, and its own parts."""
    return {
        "lang": reader_language(),
        "look_mark": mark(),
        "company": the_company(),
        **parts,
    }
