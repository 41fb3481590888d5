"""Bodies of requests: JSON as RFC 8259 has it, and nothing that two readers take differently."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from regulars.api.problems import Problem


class StrictParser(Parser):
    """Refuses what the standard library would let pass: NaN, a name twice, endless nesting."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The value, or a Problem that says where it cannot be read."""
        if request.content_type != "application/json":
            raise Problem(415, "not_json", "Send the body as application/json.")
        try:
            text = request.body.decode("utf-8")
            return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once_each)
        except UnicodeDecodeError as error:
            raise _bad(f"It is not UTF-8: byte {error.start}.", facts={"at": error.start}) from None
        except json.JSONDecodeError as error:
            raise _bad(
                f"{error.msg}: line {error.lineno}, column {error.colno}.", facts={"at": error.pos}
            ) from None
        except RecursionError:
            raise _bad("It is nested too deeply.") from None
        except ValueError as error:
            raise _bad(f"{error}.") from None


def _bad(why: str, facts: dict[str, int] | None = None) -> Problem:
    return Problem(400, "bad_json", f"The body is not JSON. {why} Send UTF-8 JSON.", facts=facts)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"The name {twice!r} stands twice in one object")
    return found
