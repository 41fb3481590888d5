"""A house whose book holds a small example company, measured once for all tests of a module."""

import json
from datetime import date
from pathlib import Path

from regulars.company.queries.company import the_company
from regulars.sample.company import write_company
from tests.support.importing import imported

AS_OF = date(2026, 3, 1)


def write_shop(folder):
    """The files of a shop of 300 customers over two years."""
    write_company(Path(folder) / "files", customers=300, seed=5, as_of=AS_OF, days=700)
    return Path(folder)


def bring_in(folder):
    """Its orders, into the book of a company with its currency."""
    company = the_company()
    company.currency = json.loads((folder / "files" / "truth.json").read_text())["currency"]
    company.save(update_fields=["currency"])
    imported(folder, folder / "files" / "orders.csv", source="shop")
