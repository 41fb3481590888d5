"""What is refused, and how: the argument, the row, the value, and what was wanted."""

import pickle
from dataclasses import FrozenInstanceError
from decimal import Decimal

import numpy as np
import pytest

from regulars.measure.models import BadInput, fit

GOOD = {"x": [0, 2, 1], "t_x": [0, 9, 4], "T": [10, 10, 12]}


@pytest.mark.parametrize(
    ("changed", "argument", "index", "sentence"),
    [
        ({"t_x": [0, 40, 4], "T": [10, 38.9, 12]}, "t_x", 1, "t_x > T at row 1: 40.0 > 38.9"),
        ({"x": [0, -2, 1]}, "x", 1, "x at row 1 is -2; wanted 0 or more"),
        ({"x": [0, 2.5, 1]}, "x", 1, "x at row 1 is 2.5; wanted a whole number"),
        ({"T": [10, 10, np.nan]}, "T", 2, "T at row 2 is nan; wanted a finite number"),
        ({"t_x": [0, np.inf, 4]}, "t_x", 1, "t_x at row 1 is inf; wanted a finite number"),
        ({"t_x": [0, 9, -4]}, "t_x", 2, "t_x at row 2 is -4; wanted 0 or more"),
        ({"t_x": [3, 9, 4]}, "t_x", 0, "t_x at row 0 is 3.0 where x is 0; without"),
        ({"t_x": [0, 0, 4]}, "t_x", 1, "t_x at row 1 is 0 where x is 2.0; purchases at one time"),
        ({"T": [10, 10]}, "T", None, "T has 2 values and x has 3; wanted as many"),
        ({"x": [[0, 2, 1]]}, "x", None, "x has 2 dimensions; wanted one"),
        ({"x": [0, "b", 1]}, "x", 1, "x must hold numbers only; at row 1 stands 'b'"),
        ({"x": ["0", "2", "1"]}, "x", 0, "x must hold numbers only; at row 0 stands '0'"),
        ({"x": [0, 2j, 1]}, "x", 1, "x must hold numbers only; at row 1 stands 2j"),
        ({"x": [[0], [2, 1], [1]]}, "x", None, "x holds rows of unequal length"),
        ({"T": [10, 10, 1e200]}, "T", 2, "T at row 2 is 1e+200; wanted a number that can be"),
        (
            {"T": np.array(["2026-01-01", "2026-02-01", "2026-03-01"], "datetime64[D]")},
            "T",
            0,
            "T must hold numbers only; at row 0 stands datetime.date(2026, 1, 1)",
        ),
        ({"T": None}, "T", None, "T is missing; mbg_nbd is fitted to it"),
        ({"weights": [1, -1, 1]}, "weights", 1, "weights at row 1 is -1; wanted 0 or more"),
        ({"weights": [1, 1]}, "weights", None, "weights has 2 values and x has 3"),
        ({"mean_spend": [1, 1, 1]}, "mean_spend", None, "mbg_nbd has no use for it"),
        ({"start": 5}, "start", None, "start is 5; wanted the params of a fit"),
        ({"start": {"r": 1}}, "start", None, "start names r; wanted r, alpha, a, b"),
        (
            {"start": {"r": 1, "alpha": 0, "a": 1, "b": 1}},
            "start",
            None,
            "start has alpha at 0; wanted above 0",
        ),
    ],
)
def test_a_bad_history_is_refused_with_its_first_fault(changed, argument, index, sentence):
    with pytest.raises(BadInput) as refused:
        fit("mbg_nbd", **(GOOD | changed))
    assert sentence in str(refused.value)
    assert (refused.value.argument, refused.value.index) == (argument, index)


def test_numbers_of_any_type_are_numbers():
    exact = [Decimal(value) for value in GOOD["T"]]
    assert fit("nbd", **(GOOD | {"T": exact})).why_not == fit("nbd", **GOOD).why_not


def test_a_model_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(BadInput, match=r"name is \['nbd'\]; wanted one of nbd"):
        fit(["nbd"], **GOOD)
    with pytest.raises(BadInput, match=r"name is 'bgnbd'; wanted one of nbd, bg_nbd, mbg_nbd"):
        fit("bgnbd", **GOOD)


@pytest.mark.parametrize("name", ["nbd", "bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_bad_customers_are_refused_in_predictions_too(cdnow_sample, name):
    model = fit(name, **cdnow_sample.history)
    with pytest.raises(BadInput, match=r"t_x > T at row 1: 40\.0 > 38\.9"):
        model.p_alive(x=[0, 2], t_x=[0, 40], T=[38.9, 38.9])
    with pytest.raises(BadInput, match="h at row 0 is -1; wanted 0 or more"):
        model.expected(-1, x=0, t_x=0, T=1)
    with pytest.raises(BadInput, match="h has 2 values; wanted one number"):
        model.p_buys([1, 2], x=0, t_x=0, T=1)
    with pytest.raises(BadInput, match=r"x, t_x and T have shapes \(2,\), \(3,\), \(\)"):
        model.p_alive(x=[1, 2], t_x=[1, 2, 3], T=5)
    with pytest.raises(BadInput, match=r"n at row 0 is 0\.5; wanted a whole number"):
        model.pmf(0.5, 1)


@pytest.mark.parametrize("name", ["nbd", "bg_nbd", "mbg_nbd", "pareto_nbd"])
def test_predictions_keep_the_shape_they_are_asked_in(cdnow_sample, name):
    model = fit(name, **cdnow_sample.history)
    grid = {"x": [[0], [1]], "t_x": [[0], [3]], "T": [5, 6, 7]}
    for found in (
        model.p_alive(**grid),
        model.expected(9, **grid),
        model.p_buys(9, **grid),
        model.pmf(grid["x"], grid["T"]),
    ):
        assert found.shape == (2, 3)
    assert model.expected(9, x=1, t_x=3, T=6).shape == ()
    assert model.expected(9, x=1, t_x=3, T=6) == model.expected(9, **grid)[1, 1]
    assert model.expected_since_start(4).shape == ()
    assert model.expected(0, **grid) == pytest.approx(np.zeros((2, 3)))
    assert model.p_alive(x=[], t_x=[], T=[]).shape == (0,)


def test_a_result_cannot_be_changed(cdnow_sample):
    model = fit("mbg_nbd", **cdnow_sample.history)
    with pytest.raises(FrozenInstanceError):
        model.converged = False
    with pytest.raises(TypeError):
        model.params["r"] = 1.0


def test_a_result_travels_between_processes(cdnow_sample):
    model = fit("mbg_nbd", **cdnow_sample.history)
    copy = pickle.loads(pickle.dumps(model))
    assert (type(copy), copy.params, copy.why_not) == (type(model), model.params, None)
    assert copy.p_alive(x=1, t_x=2, T=30) == model.p_alive(x=1, t_x=2, T=30)
    nothing = pickle.loads(pickle.dumps(fit("nbd", x=[], t_x=[], T=[])))
    assert (nothing.params, nothing.why_not) == (None, "too_few")


def test_rows_without_customers_change_nothing(cdnow_sample):
    past = cdnow_sample.history
    more = {name: np.append(column, column[:50]) for name, column in past.items()}
    weights = np.append(np.ones(2357), np.zeros(50))
    with_empty = fit("mbg_nbd", **more, weights=weights)
    assert with_empty.estimates == pytest.approx(fit("mbg_nbd", **past).estimates, rel=1e-9)
    assert with_empty.n_customers == 2357
