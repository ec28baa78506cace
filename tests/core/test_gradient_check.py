"""The gradient check that anyone can call: true gradients pass it, planted errors do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import CELLS, Cell, LayerTape, VanillaCell
from rnnviz.core.gradient_check import ParameterCheck, each_check
from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array

from .cases import GATES, SEEDS, Case, Sizes, all_sizes, draw_case, step_by_step_forward

TOLERANCE = 1e-7
# A difference moves a pre-activation by about 1e-5: nearer to zero, ReLU's kink may lie between.
KINK_MARGIN = 1e-3
# Rounding of a loss L leaves about 1e-11 L in a difference, which cannot tell seven digits of a
# gradient that is not much larger.
FAINTEST_GRADIENT = 1e-3


def check_gradients(*window: Any, **options: Any) -> list[ParameterCheck]:
    return list(each_check(*window, **options))


def draw_checkable(sizes: Sizes, seed: int) -> Case | None:
    """Draw until central differences can tell 1e-7: away from kinks, no gradient too faint."""
    for attempt in range(100):
        case = draw_case(sizes, seed + attempt)
        if sizes.activation == "relu" and distance_to_kink(case) < KINK_MARGIN:
            continue
        if faintest_gradient(case) >= FAINTEST_GRADIENT:
            return case
    return None


def distance_to_kink(case: Case) -> float:
    steps = step_by_step_forward(case)
    return min(float(np.abs(lines["a"]).min()) for step in steps for lines in step.layers)


def faintest_gradient(case: Case) -> float:
    """Return the smallest norm of a parameter's gradient that is not exactly zero, over L."""
    tape = case.network.new_tape(*case.inputs.shape)
    case.network.forward(case.inputs, case.state, tape)
    loss = cross_entropy(tape.logits, case.targets, tape.d_logits)
    gradients = case.network.parameters.zeros_like()
    case.network.backward(tape, gradients)
    norms = (float(np.linalg.norm(view)) for view in gradients.values())
    return min((norm for norm in norms if norm > 0), default=0.0) / loss


@settings(max_examples=120)
@given(sizes=all_sizes(dropouts=[0.0]), seed=SEEDS)
@example(sizes=Sizes(7, 1, 1, 2, 1), seed=2)  # one difference alone is wrong by 3e-7 here
def test_gradients_equal_central_differences(sizes: Sizes, seed: int) -> None:
    case = draw_checkable(sizes, seed)
    assume(case is not None)
    assert case is not None
    checks = check_gradients(
        case.network, case.inputs, case.targets, case.state, entries_per_parameter=20
    )
    assert {check.name for check in checks} == set(case.network.parameters)
    for check in checks:
        assert check.relative_error < TOLERANCE, check


class WithoutSlope(VanillaCell):
    """Forgets f'(a_t)."""

    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        super().backward(parameters, tape)
        tape.d_projection[...] = tape.d_hidden


class OneStepBack(VanillaCell):
    """Sends nothing further back than one step."""

    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        super().backward({"W": np.zeros_like(parameters["W"])}, tape)


class UntransposedMatrix(VanillaCell):
    """Multiplies by W where its transpose belongs."""

    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        super().backward({"W": np.ascontiguousarray(parameters["W"].T)}, tape)


class OneEntryWrong(VanillaCell):
    """Has one entry of dL/dW a hundredth too large."""

    adds_the_products = False  # so that the network asks for the recurrent gradients apart

    def recurrent_gradients(self, tape: LayerTape, gradients: Mapping[str, Array]) -> None:
        super().recurrent_gradients(tape, gradients)
        largest = np.abs(gradients["W"]).argmax()
        gradients["W"].reshape(-1)[largest] *= 1.01


class SwappedGates(Cell):
    """Sends the gradient back through another gate's matrix; a mixin for gated cells."""

    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        rolled = np.roll(parameters["W"], self.hidden_size, axis=1)
        super().backward({**parameters, "W": rolled}, tape)


def errors_with(
    cell: type[Cell], monkeypatch: pytest.MonkeyPatch, sizes: Sizes | None = None
) -> dict[str, float]:
    monkeypatch.setitem(CELLS, "planted", cell)
    right = draw_case(sizes or Sizes(), seed=0)
    network = Network(Architecture(11, 5, cell="planted"), np.float64)
    network.parameters.flat[:] = right.network.parameters.flat
    checks = check_gradients(network, right.inputs, right.targets, right.state)
    return {check.name: check.relative_error for check in checks}


@pytest.mark.parametrize("cell", [WithoutSlope, OneStepBack, UntransposedMatrix])
def test_an_error_in_the_backward_pass_shows_in_every_recurrent_parameter(
    cell: type[Cell], monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = errors_with(cell, monkeypatch)
    for name in ("U1", "b1", "W1"):
        assert errors[name] > 1e-2, name
    for name in ("V", "c"):
        assert errors[name] < TOLERANCE, name


@pytest.mark.parametrize("cell", GATES)
def test_swapped_gates_show_in_every_recurrent_parameter(
    cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = type("Swapped", (SwappedGates, CELLS[cell]), {})
    errors = errors_with(swapped, monkeypatch, Sizes(cell=cell))
    for name in errors.keys() - {"V", "c"}:
        assert errors[name] > 1e-3, name


def test_an_error_in_one_entry_shows_in_its_parameter_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    errors = errors_with(OneEntryWrong, monkeypatch)
    assert errors.pop("W1") > 1e-4
    assert all(error < TOLERANCE for error in errors.values())


def test_an_error_shows_where_few_entries_of_a_large_parameter_have_a_gradient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # One token read of 300: 5 of U's 1,500 entries have a gradient.
    monkeypatch.setitem(CELLS, "planted", WithoutSlope)
    network = Network(Architecture(300, 5, cell="planted"), np.float64)
    network.initialize("uniform", 1.0, np.random.default_rng(0))
    network.parameters["b1"][:] = 1.0
    token = np.array([[7]])
    errors = {
        check.name: check.relative_error
        for check in check_gradients(network, token, token, entries_per_parameter=20)
    }
    assert errors["U1"] > 1e-2


def test_the_network_and_the_state_are_left_alone() -> None:
    case = draw_case(Sizes(num_layers=2), seed=1)
    parameters = case.network.parameters.flat.tobytes()
    state = [layer["h"].tobytes() for layer in case.state]
    check_gradients(case.network, case.inputs, case.targets, case.state)
    assert case.network.parameters.flat.tobytes() == parameters
    assert [layer["h"].tobytes() for layer in case.state] == state


def test_the_state_before_the_window_is_zero_unless_given() -> None:
    case = draw_case(Sizes(), seed=2)
    zero = case.network.zero_state(3)
    without = check_gradients(case.network, case.inputs, case.targets)
    assert without == check_gradients(case.network, case.inputs, case.targets, zero)
    assert without != check_gradients(case.network, case.inputs, case.targets, case.state)


def test_a_float32_network_is_checked_in_float64() -> None:
    case = draw_case(Sizes(), seed=3, dtype=np.float32)
    for check in check_gradients(case.network, case.inputs, case.targets, case.state):
        assert check.relative_error < TOLERANCE, check


@pytest.mark.parametrize(("limit", "expected"), [(10, [10, 5, 10, 10, 10]), (1000, None)])
def test_no_more_entries_are_compared_than_asked(limit: int, expected: list[int] | None) -> None:
    case = draw_case(Sizes(), seed=4)
    checks = check_gradients(case.network, case.inputs, case.targets, entries_per_parameter=limit)
    sizes = [view.size for view in case.network.parameters.values()]
    assert [check.entries for check in checks] == (expected or sizes)
