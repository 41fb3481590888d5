"""`python -m bench.spark_cluster`: the report on a standalone Spark cluster of two workers.

Everything listens on the loopback address; master and workers are started from the PySpark package
and stopped at the end, whatever happens. Prints the time taken and compares all figures with those
of DuckDB; exit code 1 where they differ by more than rounding.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

from regulars.sample import write_company

HOST = "127.0.0.1"
WORKERS = 2
PATIENCE_SECONDS = 60


def main() -> int:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        orders = write_company(folder / "shop", customers=1500, seed=3).orders_path
        _report(orders, folder / "duckdb", "duckdb")
        with cluster(folder / "spark") as master:
            start = time.perf_counter()
            _report(orders, folder / "cluster", f"spark={master}")
            print(f"report on {WORKERS} workers: {time.perf_counter() - start:.0f} s")
        different = list(differences(*(_document(folder / n) for n in ("duckdb", "cluster"))))
    for line in different[:20]:
        print(line)
    print("every figure agrees" if not different else f"{len(different)} figures DIFFER")
    return int(bool(different))


@contextmanager
def cluster(logs: Path) -> Iterator[str]:
    """A master and two workers; gives the master's address."""
    logs.mkdir()
    port = _free_port()
    master = f"spark://{HOST}:{port}"
    started = [
        _start(
            logs, "master", "Master", "--host", HOST, "--port", port, "--webui-port", _free_port()
        )
    ]
    try:
        _wait_for(port)
        for number in range(WORKERS):
            words = ("--host", HOST, "--cores", 1, "--memory", "1g", "--webui-port", _free_port())
            started.append(_start(logs, f"worker-{number}", "Worker", *words, master))
        yield master
    finally:
        for process in reversed(started):
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(PATIENCE_SECONDS)


def _start(logs: Path, name: str, kind: str, *words: object) -> "subprocess.Popen[bytes]":
    home = Path(pyspark.__file__).parent
    with (logs / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [home / "bin" / "spark-class", f"org.apache.spark.deploy.{kind.lower()}.{kind}"]
            + [str(word) for word in words],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ
            | {
                "SPARK_HOME": str(home),
                "SPARK_LOCAL_IP": HOST,
                "SPARK_WORKER_DIR": str(logs / f"{name}-work"),
                "PYSPARK_PYTHON": sys.executable,
            },
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError(f"the Spark master did not answer within {PATIENCE_SECONDS} s")


def _report(orders: Path, out: Path, engine: str) -> None:
    words = ["report", orders, "--out", out, "--engine", engine, "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "regulars", *map(str, words)],
        check=True,
        timeout=900,
        env=os.environ | {"SPARK_LOCAL_IP": HOST, "PYSPARK_PYTHON": sys.executable},
    )


def _document(out: Path) -> object:
    return json.loads((out / "report.json").read_text())


def differences(one: object, other: object, path: str = "") -> Iterator[str]:
    """Where two documents differ by more than rounding; the engine's name may."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            if key != "engine":
                yield from differences(one[key], other[key], f"{path}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{path}[{i}]")
    elif isinstance(one, float) and isinstance(other, float):
        if abs(one - other) > 1e-8 * max(1.0, abs(one)):
            yield f"{path}: {one} on DuckDB, {other} on Spark"
    elif one != other:
        yield f"{path}: {one!r} on DuckDB, {other!r} on Spark"


if __name__ == "__main__":
    sys.exit(main())
