"""Hillstrom's e-mail test: 64,000 customers in three arms, two of which got an e-mail."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pytest

REAL = Path(__file__).resolve().parents[3].parent / "shared" / "data"


@dataclass(frozen=True)
class MailTest:
    columns: dict[str, np.ndarray]

    def outcome(self, name, segment):
        return self.columns[name][self.columns["segment"] == segment]

    def against_control(self, segment):
        """Which customers are in this arm or the control arm, and which of those are treated."""
        chosen = np.isin(self.columns["segment"], (segment, "No E-Mail"))
        return chosen, self.columns["segment"][chosen] == segment

    def covariates(self, chosen):
        """What was known of the chosen customers before: seven columns, words as yes or no."""
        table = {name: self.columns[name] for name in ("recency", "history", "mens", "womens")}
        table["newbie"] = self.columns["newbie"]
        for name in ("zip_code", "channel"):
            for word in np.unique(self.columns[name])[1:]:
                table[f"{name} {word}"] = self.columns[name] == word
        return {name: column[chosen] for name, column in table.items()}


@pytest.fixture(scope="session")
def hillstrom():
    path = REAL / "hillstrom" / "hillstrom.parquet"
    if not path.is_file():
        pytest.skip("real data sets are not beside this checkout")
    found = duckdb.execute("from read_parquet($path)", {"path": str(path)}).fetchnumpy()
    return MailTest(
        {
            name: np.asarray(column.tolist() if column.dtype == object else column)
            for name, column in found.items()
        }
    )
