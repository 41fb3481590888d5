"""Where tables live and are computed: the one place that knows which engine runs a measure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]


class Engine(Protocol):
    """What a measure needs of an engine besides Narwhals expressions."""

    name: str

    def keep(self, frame: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
        """Compute a frame once and hold it: later measures read it for the price of a scan."""
        ...

    def drop(self, name: str) -> None:
        """Let go of a frame that was kept."""
        ...

    def arrays(self, frame: nw.LazyFrame[Any]) -> Arrays:
        """Compute a small frame into NumPy arrays by column; NULL becomes NaN, or None for text."""
        ...

    def table(self, columns: Mapping[str, NDArray[Any]], name: str) -> nw.LazyFrame[Any]:
        """Hand arrays of equal length to the engine as a table."""
        ...

    def write(
        self, frame: nw.LazyFrame[Any], *, csv: Path, parquet: Path, dates: Mapping[str, str]
    ) -> None:
        """Write a frame to both files, in its order; `dates` names day numbers that are dates."""
        ...


class DuckEngine:
    """DuckDB in this process; tables live in the connection."""

    def __init__(self, connection: Any) -> None:
        import duckdb

        self.connection = connection
        self.name = f"duckdb {duckdb.__version__}"

    def frame(self, name: str) -> nw.LazyFrame[Any]:
        """A table or view of the connection as a lazy frame."""
        frame: nw.LazyFrame[Any] = nw.from_native(self.connection.table(name))
        return frame

    def keep(self, frame: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
        """Compute a frame into a table of the connection."""
        nw.to_native(frame).create(name)
        return self.frame(name)

    def drop(self, name: str) -> None:
        """Drop a table that was kept."""
        self.connection.execute(f'DROP TABLE IF EXISTS "{name}"')

    def arrays(self, frame: nw.LazyFrame[Any]) -> Arrays:
        """Fetch a frame as NumPy arrays."""
        fetched = nw.to_native(frame).fetchnumpy()
        return {name: _plain(values) for name, values in fetched.items()}

    def table(self, columns: Mapping[str, NDArray[Any]], name: str) -> nw.LazyFrame[Any]:
        """Hand arrays over as an Arrow table; no number becomes NULL."""
        import pyarrow as pa

        self.connection.register(
            name, pa.table({key: pa.array(col, from_pandas=True) for key, col in columns.items()})
        )
        return self.frame(name)

    def write(
        self, frame: nw.LazyFrame[Any], *, csv: Path, parquet: Path, dates: Mapping[str, str]
    ) -> None:
        """Write a frame to both files through DuckDB's own writers."""
        relation = nw.to_native(frame)
        columns = ", ".join(
            f'DATE \'1970-01-01\' + "{name}"::INTEGER AS "{dates[name]}"'
            if name in dates
            else f'"{name}"'
            for name in relation.columns
        )
        self.connection.execute("SET preserve_insertion_order = true")
        relation.project(columns).create("written")
        written = self.connection.table("written")
        written.to_csv(str(csv), header=True)
        written.to_parquet(str(parquet), compression="zstd")
        self.drop("written")


def _plain(values: Any) -> NDArray[Any]:
    """A NumPy array without a mask: a missing number is NaN, a missing text None."""
    if not np.ma.is_masked(values):
        return np.asarray(values)
    if values.dtype.kind in "iufb":
        return np.asarray(np.ma.filled(values.astype(np.float64), np.nan))
    texts = np.ma.getdata(values).astype(object)
    texts[np.ma.getmaskarray(values)] = None
    return np.asarray(texts)
