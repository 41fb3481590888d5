"""`python -m bench [NAME ...]`: run the measurements named, or all; the figures go to stdout.

All of them take about a quarter of an hour once the peers' environments exist. What was measured
last, with date and machine, is in docs/performance.md.
"""

import subprocess
import sys

# name -> what it measures, and beside what
BENCHES = {
    "report": "the whole report beside a bare group-by of the same file",
    "standing": "every customer's standing beside the same group-by",
    "models": "fits and predictions beside lifetimes and PyMC-Marketing",
    "forecast": "bands of the share of regulars beside last value, on real histories",
    "season": "how often a season is counted on, where there is one and where there is none",
    "card": "models beside plain rules, on real histories",
    "due": "due dates held against returns",
    "baskets": "next baskets beside what is popular",
    "trials": "error rates under daily peeking, over a thousand seeds",
    "kept_word": "what a broken promise costs, beside what was planted",
    "truth": "the report's intervals beside planted truth",
    "imports": "orders into the book beside a bare COPY of the same rows",
    "outbox": "mails through the outbox beside bare smtplib",
    "webhooks": "webhooks through the outbox beside a bare HTTP client",
    "api": "orders through the API beside a bare COPY and bare transactions",
    "sample": "the whole example company beside writing its bare rows",
    "identity": "search and new records among a million customers, and who is the same",
    "spark_cluster": "the report on two Spark workers beside DuckDB, figure by figure",
}


def main() -> int:
    asked = sys.argv[1:] or list(BENCHES)
    if unknown := [name for name in asked if name not in BENCHES]:
        print(f"There is no bench {', '.join(unknown)}. There are:", file=sys.stderr)
        for name, what in BENCHES.items():
            print(f"  {name:14} {what}", file=sys.stderr)
        return 2
    failed = []
    for name in asked:
        print(f"\n== {name}: {BENCHES[name]}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nNot as it should be: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
