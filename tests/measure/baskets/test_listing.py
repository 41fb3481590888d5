"""The best of what is unknown, held against whole tables of scores."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from regulars.measure.baskets import listing
from regulars.measure.baskets.listing import best_unknown


@pytest.mark.parametrize("customers_at_once", [1, 7, 1000])
def test_lists_are_those_of_the_whole_table_however_many_customers_at_once(
    monkeypatch, customers_at_once
):
    monkeypatch.setattr(listing, "_CUSTOMERS", customers_at_once)
    random = np.random.default_rng(4)
    # Few values, so that scores are often equal and the product's number decides.
    strength = random.choice([0, 0, 0, 1.0, 0.5], (40, 12))
    closeness = random.choice([0, 0, 0.25, 0.5], (12, 12))
    known = (strength > 0) | (random.random((40, 12)) < 0.1)
    found = best_unknown(
        *(csr_array(table) for table in (strength, closeness, known.astype(float))), at_most=3
    )
    scores, counts = strength @ closeness, (strength > 0) @ (closeness > 0).astype(int)
    slow = [
        (customer, product, rank, scores[customer, product], counts[customer, product])
        for customer in range(40)
        for rank, product in enumerate(
            sorted(
                np.flatnonzero((scores[customer] > 0) & ~known[customer]),
                key=lambda product: (-scores[customer, product], product),
            )[:3],
            start=1,
        )
    ]
    assert len(slow) > 60
    assert list(zip(*(column.tolist() for column in found), strict=True)) == slow


def test_without_customers_there_are_no_lists():
    nobody, nothing = csr_array((0, 4)), csr_array((4, 4))
    assert [len(column) for column in best_unknown(nobody, nothing, nobody, at_most=3)] == [0] * 5
