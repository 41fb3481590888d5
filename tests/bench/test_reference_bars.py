"""The reference figures that the benches are held to, met on the real sets."""

import sys

import pytest

from bench import baskets, forecast
from tests.support.data import needs_real_data


@needs_real_data
@pytest.mark.parametrize("name", baskets.SETS)
def test_what_comes_again_is_foretold_as_well_as_the_best_known_list_does(name):
    assert baskets.score(name, 10)


@needs_real_data
def test_the_forecast_covers_errs_and_scores_within_its_bars(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["bench.forecast"])
    assert forecast.main() == 0
