"""What a user sees when something cannot be done: sentences and an exit code, no traceback."""

import locale
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from regulars.kit.errors import Refusal
from regulars.kit.texts import LANGUAGES, N_, say

REFUSED, STOPPED, OUR_FAULT = 2, 130, 70
_INTERRUPTED = "Query interrupted"  # DuckDB's own word for Ctrl-C in the middle of a query


def reader_language() -> str:
    """The language of the terminal, as far as we speak it."""
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    code = locale.normalize(told).split(".")[0].replace("_", "-").lower()
    if code.startswith("zh"):
        return "zh-hans"
    return next((lang for lang in LANGUAGES if code.startswith(lang)), "en")


def guarded(app: Callable[..., Any]) -> int:
    """Run the command and give its exit code; every failure becomes sentences on stderr."""
    try:
        done = app(standalone_mode=False)
    except Refusal as refusal:
        return _refused(refusal)
    except typer.TyperException as error:
        print(error.format_message(), file=sys.stderr)
        return _say_and_give(N_("See how it is called with regulars COMMAND --help."), REFUSED)
    except (KeyboardInterrupt, typer.Abort):
        return _stopped()
    except (BrokenPipeError, SystemExit):  # Rich makes the first the second
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the reader of stdout went away
        return 0
    except Exception as error:  # noqa: BLE001 - the last guard before a user's terminal
        return _stopped() if _INTERRUPTED in str(error) else _our_fault()
    if done == STOPPED:  # how Typer tells of Ctrl-C
        return _stopped()
    return done if isinstance(done, int) else 0


def _stopped() -> int:
    return _say_and_give(N_("Stopped. Nothing was written."), STOPPED)


def _refused(refusal: Refusal) -> int:
    """Say what was wrong and how to mend it, in the language the command was asked to speak."""
    lang = _asked_language()
    wrong, mend = refusal.sentences(lang)
    print(wrong, file=sys.stderr)
    print(mend, file=sys.stderr)
    return refusal.exit_code


def _asked_language() -> str:
    """The value of --lang, or else the terminal's language."""
    words = sys.argv
    for i, word in enumerate(words):
        given = word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if word == "--lang" and i + 1 < len(words):
            given = words[i + 1]
        if given in LANGUAGES:
            return given
    return reader_language()


def _say_and_give(message: str, code: int, **facts: object) -> int:
    print(say(message, _asked_language(), **facts), file=sys.stderr)
    return code


def _our_fault() -> int:
    """A fault of the program: keep the trace in a file, and say where it is."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="regulars-fault-", suffix=".txt", delete=False, encoding="utf-8"
    ) as kept:
        kept.write(" ".join(sys.argv[:2]) + "\n")
        traceback.print_exc(file=kept)
    return _say_and_give(
        N_(
            "This is a fault in Regulars, not in your files; nothing was written. What happened is "
            "kept in {file}: send us that file and we mend it."
        ),
        OUR_FAULT,
        file=Path(kept.name),
    )
