"""Settings from the environment: each is read once, and a bad one is refused by its name.

A secret may lie in a file instead: NAME_FILE names it.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from regulars.kit.errors import Refusal
from regulars.kit.texts import N_


class BadSetting(Refusal):
    """A setting is missing or cannot be read."""

    def __init__(self, name: str, wanted: str, given: str | None) -> None:
        message = N_("The setting {name} is {given!r}.") if given else N_("{name} is not set.")
        super().__init__("bad_setting", message, N_("Set {name} to {wanted}."),
                         name=name, given=given, wanted=wanted)  # fmt: skip


def text(name: str, *, wanted: str, default: str | None = None) -> str:
    """A text; without a default it has to be set."""
    given = os.environ.get(name, "").strip()
    if given:
        return given
    if default is None:
        raise BadSetting(name, wanted, None)
    return default


def secret(name: str, *, wanted: str, default: str | None = None) -> str:
    """A secret, from NAME or from the file that NAME_FILE names."""
    file = os.environ.get(f"{name}_FILE", "").strip()
    if not file:
        return text(name, wanted=wanted, default=default)
    try:
        held = Path(file).read_text(encoding="utf-8").strip()
    except OSError:
        raise BadSetting(f"{name}_FILE", "a file that can be read", file) from None
    if not held:
        raise BadSetting(f"{name}_FILE", f"a file that holds {wanted}", file)
    return held


def with_secrets_read(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for a part that runs as another user, who may not read our files.

    Each secret that a file holds stands in it by itself.
    """
    told = dict(environment)
    for named in [name for name in told if name.endswith("_FILE")]:
        name = named.removesuffix("_FILE")
        if name.startswith("REGULARS_") or name == "DATABASE_URL":
            told[name] = secret(name, wanted="a secret")
            del told[named]
    return told


def flag(name: str, *, default: bool) -> bool:
    """Yes or no."""
    given = text(name, wanted="1 or 0", default="1" if default else "0")
    if given not in {"0", "1"}:
        raise BadSetting(name, "1 or 0", given)
    return given == "1"


def one_of(name: str, choices: Sequence[str], *, default: str) -> str:
    """One of a few words."""
    wanted = f"one of {', '.join(choices)}"
    given = text(name, wanted=wanted, default=default)
    if given not in choices:
        raise BadSetting(name, wanted, given)
    return given


def number(name: str, *, low: int, high: int, default: int) -> int:
    """A whole number within bounds."""
    wanted = f"a whole number from {low} to {high}"
    given = text(name, wanted=wanted, default=str(default))
    if not given.isascii() or not given.isdigit() or not low <= int(given) <= high:
        raise BadSetting(name, wanted, given)
    return int(given)


def web_address(name: str, *, default: str | None = None) -> tuple[str, str]:
    """An address people open, such as https://regulars.example: (origin, host)."""
    wanted = "an address such as https://regulars.example, without a path"
    given = text(name, wanted=wanted, default=default)
    parts = urlsplit(given)
    is_bare = parts.path in {"", "/"} and not parts.query and not parts.username
    if parts.scheme not in {"http", "https"} or not parts.hostname or not is_bare:
        raise BadSetting(name, wanted, given)
    return f"{parts.scheme}://{parts.netloc}", parts.hostname


def database(name: str) -> dict[str, object]:
    """Django's settings of a PostgreSQL from an address; ?host=/folder names its socket."""
    wanted = "an address such as postgresql://user:password@host:5432/name (or ?host=/folder)"
    given = secret(name, wanted=wanted)
    parts = urlsplit(given)
    query = dict(parse_qsl(parts.query))
    socket = query.pop("host", "")
    try:
        port = query.pop("port", "") or parts.port or ""
    except ValueError:
        raise BadSetting(name, wanted, _without_password(given)) from None
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise BadSetting(name, wanted, _without_password(given))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": socket or unquote(parts.hostname or ""),
        "PORT": str(port),
        "OPTIONS": dict(query),
    }


def _without_password(address: str) -> str:
    before, sign, after = address.rpartition("@")
    return before.rpartition(":")[0] + ":***" + sign + after if sign else address
