"""Made shops, whose ways are known."""

import pytest

from bench.forecast import Shop, planted


@pytest.fixture(scope="session")
def planted_shop():
    """Three years of an ordinary small shop."""
    return planted(Shop(new_a_day=1.0, n_first=150), seed=11)
