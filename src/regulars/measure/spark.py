"""The same measures on PySpark: one machine or a cluster, tables equal to DuckDB's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from regulars.measure.engine import Arrays


def session(master: str = "local[*]") -> Any:
    """A Spark session of our own: UTC, quiet, on loopback unless `master` is elsewhere."""
    from pyspark.sql import SparkSession

    builder = (
        SparkSession.builder.master(master)
        .appName("regulars")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
    )
    if master.startswith("local") or "127.0.0.1" in master:
        builder = (
            builder.config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "8")
        )
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


class SparkEngine:
    """PySpark; kept frames are cached in the session and known by name."""

    def __init__(self, spark: Any) -> None:
        self.spark = spark
        self.name = f"pyspark {spark.version}"
        self._kept: dict[str, Any] = {}

    def read(self, path: Path) -> nw.LazyFrame[Any]:
        """A Parquet file or folder that every worker can see."""
        frame: nw.LazyFrame[Any] = nw.from_native(self.spark.read.parquet(str(path)))
        return frame

    def keep(self, frame: nw.LazyFrame[Any], name: str) -> nw.LazyFrame[Any]:
        """Cache a frame; it is computed when first read."""
        cached = nw.to_native(frame).cache()
        self._kept[name] = cached
        kept: nw.LazyFrame[Any] = nw.from_native(cached)
        return kept

    def drop(self, name: str) -> None:
        """Let go of a cached frame."""
        if name in self._kept:
            self._kept.pop(name).unpersist()

    def arrays(self, frame: nw.LazyFrame[Any]) -> Arrays:
        """Fetch a small frame through Arrow."""
        fetched = nw.to_native(frame).toArrow()
        return {name: _numpy(fetched.column(name)) for name in fetched.column_names}

    def table(self, columns: Mapping[str, NDArray[Any]], name: str) -> nw.LazyFrame[Any]:
        """Hand arrays over through Arrow; small enough to be sent to every worker."""
        import pyarrow as pa
        from pyspark.sql.functions import broadcast

        sent = self.spark.createDataFrame(
            pa.table({key: pa.array(column, from_pandas=True) for key, column in columns.items()})
        )
        sent.createOrReplaceTempView(name)
        frame: nw.LazyFrame[Any] = nw.from_native(broadcast(sent))
        return frame

    def write(
        self, frame: nw.LazyFrame[Any], *, csv: Path, parquet: Path, dates: Mapping[str, str]
    ) -> None:
        """Bring the frame to this machine and write both files here, one each."""
        import pyarrow as pa
        from pyarrow import csv as arrow_csv
        from pyarrow import parquet as arrow_parquet

        fetched = nw.to_native(frame).toArrow()
        for number, day in dates.items():
            at = fetched.column_names.index(number)
            as_day = fetched.column(number).cast(pa.int32()).cast(pa.date32())
            fetched = fetched.set_column(at, day, as_day)
        arrow_csv.write_csv(fetched, str(csv))
        arrow_parquet.write_table(fetched, str(parquet), compression="zstd")


def _numpy(column: Any) -> NDArray[Any]:
    """An Arrow column as NumPy: a missing number is NaN, a missing text None."""
    import pyarrow as pa

    if pa.types.is_decimal(column.type):
        column = column.cast(pa.int64())
    return np.asarray(column.to_numpy())
