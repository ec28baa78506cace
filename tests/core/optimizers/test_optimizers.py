"""Optimisers, against the same rule one number at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rnnviz.core.cells.lines import Line
from rnnviz.core.optimizers import (
    DEFAULT_SUM,
    OPTIMIZERS,
    SAFE_GRADIENT,
    SGD,
    SMALLEST_SUM,
    Adagrad,
    Adam,
    Momentum,
    RMSProp,
    UpdateSettings,
)

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
    squares = [DEFAULT_SUM] * len(expected)
    optimizer = Adagrad(parameters)
    for step, gradient in enumerate(gradients):
        learning_rate = 0.1 / (step + 1)
        optimizer.update(gradient, learning_rate)
        for i, g in enumerate(gradient.tolist()):
            squares[i] = squares[i] + g * g
            expected[i] = expected[i] - learning_rate * g / math.sqrt(squares[i])
    np.testing.assert_allclose(parameters, expected, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(optimizer.slots["sum"], squares, rtol=1e-13)


def test_momentum_equals_the_rule_one_number_at_a_time() -> None:
    parameters, gradients = draw()
    expected = parameters.tolist()
    velocity = [0.0] * len(expected)
    optimizer = Momentum(parameters, momentum=0.7)
    for gradient in gradients:
        optimizer.update(gradient, 0.05)
        for i, g in enumerate(gradient.tolist()):
            velocity[i] = 0.7 * velocity[i] + g
            expected[i] = expected[i] - 0.05 * velocity[i]
    np.testing.assert_allclose(parameters, expected, rtol=1e-13, atol=1e-15)


def test_rmsprop_equals_the_rule_one_number_at_a_time() -> None:
    parameters, gradients = draw()
    expected = parameters.tolist()
    squares = [0.0] * len(expected)
    optimizer = RMSProp(parameters)
    for gradient in gradients:
        optimizer.update(gradient, 0.002)
        for i, g in enumerate(gradient.tolist()):
            squares[i] = 0.95 * squares[i] + 0.05 * g * g
            expected[i] = expected[i] - 0.002 * g / (math.sqrt(squares[i]) + 1e-8)
    np.testing.assert_allclose(parameters, expected, rtol=1e-12, atol=1e-15)


def test_adam_equals_the_rule_one_number_at_a_time() -> None:
    parameters, gradients = draw()
    expected = parameters.tolist()
    means, squares = [0.0] * len(expected), [0.0] * len(expected)
    optimizer = Adam(parameters)
    for t, gradient in enumerate(gradients, start=1):
        optimizer.update(gradient, 0.01)
        for i, g in enumerate(gradient.tolist()):
            means[i] = 0.9 * means[i] + 0.1 * g
            squares[i] = 0.999 * squares[i] + 0.001 * g * g
            mean, square = means[i] / (1 - 0.9**t), squares[i] / (1 - 0.999**t)
            expected[i] = expected[i] - 0.01 * mean / (math.sqrt(square) + 1e-8)
    np.testing.assert_allclose(parameters, expected, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_slots_that_change_places_become_what_slots_in_their_place_do(name: str) -> None:
    # Long enough for what is forgotten now and then, and longer than a block.
    parameters, gradients = draw(size=1 << 17 | 1, steps=66, dtype=np.float32)
    gradients[:, :9] = 1e-20
    elsewhere = parameters.copy()
    in_place, changing = OPTIMIZERS[name](parameters), OPTIMIZERS[name](elsewhere)
    other = {name: np.full_like(slot, np.nan) for name, slot in changing.slots.items()}
    for gradient in gradients:
        in_place.update(gradient, 0.1)
        before = {name: slot.copy() for name, slot in changing.slots.items()}
        changing.slots, other = other, changing.slots
        changing.update(gradient, 0.1, before=other)
        assert all(np.array_equal(other[name], slot) for name, slot in before.items())
        assert np.array_equal(elsewhere, parameters)
    for name, slot in in_place.slots.items():
        assert np.array_equal(changing.slots[name], slot)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_vector_longer_than_a_block_is_updated_to_its_end(name: str) -> None:
    parameters, gradients = draw(size=70_001, steps=3)
    part, tail = parameters.copy(), slice(65_000, None)
    whole, short = OPTIMIZERS[name](parameters), OPTIMIZERS[name](part[tail])
    for gradient in gradients:
        whole.update(gradient, 0.1)
        short.update(gradient[tail], 0.1)
    assert np.array_equal(parameters[tail], part[tail])


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_a_slot_that_no_gradient_reaches_any_more_does_not_become_denormal(name: str) -> None:
    parameters = np.zeros(8, np.float32)
    optimizer = OPTIMIZERS[name](parameters)
    optimizer.update(np.full(8, 1e-3, np.float32), 0.1)
    for _ in range(2_000):
        optimizer.update(np.zeros(8, np.float32), 0.1)
        for slot in optimizer.slots.values():
            assert not ((slot != 0) & (np.abs(slot) < np.finfo(np.float32).tiny)).any()


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
def test_the_slots_and_the_count_of_steps_are_all_that_a_resumed_run_needs(name: str) -> None:
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
    second.steps = first.steps
    for gradient in gradients[3:]:
        second.update(gradient, 0.1)
    assert resumed.tobytes() == whole.tobytes()


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_the_registry_lists_each_optimiser_under_its_own_name(name: str) -> None:
    assert OPTIMIZERS[name].name == name


@pytest.mark.parametrize("initial_sum", [SMALLEST_SUM, 1.0, DEFAULT_SUM])
def test_adagrads_first_step_follows_from_where_its_sum_begins(initial_sum: float) -> None:
    parameters, gradient = np.zeros(3), np.array([0.0, 2.0, -30.0])
    Adagrad(parameters, initial_sum=initial_sum).update(gradient, 0.1)
    assert np.allclose(parameters, -0.1 * gradient / np.sqrt(initial_sum + gradient**2))


@pytest.mark.parametrize("dtype", DTYPES)
def test_gradients_said_to_be_small_cannot_make_a_sum_overflow(dtype: type) -> None:
    gradients = np.full(3, 0.999 * SAFE_GRADIENT, dtype)
    optimizer = Adagrad(np.zeros(3, dtype))
    optimizer.slots["sum"][:] = np.finfo(dtype).max
    for _ in range(3):
        optimizer.update(gradients, 0.1, largest=float(gradients.max()))
    assert (optimizer.slots["sum"] == np.finfo(dtype).max).all()


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_written_out_line_by_line_an_update_is_the_same(name: str) -> None:
    # So many that small averages become zero on the way, which changes nothing that can be seen.
    parameters, gradients = draw(steps=130)
    gradients[3:, 7] = 0
    kind = OPTIMIZERS[name]
    optimizer = kind(parameters, momentum=0.7)
    for number, gradient in enumerate(gradients, start=1):
        before = {slot: array.copy() for slot, array in optimizer.slots.items()}
        g, settings = Line("g", "g", (gradient,)), UpdateSettings(0.01, 0.7, number)
        lines = kind.by_step("W", parameters.copy(), g, before, settings)
        optimizer.update(gradient, 0.01)
        np.testing.assert_allclose(lines["new"], parameters, rtol=1e-12, atol=1e-14)
        for slot, array in optimizer.slots.items():
            np.testing.assert_allclose(lines[slot], array, rtol=1e-12, atol=1e-14)
            assert np.array_equal(lines[f"{slot}_before"], before[slot])
    assert lines.equation("new") == "W_new = W - delta"
