"""Optimisers, against the same rule one number at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnnviz.core.optimizers import OPTIMIZERS, SGD, Adagrad

DTYPES = [np.float32, np.float64]


def draw(size: int = 50, steps: int = 6, dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray]:
    """Return parameters (size,) and one gradient a step (steps, size)."""
    rng = np.random.default_rng(0)
    return rng.normal(size=size).astype(dtype), rng.normal(size=(steps, size)).astype(dtype)


def test_sgd_equals_the_rule_one_number_at_a_time() -> None:
    parameters, gradients = draw()
    expected = parameters.tolist()
    optimizer = SGD(parameters)
    for step, gradient in enumerate(gradients):
        learning_rate = 0.1 / (step + 1)
        optimizer.update(gradient, learning_rate)
        for i, g in enumerate(gradient.tolist()):
            expected[i] = expected[i] - learning_rate * g
    np.testing.assert_allclose(parameters, expected, rtol=1e-13, atol=1e-15)


def test_adagrad_equals_the_rule_one_number_at_a_time() -> None:
    parameters, gradients = draw()
    expected = parameters.tolist()
    squares = [Adagrad.initial_sum] * len(expected)
    optimizer = Adagrad(parameters)
    for step, gradient in enumerate(gradients):
        learning_rate = 0.1 / (step + 1)
        optimizer.update(gradient, learning_rate)
        for i, g in enumerate(gradient.tolist()):
            squares[i] = squares[i] + g * g
            expected[i] = expected[i] - learning_rate * g / math.sqrt(squares[i])
    np.testing.assert_allclose(parameters, expected, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(optimizer.slots["sum"], squares, rtol=1e-13)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_zero_gradient_moves_nothing_and_divides_by_nothing(name: str, dtype: type) -> None:
    parameters, _ = draw(dtype=dtype)
    before = parameters.copy()
    optimizer = OPTIMIZERS[name](parameters)
    with np.errstate(all="raise"):
        for _ in range(3):
            optimizer.update(np.zeros_like(parameters), 0.1)
    assert parameters.tobytes() == before.tobytes()


@pytest.mark.parametrize("dtype", DTYPES)
def test_adagrads_first_step_is_the_learning_rate_where_the_gradient_dwarfs_the_initial_sum(
    dtype: type,
) -> None:
    largest = float(np.finfo(dtype).max)
    gradients = np.array([-largest, 0.9 * largest, -1e25, 1e15, 1e6], dtype)
    parameters = np.zeros_like(gradients)
    with np.errstate(all="raise"):
        Adagrad(parameters).update(gradients, 0.1)
    np.testing.assert_allclose(parameters, -0.1 * np.sign(gradients), rtol=1e-4)


@pytest.mark.parametrize("dtype", DTYPES)
def test_adagrads_slot_stays_finite_under_every_finite_gradient(dtype: type) -> None:
    parameters = np.zeros(3, dtype)
    optimizer = Adagrad(parameters)
    for _ in range(3):
        optimizer.update(np.full(3, np.finfo(dtype).max), 0.1)
    assert np.isfinite(optimizer.slots["sum"]).all()
    assert (optimizer.slots["sum"] > 1e38).all()


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_learning_rate_of_zero_moves_nothing(name: str) -> None:
    parameters, gradients = draw()
    before = parameters.copy()
    OPTIMIZERS[name](parameters).update(gradients[0], 0.0)
    assert np.array_equal(parameters, before)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_the_update_is_in_place_and_leaves_the_gradient_alone(name: str, dtype: type) -> None:
    parameters, gradients = draw(dtype=dtype)
    before = gradients.copy()
    optimizer = OPTIMIZERS[name](parameters)
    optimizer.update(gradients[0], 0.1)
    assert optimizer.parameters is parameters
    assert parameters.dtype == dtype
    assert (parameters != draw(dtype=dtype)[0]).all()
    assert np.array_equal(gradients, before)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_the_slots_are_all_that_a_resumed_run_needs(name: str) -> None:
    whole, gradients = draw(dtype=np.float32)
    kind = OPTIMIZERS[name]
    resumed = whole.copy()

    optimizer = kind(whole)
    for gradient in gradients:
        optimizer.update(gradient, 0.1)

    first = kind(resumed)
    for gradient in gradients[:3]:
        first.update(gradient, 0.1)
    second = kind(resumed)
    assert set(second.slots) == set(first.slots)
    for slot, array in first.slots.items():
        assert second.slots[slot].shape == array.shape
        second.slots[slot][...] = array
    for gradient in gradients[3:]:
        second.update(gradient, 0.1)
    assert resumed.tobytes() == whole.tobytes()


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_the_registry_lists_each_optimiser_under_its_own_name(name: str) -> None:
    assert OPTIMIZERS[name].name == name
