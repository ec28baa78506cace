"""The laws of the gated cells, residual connections and dropout, each where it shows alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import Cell, VanillaCell
from rnnviz.core.cells.declaration import HIDDEN, RECURRENT, GateSpec, ParameterSpec, StateSpec
from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape

from ..cases import CELL_KINDS, GATES, Case, Sizes, draw_case, run_forward

Array = np.ndarray
# So far from zero a sigmoid is 0 or 1 to the last digit.
SHUT, OPEN = -60.0, 60.0

EVERY_CELL = pytest.mark.parametrize(("cell", "activation"), CELL_KINDS)
GATED_CELLS = pytest.mark.parametrize("cell", sorted(GATES))


def block(case: Case, name: str, gate: str) -> Array:
    """Return a view of one gate's columns of a parameter of the first layer."""
    gates = GATES[case.sizes.cell]
    start = gates.index(gate) * case.sizes.hidden_size
    view = case.network.parameters[f"{name}1"]
    return view[..., start : start + case.sizes.hidden_size]


def run_backward_from_the_last_step(case: Case) -> NetworkTape:
    tape = run_forward(case)
    cross_entropy(tape.logits, case.targets, tape.d_logits)
    tape.d_logits[:-1] = 0
    case.network.backward_through_time(tape)
    return tape


@pytest.mark.parametrize(
    ("cell", "gates", "others"), [("vanilla", 1, {}), ("lstm", 4, {}), ("gru", 3, {"d": (5,)})]
)
def test_parameters_by_name_and_shape(
    cell: str, gates: int, others: dict[str, tuple[int, ...]]
) -> None:
    expected: dict[str, tuple[int, ...]] = {"V": (5, 11), "c": (11,)}
    for number, input_size in ((1, 11), (2, 5)):
        expected[f"U{number}"] = (input_size, 5 * gates)
        expected[f"b{number}"] = (5 * gates,)
        expected[f"W{number}"] = (5, 5 * gates)
        expected |= {f"{name}{number}": shape for name, shape in others.items()}
    assert Architecture(11, 5, 2, cell=cell).parameter_shapes() == expected


def test_an_lstm_with_its_input_shut_and_its_forget_gate_open_keeps_its_cell_and_gradient() -> None:
    case = draw_case(Sizes(sequence_length=200, cell="lstm"), seed=1)
    block(case, "b", "i")[:] = SHUT
    block(case, "b", "f")[:] = OPEN
    tape = run_backward_from_the_last_step(case)
    (layer,) = tape.layers
    for t in range(200):
        np.testing.assert_allclose(layer.states["c"][t + 1], case.state[0]["c"], rtol=1e-13)
    # The output gate reads h_{t-1} too; without that path the cell's gradient is the only one.
    case.network.parameters["W1"][:] = 0
    (layer,) = run_backward_from_the_last_step(case).layers
    for t in range(200):
        np.testing.assert_allclose(layer.d_states["c"][t], layer.d_states["c"][-1], rtol=1e-13)


def test_an_lstms_cell_gradient_decays_as_the_product_of_its_forget_gates() -> None:
    case = draw_case(Sizes(sequence_length=20, cell="lstm"), seed=2)
    case.network.parameters["W1"][:] = 0
    (layer,) = run_backward_from_the_last_step(case).layers
    forget = 1 / (1 + np.exp(-block(case, "U", "f")[case.inputs] - block(case, "b", "f")))
    for t in range(19):
        expected = forget[t + 1 :].prod(axis=0) * layer.d_states["c"][-1]
        np.testing.assert_allclose(layer.d_states["c"][t], expected, rtol=1e-12)


def test_an_lstms_output_gate_shut_hides_its_cell() -> None:
    case = draw_case(Sizes(cell="lstm"), seed=3)
    block(case, "b", "o")[:] = SHUT
    (layer,) = run_forward(case).layers
    np.testing.assert_allclose(layer.hidden, 0, atol=1e-20)
    assert layer.states["c"].all()


def test_a_gru_with_its_update_gate_at_one_keeps_its_state_and_gradient() -> None:
    case = draw_case(Sizes(sequence_length=200, cell="gru"), seed=4)
    block(case, "b", "z")[:] = OPEN
    (layer,) = run_backward_from_the_last_step(case).layers
    for t in range(200):
        np.testing.assert_allclose(layer.hidden[t], case.state[0]["h"], rtol=1e-13)
        np.testing.assert_allclose(layer.d_hidden[t], layer.d_hidden[-1], rtol=1e-13)


def test_a_grus_recurrent_bias_is_inside_the_reset() -> None:
    case = draw_case(Sizes(cell="gru"), seed=5)
    d = case.network.parameters["d1"]
    block(case, "b", "r")[:] = SHUT
    shut = run_forward(case).logits
    d += 1
    np.testing.assert_allclose(run_forward(case).logits, shut, atol=1e-14)
    block(case, "b", "r")[:] = OPEN
    inside = run_forward(case).logits
    block(case, "b", "n")[:] += d
    d[:] = 0
    np.testing.assert_allclose(run_forward(case).logits, inside, atol=1e-14)


def test_a_gru_with_its_reset_gate_shut_proposes_from_the_token_alone() -> None:
    case = draw_case(Sizes(cell="gru"), seed=6)
    block(case, "b", "r")[:] = SHUT
    block(case, "b", "z")[:] = SHUT
    (layer,) = run_forward(case).layers
    expected = np.tanh(block(case, "U", "n")[case.inputs] + block(case, "b", "n"))
    np.testing.assert_allclose(layer.hidden, expected, atol=1e-14)


@GATED_CELLS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pre_activations_however_large_neither_overflow_nor_give_nan(
    cell: str, dtype: type
) -> None:
    case = draw_case(Sizes(sequence_length=12, num_layers=2, cell=cell), 7, dtype)
    for number in case.network.layer_numbers:
        case.network.parameters[f"b{number}"][...] *= 1e5
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        tape = run_backward_from_the_last_step(case)
    for layer in tape.layers:
        assert np.isfinite(layer.hidden).all()
        assert np.isfinite(layer.d_hidden).all()
        assert np.isfinite(layer.d_projection).all()


@EVERY_CELL
def test_residual_layers_of_zeros_hand_the_first_layer_on(cell: str, activation: str) -> None:
    sizes = Sizes(num_layers=3, activation=activation, carried=False, cell=cell, residual=True)
    case = draw_case(sizes, seed=8)
    parameters = case.network.parameters
    one = Network(replace(case.network.architecture, num_layers=1), np.float64)
    for name in parameters:
        if name.endswith(("2", "3")):
            parameters[name][...] = 0
        else:
            one.parameters[name][...] = parameters[name]
    tape = one.new_tape(*case.inputs.shape)
    one.forward(case.inputs, case.state[:1], tape)
    np.testing.assert_allclose(run_forward(case).logits, tape.logits, atol=1e-14)


@EVERY_CELL
def test_a_residual_connection_needs_a_layer_below(cell: str, activation: str) -> None:
    sizes = Sizes(activation=activation, cell=cell)
    plain = run_forward(draw_case(sizes, seed=9))
    residual = run_forward(draw_case(replace(sizes, residual=True), seed=9))
    assert np.array_equal(plain.logits, residual.logits)


def test_a_new_tape_drops_nothing() -> None:
    tape = draw_case(Sizes(num_layers=3, dropout=0.5), seed=10).network.new_tape(6, 3)
    assert tape.dropout_masks == [None, None, None]


@EVERY_CELL
@pytest.mark.parametrize("residual", [False, True])
def test_a_mask_of_ones_is_no_dropout(cell: str, activation: str, residual: bool) -> None:
    sizes = Sizes(num_layers=3, activation=activation, cell=cell, residual=residual)
    case = draw_case(sizes, seed=11)
    ones = replace(case, masks=[np.ones((6, 3, 5))] * 2)
    plain, masked = run_backward_from_the_last_step(case), run_backward_from_the_last_step(ones)
    assert np.array_equal(masked.logits, plain.logits)
    for layer, plain_layer in zip(masked.layers, plain.layers, strict=True):
        assert np.array_equal(layer.d_hidden, plain_layer.d_hidden)


@EVERY_CELL
@pytest.mark.parametrize("residual", [False, True])
def test_what_is_dropped_goes_neither_up_nor_back(
    cell: str, activation: str, residual: bool
) -> None:
    sizes = Sizes(num_layers=2, activation=activation, cell=cell, residual=residual)
    case = draw_case(sizes, seed=12)
    nothing = replace(case, masks=[np.zeros((6, 3, 5))])
    tape = run_backward_from_the_last_step(nothing)
    other = run_forward(replace(nothing, inputs=case.targets))
    assert np.array_equal(tape.logits, other.logits)
    assert tape.layers[0].hidden.any()
    assert not tape.layers[0].d_hidden.any()
    assert tape.layers[1].d_hidden.any()


def declared(**declaration: object) -> type[Cell]:
    """Return a cell that declares what the vanilla cell does, but for this."""
    return type("Declared", (VanillaCell,), {"adds_the_products": False, **declaration})


SLOW = ParameterSpec("Z", "recurrent", "weight_slow")


def test_a_cell_with_two_recurrent_matrices_has_two_tensors_of_its_own() -> None:
    cell = declared(parameters=(*Cell.parameters, SLOW)).checked()
    assert cell.recurrent_matrices() == {"W": ("h",), "Z": ("h",)}
    assert cell.square_matrix() is None
    assert list(cell(3, "tanh").layer_shapes(7)) == ["U", "b", "W", "Z"]


@pytest.mark.parametrize(
    ("declaration", "reason"),
    [
        ({"parameters": (*Cell.parameters, replace(SLOW, tensor="weight_hh"))}, "'weight_hh'"),
        ({"parameters": (*Cell.parameters, replace(SLOW, tensor="bias_hh"))}, "'bias_hh'"),
        ({"parameters": (*Cell.parameters, replace(SLOW, letter="W"))}, "'W'"),
        ({"parameters": (*Cell.parameters, replace(SLOW, letter="V"))}, "'V' belongs"),
        ({"parameters": (*Cell.parameters, replace(SLOW, letter="W2"))}, "'W2' is empty or ends"),
        ({"parameters": (*Cell.parameters, replace(SLOW, blocks=("s",)))}, "'Z' has a block"),
        ({"parameters": (RECURRENT, *Cell.parameters[:2])}, "U and b"),
        ({"parameters": (*Cell.parameters, SLOW), "adds_the_products": True}, "more to add"),
        ({"states": (HIDDEN, HIDDEN)}, "two have the name 'h'"),
        ({"states": (HIDDEN,), "gates": (GateSpec("h", "gate"),)}, "two have the name 'h'"),
        ({"states": (HIDDEN, StateSpec("m", "memory"))}, "'m' is the mask of dropout"),
        ({"gates": (GateSpec("u", "gate"),)}, "'u' is what a layer of a residual stack hands up"),
        ({"blocks": ("a", "a")}, "two have the name 'a'"),
    ],
)
def test_a_cell_whose_names_collide_is_refused(declaration: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=f"the cell 'vanilla'.*{reason}"):
        declared(**declaration).checked()
