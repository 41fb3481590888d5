"""Splink's example of 1,000 records of 181 people, and how well pairs of it were found."""

import csv
from collections import Counter
from itertools import combinations

from regulars.measure.linkage import Record
from tests.support.data import REAL


def fake_1000():
    """({key: record}, {key: person})."""
    file = REAL / "identity_fake1000" / "fake_1000.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        told = list(csv.DictReader(rows))
    records = {
        row["unique_id"]: Record(
            first_name=row["first_name"].strip().lower(),
            last_name=row["surname"].strip().lower(),
            emails=tuple(filter(None, [row["email"].strip().lower()])),
            born_on=row["dob"].strip(),
            city=row["city"].strip().lower(),
        )
        for row in told
    }
    return records, {row["unique_id"]: row["cluster"] for row in told}


def precision_and_recall(pairs, person):
    """Of pairs that were found, and of all pairs of records of one person."""
    pairs = list(pairs)
    n_right = sum(person[one] == person[other] for one, other in pairs)
    n_true = sum(n * (n - 1) // 2 for n in Counter(person.values()).values())
    return n_right / len(pairs), n_right / n_true


def pairs_of_wholes(pairs, keys):
    """All pairs within the wholes that come of joining these."""
    into = {key: key for key in keys}

    def end(key):
        while into[key] != key:
            key = into[key]
        return key

    for one, other in pairs:
        into[end(one)] = end(other)
    wholes = {}
    for key in keys:
        wholes.setdefault(end(key), []).append(key)
    return [pair for whole in wholes.values() for pair in combinations(whole, 2)]
