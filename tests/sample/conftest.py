import pytest

from tests.sample.shops import Written, written


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> Written:
    return written(tmp_path_factory.mktemp("shop"), customers=600, seed=4, format="parquet")
