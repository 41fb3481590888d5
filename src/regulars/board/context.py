"""What every page is given beside its own parts."""

from django.http import HttpRequest

from regulars.board.look import mark, symbols

THEMES = ("light", "dark")
SETTINGS_PLACES = ("company", "people", "branches", "departments", "channels", "keys", "regulars")


def ground(request: HttpRequest) -> dict[str, object]:
    """The style sheet, the icons, and the reader's light or dark; empty: as the device is."""
    chosen = request.COOKIES.get("theme", "")
    return {
        "look_mark": mark(),
        "symbols": symbols(),
        "theme": chosen if chosen in THEMES else "",
        "settings_places": SETTINGS_PLACES,
    }
