import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from regulars.sample import write_company
from tests.sample.shops import Written, written


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> Written:
    return written(tmp_path_factory.mktemp("shop"), customers=600, seed=4, format="parquet")


@dataclass(frozen=True)
class Town:
    """A company large enough to see what was planted, each file a table of its name."""

    con: duckdb.DuckDBPyConnection
    truth: dict
    folder: Path

    def rows(self, sql: str) -> list[tuple]:
        return self.con.execute(sql).fetchall()

    def row(self, sql: str) -> tuple:
        return self.con.execute(sql).fetchone()


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    write_company(folder, customers=60_000, seed=11, format="parquet")
    with duckdb.connect() as con:
        for path in folder.glob("*.parquet"):
            con.execute(f"create view {path.stem} as from '{path}'")
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        yield Town(con, truth, folder)
