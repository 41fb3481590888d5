"""`--engine spark` gives the same report as DuckDB, figure by figure."""

import json

from bench.spark_cluster import differences
from tests.cli.test_report_command import a_shop, regulars


def test_spark_and_duckdb_say_the_same(tmp_path):
    a_shop(tmp_path / "orders.csv", customers=60)
    documents = []
    for engine in ("duckdb", "spark=local[2]"):
        ran = regulars(
            *("report", "orders.csv", "--out", engine[:5], "--engine", engine, "--quiet"),
            cwd=tmp_path,
        )
        assert ran.returncode == 0, ran.stderr
        documents.append(json.loads((tmp_path / engine[:5] / "report.json").read_text()))
    assert documents[1]["engine"].split()[2] == "pyspark"
    assert list(differences(*documents)) == []
    tables = [(tmp_path / name / "customers.csv").read_text() for name in ("duckd", "spark")]
    rows = [sorted(text.replace('"', "").splitlines()) for text in tables]
    assert len(rows[0]) == len(rows[1]) == 61
    assert [row.split(",")[:7] for row in rows[0]] == [row.split(",")[:7] for row in rows[1]]


def test_an_engine_that_does_not_exist_is_refused(tmp_path):
    a_shop(tmp_path / "orders.csv", customers=3)
    ran = regulars("report", "orders.csv", "--engine", "flink", cwd=tmp_path)
    assert ran.returncode == 2
    assert "duckdb, spark, spark=URL" in ran.stderr
