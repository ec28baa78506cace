"""The flat vector and its named views."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.core.architecture import Architecture
from rnnviz.core.network import Network
from rnnviz.core.parameters import ParameterVector

SHAPES = {"U": (3, 4), "b": (4,), "W": (4, 4)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_views_follow_each_other_in_the_flat_vector(dtype: type) -> None:
    vector = ParameterVector(SHAPES, dtype)
    vector.flat[:] = np.arange(32)
    assert vector.size == 32
    assert vector.flat.dtype == dtype
    assert np.array_equal(vector["U"], np.arange(12).reshape(3, 4))
    assert np.array_equal(vector["b"], np.arange(12, 16))
    assert np.array_equal(vector["W"], np.arange(16, 32).reshape(4, 4))


def test_views_share_the_flat_vectors_memory() -> None:
    vector = ParameterVector(SHAPES)
    for view in vector.values():
        assert np.shares_memory(view, vector.flat)
        assert view.flags.c_contiguous
    vector["W"][0, 1] = 5
    assert vector.flat[17] == 5
    vector.flat *= 2
    assert vector["W"][0, 1] == 10


def test_a_new_vector_is_zero() -> None:
    assert not ParameterVector(SHAPES).flat.any()


def test_names_and_shapes_keep_their_order() -> None:
    vector = ParameterVector(SHAPES)
    assert list(vector) == ["U", "b", "W"]
    assert len(vector) == 3
    assert {name: view.shape for name, view in vector.items()} == SHAPES


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_zeros_like_has_the_layout_and_the_type_but_memory_of_its_own(dtype: type) -> None:
    vector = ParameterVector(SHAPES, dtype)
    vector.flat.fill(1)
    twin = vector.zeros_like()
    assert twin.shapes == vector.shapes
    assert twin.flat.dtype == dtype
    assert not twin.flat.any()
    assert not np.shares_memory(twin.flat, vector.flat)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", SHAPES)
def test_the_array_that_is_not_finite_is_named(name: str, bad: float) -> None:
    vector = ParameterVector(SHAPES)
    vector[name].reshape(-1)[-1] = bad
    assert vector.first_non_finite() == name


def test_of_several_arrays_that_are_not_finite_the_first_is_named() -> None:
    vector = ParameterVector(SHAPES)
    vector["W"][0, 0] = np.nan
    vector["b"][0] = np.inf
    assert vector.first_non_finite() == "b"


def test_no_array_is_named_when_all_is_finite() -> None:
    vector = ParameterVector(SHAPES)
    vector.flat.fill(np.finfo(np.float32).max)
    assert vector.first_non_finite() is None


@pytest.mark.parametrize("num_layers", [1, 2, 3])
def test_a_network_has_the_parameters_of_the_equations(num_layers: int) -> None:
    architecture = Architecture(vocab_size=7, hidden_size=4, num_layers=num_layers)
    expected = {"U1": (7, 4), "b1": (4,), "W1": (4, 4)}
    for number in range(2, num_layers + 1):
        expected |= {f"U{number}": (4, 4), f"b{number}": (4,), f"W{number}": (4, 4)}
    expected |= {"V": (4, 7), "c": (7,)}
    network = Network(architecture)
    assert network.parameters.shapes == expected
    assert list(network.parameters) == list(expected)
    assert architecture.parameter_count() == network.parameters.size
