"""The pure steps of the cells: derivatives of themselves, and what people read beside them."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.core import step_by_step
from rnnviz.core.activations import sigmoid
from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import CELLS
from rnnviz.core.cells.lines import Lines
from rnnviz.core.network import Network

from ..cases import CELL_KINDS, SEEDS, Case, Sizes, all_sizes, as_lines, draw_case
from ..cases import step_by_step_backward as go_back
from ..cases import step_by_step_forward as read

EVERY_CELL = pytest.mark.parametrize(("cell", "activation"), CELL_KINDS)
Arrays = dict[str, np.ndarray]
TINY = 1e-30


def one_step(case: Case) -> tuple[Lines, Lines]:
    """Return the lines of the case's first step, and of its way back under random gradients."""
    steps = read(case)
    d_outputs = np.random.default_rng(0).normal(size=(len(steps), *steps[0].output["o"].shape))
    back, _ = go_back(case, steps, d_outputs)
    return steps[0].layers[0], back[0].layers[0]


@settings(max_examples=60)
@given(sizes=all_sizes(), seed=SEEDS)
def test_every_gradient_is_the_derivative_along_an_imaginary_step(sizes: Sizes, seed: int) -> None:
    # f(x + ih) = f(x) + ih f'(x): no difference is taken, so that no digit is lost. ReLU bends
    # nowhere here, for the imaginary part does not move the real one.
    case = draw_case(sizes, seed)
    architecture, parameters = case.network.architecture, dict(case.network.parameters)
    steps = read(case)
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(len(steps), *steps[0].output["o"].shape))
    _, gradients = go_back(case, steps, weights)
    for name, array in parameters.items():
        direction = rng.normal(size=array.shape)
        shifted = {k: v.astype(complex) for k, v in parameters.items()}
        shifted[name] += 1j * TINY * direction
        state = [{n: a.astype(complex) for n, a in layer.items()} for layer in case.state]
        imaginary = step_by_step.forward(architecture, shifted, case.inputs, state, case.masks)
        outputs = np.array([step.output["o"].imag / TINY for step in imaginary])
        along = float((gradients[name] * direction).sum())
        scale = np.abs(gradients[name] * direction).sum() + np.abs(outputs * weights).sum()
        assert abs((outputs * weights).sum() - along) <= 1e-11 * scale, name


@EVERY_CELL
def test_what_goes_to_the_step_before_is_the_derivative_by_its_state(
    cell: str, activation: str
) -> None:
    case = draw_case(Sizes(4, 2, 3, cell=cell, activation=activation), seed=5)
    architecture, parameters = case.network.architecture, case.network.parameters
    rng = np.random.default_rng(1)
    steps = read(case)
    weights = rng.normal(size=(4, *steps[0].output["o"].shape))
    back, _ = go_back(case, steps, weights)
    for name, array in case.state[0].items():
        direction = rng.normal(size=array.shape)
        state = [{n: a.astype(complex) for n, a in layer.items()} for layer in case.state]
        state[0][name] += 1j * TINY * direction
        imaginary = step_by_step.forward(architecture, parameters, case.inputs, state)
        outputs = np.array([step.output["o"].imag / TINY for step in imaginary])
        change = (outputs * weights).sum()
        sent = (back[0].layers[0][f"d{name}_before"] * direction).sum()
        assert change == pytest.approx(sent, rel=1e-12)


def test_one_unit_by_hand() -> None:
    """With Python's own numbers: x = 1, h = 0.5, c = 0.25, every weight and bias another one."""

    def s(a: float) -> float:
        return 1 / (1 + math.exp(-a))

    x, before = np.ones((1, 1)), {"h": np.full((1, 1), 0.5), "c": np.full((1, 1), 0.25)}

    def run(name: str, **parameters: list[float]) -> Lines:
        arrays = {k: np.array(v if k in "bd" else [v], float) for k, v in parameters.items()}
        return CELLS[name](1, "tanh").step(arrays, x, before)

    found = run("vanilla", U=[0.3], W=[-0.7], b=[0.1])
    assert found["a"][0, 0] == pytest.approx(0.1 - 0.7 * 0.5 + 0.3, rel=1e-14)
    assert found["h"][0, 0] == pytest.approx(math.tanh(0.05), rel=1e-14)

    # In the order o, i, f, g.
    found = run("lstm", U=[0.1, 0.2, 0.3, 0.4], W=[0.5, 0.6, 0.7, 0.8], b=[0.9, 1.0, 1.1, 1.2])
    o, i, f, g = s(1.25), s(1.5), s(1.75), math.tanh(2.0)
    c = f * 0.25 + i * g
    expected = {"i": i, "f": f, "g": g, "o": o, "c": c, "h": o * math.tanh(c)}
    assert {name: found[name][0, 0] for name in expected} == pytest.approx(expected, rel=1e-14)

    # In the order r, z, n.
    found = run("gru", U=[0.1, 0.2, 0.3], W=[0.5, 0.6, 0.7], b=[0.9, 1.0, 1.1], d=[-0.4])
    r, z, inside = s(1.25), s(1.5), -0.4 + 0.35
    n = math.tanh(1.1 + r * inside + 0.3)
    expected = {"r": r, "z": z, "s": inside, "n": n, "h": (1 - z) * n + z * 0.5}
    assert {name: found[name][0, 0] for name in expected} == pytest.approx(expected, rel=1e-14)


@given(a=st.floats(-700, 700))
def test_sigmoid_is_the_logistic_function(a: float) -> None:
    assert sigmoid(np.array([a]))[0] == pytest.approx(1 / (1 + math.exp(-a)), abs=1e-15)


@EVERY_CELL
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
def test_a_step_is_pure_in_every_precision(cell: str, activation: str, dtype: type) -> None:
    sizes = Sizes(3, 2, 4, num_layers=2, cell=cell, activation=activation, residual=True)
    case = draw_case(sizes, seed=1, dtype=dtype)
    parameters = case.network.parameters.flat.tobytes()
    state = [{name: array.tobytes() for name, array in layer.items()} for layer in case.state]
    forward, back = one_step(case)
    assert {array.dtype for array in forward.values()} == {np.dtype(dtype)}
    assert case.network.parameters.flat.tobytes() == parameters
    for layer, before in zip(case.state, state, strict=True):
        assert {name: array.tobytes() for name, array in layer.items()} == before
    for lines in (forward, back):
        for array in lines.values():
            assert not np.shares_memory(array, case.network.parameters.flat)


ORDERS = {
    "vanilla": ["x", "a", "h"],
    "lstm": ["x", "a_i", "a_f", "a_g", "a_o", "i", "f", "g", "o", "c", "h"],
    "gru": ["x", "a_r", "a_z", "r", "z", "s", "a_n", "n", "h"],
}


@pytest.mark.parametrize("cell", ORDERS)
def test_the_lines_stand_in_the_order_in_which_one_computes(cell: str) -> None:
    assert list(one_step(draw_case(Sizes(3, 2, 4, cell=cell), seed=2))[0]) == ORDERS[cell]


@pytest.mark.parametrize("cell", CELLS)
def test_every_line_has_its_name_its_equation_and_its_shape(cell: str) -> None:
    sizes = Sizes(3, 2, 4, vocab_size=7, cell=cell)
    case = draw_case(sizes, seed=2)
    forward, back = one_step(case)
    assert {state.name for state in CELLS[cell].states} <= forward.keys()
    assert {gate.name for gate in CELLS[cell].gates} <= forward.keys()
    shapes = case.network.cells[0].layer_shapes(7)
    for name, array in forward.items():
        assert array.shape == ((2, 7) if name == "x" else (2, 4))
    for name, array in back.items():
        expected = shapes.get(name[1:], (2, 7) if name == "dx" else (2, 4))
        assert array.shape == expected, name
    assert {f"d{letter}" for letter in shapes} <= back.keys()
    for state in CELLS[cell].states:
        assert back[f"d{state.name}_later"].any()
        assert f"d{state.name}_before" in back
    named = [*forward.lines(), *back.lines()]
    for line in named:
        if line.name.endswith("_later"):
            continue
        left, sign, right = re.split(r" (\+?=) |, ", line.equation, maxsplit=1)
        assert left
        assert right
        assert (sign == "+=") == (line.name[1:] in shapes and line in back.lines())


@EVERY_CELL
def test_what_arrives_at_one_state_alone_is_all_of_its_gradient(cell: str, activation: str) -> None:
    # Where something arrives at several, one may hand its own to another within the step.
    case = draw_case(Sizes(4, 2, 3, cell=cell, activation=activation), seed=3)
    forward, back = one_step(case)
    (kind,) = case.network.cells
    parameters = {one.letter: case.network.parameters[f"{one.letter}1"] for one in kind.parameters}
    for state in kind.states:
        own = [name for name in (f"d{state.name}_above", f"d{state.name}_later") if name in back]
        arriving = Lines()
        for name in ("dh_above", *(f"d{one.name}_later" for one in kind.states)):
            part = back[name] if name in own else np.zeros_like(back[name])
            arriving.write(name, back.equation(name), part)
        gradients = kind.step_back(parameters, case.state[0], forward, arriving)
        assert np.array_equal(gradients[f"d{state.name}"], sum(back[name] for name in own))


def test_a_line_is_written_once() -> None:
    lines = Lines()
    lines.write("a", "a = 1", np.ones(1))
    with pytest.raises(ValueError, match="'a'"):
        lines.write("a", "a = 2", np.ones(1))


@EVERY_CELL
def test_numbers_are_read_step_by_step_as_well(cell: str, activation: str) -> None:
    architecture = Architecture(
        3, 4, 2, cell, activation, residual=True, num_outputs=2, reads_numbers=True
    )
    network = Network(architecture, np.float64)
    rng = np.random.default_rng(0)
    network.parameters.flat[:] = rng.normal(size=network.parameters.size)
    inputs, state = rng.normal(size=(5, 2, 3)), network.zero_state(2)
    tape = network.new_tape(5, 2)
    network.forward(inputs, state, tape)
    tape.d_logits[...] = rng.normal(size=tape.d_logits.shape)
    ours = network.parameters.zeros_like()
    network.backward(tape, ours)
    steps = step_by_step.forward(architecture, network.parameters, inputs, state)
    back = step_by_step.backward(architecture, network.parameters, steps, as_lines(tape.d_logits))
    for t, step in enumerate(steps):
        np.testing.assert_allclose(tape.logits[t], step.output["o"], rtol=0, atol=1e-12)
    for name, array in step_by_step.gradients(architecture, back).items():
        np.testing.assert_allclose(ours[name], array, rtol=1e-10, atol=1e-12, err_msg=name)
