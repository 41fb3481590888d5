"""Averages over a Gamma and a Beta distribution against their moments."""

import numpy as np
import pytest

from regulars.measure.models.quadrature import beta_nodes, gamma_nodes


@pytest.mark.parametrize("shape", [0.05, 0.3, 1.0, 100.0, 10_000.0])
def test_a_gamma_of_any_shape_has_its_moments(shape):
    log_y, counts = gamma_nodes(shape)
    assert np.exp(log_y) @ counts == pytest.approx(shape, rel=1e-10)
    assert np.exp(2 * log_y) @ counts == pytest.approx(shape * (shape + 1), rel=1e-10)


@pytest.mark.parametrize(
    ("a", "b"), [(0.03, 1.0), (0.88, 0.3), (1.0, 400.0), (50.0, 2.0), (3000.0, 0.5)]
)
def test_a_beta_of_any_shape_has_its_moments(a, b):
    p, counts = beta_nodes(a, b)
    assert counts.sum() == pytest.approx(1, rel=1e-10)
    assert p @ counts == pytest.approx(a / (a + b), rel=1e-10)
    assert p**2 @ counts == pytest.approx(a * (a + 1) / ((a + b) * (a + b + 1)), rel=1e-10)
