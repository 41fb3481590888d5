"""The example company moves in beside the pages, in a process of its own.

`python -m regulars.cli.demo begin CUSTOMERS` notes which one and tells one line of JSON;
`python -m regulars.cli.demo load LANG` brings it in, or what is missing of it.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from regulars.cli.children import Child, options_of
from regulars.cli.faults import REFUSED, STOPPED
from regulars.cli.stopping import stop_in_order
from regulars.kit.errors import Refusal
from regulars.kit.texts import N_, say

if TYPE_CHECKING:
    from regulars.kit.postgres.account import Account

_MODULE = "regulars.cli.demo"


@dataclass(frozen=True)
class Begun:
    """Which example company the house holds."""

    customers: int
    as_of: str  # the last day of its history
    is_loaded: bool


def begin(environment: dict[str, str], account: "Account | None", *, customers: int) -> Begun:
    """Note that it moves in, on a database that is prepared; refused beside a company's own."""
    done = subprocess.run(
        [sys.executable, "-m", _MODULE, "begin", str(customers)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        **options_of(account),
    )
    told = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
    if done.returncode == REFUSED and told:
        raise Refusal(told["code"], told["message"], told["mend"])
    if done.returncode != 0:
        raise Refusal(
            "cannot_begin_demo",
            N_("The example company could not move in: {cause}"),
            N_("Mend that and start again; what is stored was not changed."),
            cause=(done.stderr.strip().splitlines() or ["no reason was given"])[-1],
        )
    return Begun(**told)


class Mover(Child):
    """Brings the example company in; started again where it was cut off, not once it is done."""

    def revive(self) -> int | None:
        """Start it again if it was cut off; gives how it ended, when it was."""
        if self.process is not None and self.process.poll() in (0, REFUSED):
            return None
        return super().revive()


def mover(environment: dict[str, str], account: "Account | None", *, lang: str) -> Mover:
    """What brings it in, not started yet."""
    return Mover("demo", [_MODULE, "load", lang], environment, account)


def main() -> int:
    """Do the one or the other, on the database that the environment names; gives the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    import django

    django.setup()
    what, how = sys.argv[1:]
    return _begin(int(how)) if what == "begin" else _load(how)


def _begin(customers: int) -> int:
    from regulars.book.importing.demo import begin_demo

    try:
        example = begin_demo(customers=customers)
    except Refusal as refusal:
        told = {"code": refusal.code, "message": refusal.message, "mend": refusal.mend}
        print(json.dumps(told))
        return REFUSED
    begun = Begun(example.customers, example.as_of.isoformat(), example.is_loaded)
    print(json.dumps(asdict(begun)))
    return 0


def _load(lang: str) -> int:
    stop_in_order()
    from django.db import InterfaceError, OperationalError

    from regulars.book.importing.demo import load_demo
    from regulars.company.services.example_company import the_example_company
    from regulars.kit.numbers import Numbers

    def tell(what: str, _done: float | None, /, **facts: object) -> None:
        print(say(what, lang, **facts), flush=True)

    example = the_example_company()
    if example is None:
        return 0
    began_at = time.monotonic()
    try:
        loaded = load_demo(example, progress=tell)
    except Refusal as refusal:
        print(*refusal.sentences(lang), sep="\n", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return STOPPED
    except (InterfaceError, OperationalError):
        return 1  # the database went; whoever watches us starts both again
    figures = Numbers(lang)
    tell(
        N_(
            "The example company is in, after {seconds} s: {customers} customers, {orders} orders, "
            "{events} entries in their stories. Rows put aside, since nobody can say whose they "
            "are: {aside}."
        ),
        None,
        seconds=round(time.monotonic() - began_at),
        customers=figures.count(loaded.n_customers),
        orders=figures.count(loaded.n_orders),
        events=figures.count(loaded.n_events),
        aside=figures.count(loaded.n_put_aside),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
