import json
from dataclasses import dataclass
from pathlib import Path

import duckdb

from regulars.sample import Company, write_company


@dataclass(frozen=True)
class Written:
    company: Company
    truth: dict

    def ask(self, sql: str) -> tuple:
        """The first row of a query over `o` (orders) and `t` (truth per customer)."""
        with duckdb.connect() as con:
            for name, path in (
                ("o", self.company.orders_path),
                ("t", self.company.truth_customers_path),
            ):
                con.execute(f"create view {name} as from '{path}'")
            return con.execute(sql).fetchone()


def written(out: Path, **how) -> Written:
    company = write_company(out, **how)
    return Written(company, json.loads(company.truth_path.read_text(encoding="utf-8")))
