"""The engines every table measure is tested on."""

import os

import duckdb
import pytest

from regulars.measure.engine import DuckEngine

pytest_plugins = ["tests.support.house_database"]


@pytest.fixture(scope="session")
def spark():
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from regulars.measure.spark import session

    made = session("local[2]")
    yield made
    made.stop()


@pytest.fixture(params=["duckdb", "spark"])
def engine(request):
    """Each test of a table measure runs on both engines."""
    if request.param == "duckdb":
        connection = duckdb.connect()
        yield DuckEngine(connection)
        connection.close()
        return
    from regulars.measure.spark import SparkEngine

    made = SparkEngine(request.getfixturevalue("spark"))
    yield made
    made.spark.catalog.clearCache()
