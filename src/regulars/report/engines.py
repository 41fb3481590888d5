"""Which engine takes the measures: DuckDB in this process, or Spark on one machine or a cluster."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

from regulars.kit.errors import InputRefused
from regulars.kit.texts import N_
from regulars.measure.engine import DuckEngine, Engine

if TYPE_CHECKING:
    import duckdb

# The lines as measures want them: the day as a number of days since 1970-01-01.
_NUMBERED = (
    "SELECT customer, (day - DATE '1970-01-01')::INTEGER AS day, order_key, net_minor, is_purchase,"
    " is_discounted, channel, name FROM lines"
)


@contextmanager
def opened(
    asked: str, connection: "duckdb.DuckDBPyConnection"
) -> Iterator[tuple[Engine, nw.LazyFrame[Any]]]:
    """The engine asked for (`duckdb`, `spark`, `spark=MASTER`) and the lines in it."""
    numbered = connection.sql(_NUMBERED)
    if asked == "duckdb":
        yield DuckEngine(connection), nw.from_native(numbered)
        return
    name, _, master = asked.partition("=")
    if name != "spark":
        raise InputRefused(
            "bad_option",
            N_("{option} was given {value!r}."),
            N_("Give it one of: {wanted}."),
            option="--engine",
            value=asked,
            wanted="duckdb, spark, spark=URL",
        )
    with tempfile.TemporaryDirectory(prefix="regulars-lines-") as shared:
        lines = Path(shared) / "lines.parquet"
        numbered.to_parquet(str(lines))
        engine = _spark(master or "local[*]")
        try:
            yield engine, engine.read(lines)
        finally:
            engine.spark.stop()


def _spark(master: str) -> Any:
    """A Spark engine; says what is missing where none can be started."""
    try:
        import pyspark  # noqa: F401 - asked for before Java, so that the first mend comes first
    except ImportError:
        raise InputRefused(
            "no_spark",
            N_("PySpark is not installed here."),
            N_("Install it with: pip install 'regulars[spark]'."),
        ) from None
    if shutil.which("java") is None:
        raise InputRefused(
            "no_java",
            N_("Spark needs a Java runtime (17 or newer), and none was found."),
            N_("Install one, for example the package default-jre-headless, or use DuckDB."),
        )
    from regulars.measure.spark import SparkEngine, session

    return SparkEngine(session(master))
