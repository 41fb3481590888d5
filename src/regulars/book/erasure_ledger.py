"""The list of erasures outside the database: in the data folder, and beside the backups.

A backup made before an erasure brings the erased person back; with this list a restore takes them
out again. One line of JSON an erasure, with the id of the customer and nothing else of them.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

from regulars.kit.errors import Refusal
from regulars.kit.private import write_private
from regulars.kit.texts import N_

type Ledger = Mapping[UUID, datetime]


def read_ledger(file: Path) -> Ledger:
    """Who was erased and when; nobody where there is no file."""
    if not file.exists():
        return {}
    found = {}
    for nth, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            told = json.loads(line)
            found[UUID(told["customer"])] = datetime.fromisoformat(told["erased_at"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refusal(
                "ledger_unreadable",
                N_("Line {line} of {file} is no erasure."),
                N_("Put that line right: without this list erased customers would come back."),
                line=nth,
                file=file,
            ) from None
    return found


def add_to_ledger(file: Path, erasures: Ledger) -> None:
    """Add what is missing; what is there stays, since the database may be an older one."""
    held = read_ledger(file)
    both = {**erasures, **held}
    if len(both) == len(held):
        return
    lines = (
        json.dumps({"customer": str(customer), "erased_at": at.isoformat()})
        for customer, at in sorted(both.items(), key=lambda entry: (entry[1], entry[0]))
    )
    write_private(file, "".join(f"{line}\n" for line in lines))
