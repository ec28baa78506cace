"""The two gradients through time, against central differences and a backward pass of one loss."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.sparse_rows import Ids
from rnnviz.core.tape import NetworkTape, State
from rnnviz.diagnostics.gradient_flow import GradientFlow, gradient_flow, new_probe


@dataclass(frozen=True, eq=False)
class Case:
    """A network after backward on a window (T, B) that began in `state`."""

    network: Network
    inputs: Ids
    targets: Ids
    state: State
    tape: NetworkTape


def draw_case(
    seed: int, length: int, batch: int, layers: int, activation: str, dtype: type = np.float64
) -> Case:
    rng = np.random.default_rng(seed)
    network = Network(Architecture(7, 4, layers, activation=activation), dtype)
    network.parameters.flat[:] = rng.normal(0, 0.6, network.parameters.size)
    state = network.zero_state(batch)
    for layer in state:
        layer["h"][...] = rng.normal(0, 0.5, layer["h"].shape)
    inputs, targets = rng.integers(0, 7, (2, length, batch))
    tape = network.new_tape(length, batch)
    network.forward(inputs, state, tape)
    cross_entropy(tape.logits, targets, tape.d_logits)
    network.backward(tape, network.parameters.zeros_like())
    return Case(network, inputs, targets, state, tape)


def losses_after_push(
    case: Case, stream: int, layer: int, step: int, push: np.ndarray
) -> np.ndarray:
    """Return the stream's losses (T,) when `push` (H,) is added to one state on the way.

    The textbook's equations, one time step after the other, sharing no code with the core.
    """
    p, number_of_layers = case.network.parameters, len(case.network.cells)
    squash = {"tanh": np.tanh, "relu": lambda a: a * (a > 0)}[case.network.architecture.activation]
    h = [case.state[index]["h"][stream] for index in range(number_of_layers)]
    losses = []
    for t, token in enumerate(case.inputs[:, stream]):
        x = p["U1"][token]
        for index in range(number_of_layers):
            if index > 0:
                x = h[index - 1] @ p[f"U{index + 1}"]
            h[index] = squash(p[f"b{index + 1}"] + h[index] @ p[f"W{index + 1}"] + x)
            if (index, t) == (layer, step):
                h[index] = h[index] + push
        o = p["c"] + h[-1] @ p["V"]
        losses.append(np.log(np.exp(o - o.max()).sum()) + o.max() - o[case.targets[t, stream]])
    return np.array(losses)


def central_differences(case: Case, stream: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the norms (num_layers, T) of dL_T/dh_k and of d(sum of losses)/dh_k."""
    shape = (len(case.network.cells), len(case.inputs))
    size, epsilon = case.network.hidden_size, 1e-6
    from_last, total = np.zeros((*shape, size)), np.zeros((*shape, size))
    for layer, step in np.ndindex(shape):
        for unit, push in enumerate(epsilon * np.eye(size)):
            above = losses_after_push(case, stream, layer, step, push)
            below = losses_after_push(case, stream, layer, step, -push)
            slope = (above - below) / (2 * epsilon)
            from_last[layer, step, unit], total[layer, step, unit] = slope[-1], slope.sum()
    return np.linalg.norm(from_last, axis=-1), np.linalg.norm(total, axis=-1)


SHAPES = {
    "seed": st.integers(0, 2**32 - 1),
    "length": st.integers(1, 6),
    "batch": st.integers(1, 3),
    "layers": st.integers(1, 2),
    "activation": st.sampled_from(["tanh", "relu"]),
}


@given(**SHAPES, data=st.data())
def test_both_norms_are_those_of_central_differences_in_the_states(
    data: st.DataObject, **shape: object
) -> None:
    case = draw_case(**shape)  # type: ignore[arg-type]
    stream = data.draw(st.integers(0, case.tape.batch_size - 1))
    flow = gradient_flow(
        case.network, case.tape, new_probe(case.network, case.tape.sequence_length), stream
    )
    from_last, total = central_differences(case, stream)
    np.testing.assert_allclose(flow.from_last["h"], from_last, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(flow.total["h"], total, rtol=1e-5, atol=1e-8)


@given(**SHAPES, data=st.data())
def test_from_last_is_the_backward_pass_of_a_single_loss(
    data: st.DataObject, **shape: object
) -> None:
    case = draw_case(**shape)  # type: ignore[arg-type]
    length, batch = case.inputs.shape
    stream = data.draw(st.integers(0, batch - 1))
    flow = gradient_flow(case.network, case.tape, new_probe(case.network, length), stream)
    alone = case.network.new_tape(length, batch)
    case.network.forward(case.inputs, case.state, alone)
    cross_entropy(alone.logits, case.targets, alone.d_logits)
    alone.d_logits *= batch
    alone.d_logits[:-1] = 0
    case.network.backward(alone, case.network.parameters.zeros_like())
    expected = [np.linalg.norm(layer.d_hidden[:, stream], axis=-1) for layer in alone.layers]
    np.testing.assert_allclose(flow.from_last["h"], expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("layers", [1, 2])
def test_looking_changes_no_bit_of_the_network_the_tape_or_the_gradients(layers: int) -> None:
    case = draw_case(3, 6, 3, layers, "tanh", np.float32)
    gradients = case.network.parameters.zeros_like()
    case.network.backward(case.tape, gradients)

    def everything() -> list[bytes]:
        tape = case.tape
        arrays = [case.network.parameters.flat, gradients.flat, tape.logits, tape.d_logits]
        arrays += [tape.inputs]
        for layer in tape.layers:
            arrays += [*layer.states.values(), layer.projection, layer.d_hidden]
            arrays += [layer.d_projection, layer.derivative, layer.products.carried]  # type: ignore[attr-defined]
        return [array.tobytes() for array in arrays]

    before = everything()
    for stream in range(3):
        gradient_flow(case.network, case.tape, new_probe(case.network, 6), stream)
    assert everything() == before


def test_a_used_probe_leaves_no_trace_in_the_next_measurement() -> None:
    first, second = draw_case(1, 5, 2, 2, "relu"), draw_case(2, 5, 2, 2, "relu")
    second.network.parameters.flat[:] = first.network.parameters.flat
    probe = new_probe(first.network, 5)
    gradient_flow(first.network, first.tape, probe)
    probe.d_logits.fill(3)
    used = gradient_flow(first.network, second.tape, probe, 1)
    fresh = gradient_flow(first.network, second.tape, new_probe(first.network, 5), 1)
    assert used.from_last["h"].tobytes() == fresh.from_last["h"].tobytes()
    assert used.total["h"].tobytes() == fresh.total["h"].tobytes()


def test_a_gradient_that_vanishes_is_zero_and_warns_nobody() -> None:
    case = draw_case(5, 60, 1, 1, "tanh", np.float32)
    case.network.parameters["W1"][...] *= 1e-3
    case.network.forward(case.inputs, case.state, case.tape)
    cross_entropy(case.tape.logits, case.targets, case.tape.d_logits)
    case.network.backward(case.tape, case.network.parameters.zeros_like())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        flow = gradient_flow(case.network, case.tape, new_probe(case.network, 60))
    assert flow.from_last["h"][0, -1] > 0
    assert flow.from_last["h"][0, 0] == 0
    assert (flow.total["h"] > 0).all()


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_norms_keep_their_digits_where_float32_squares_would_leave_its_range(scale: float) -> None:
    case = draw_case(8, 4, 1, 1, "tanh", np.float32)
    plain = gradient_flow(case.network, case.tape, new_probe(case.network, 4))
    case.tape.d_logits *= np.float32(scale)
    with np.errstate(all="ignore"):
        case.network.backward(case.tape, case.network.parameters.zeros_like())
        scaled = gradient_flow(case.network, case.tape, new_probe(case.network, 4))
    np.testing.assert_allclose(scaled.from_last["h"], plain.from_last["h"] * scale, rtol=1e-5)
    np.testing.assert_allclose(scaled.total["h"], plain.total["h"] * scale, rtol=1e-5)


def test_the_results_cannot_be_written_to_and_share_no_memory_with_the_tape() -> None:
    case = draw_case(2, 5, 2, 1, "tanh")
    flow = gradient_flow(case.network, case.tape, new_probe(case.network, 5))
    for array in (flow.from_last["h"], flow.total["h"]):
        assert not array.flags.writeable
        assert array.base is None


def test_a_state_that_is_read_one_step_later_has_its_first_size_there() -> None:
    sizes = {"h": np.array([[0.0, 1.0, 4.0]]), "s": np.array([[3.0, 6.0, 0.0]]),
             "t": np.zeros((1, 3))}  # fmt: skip
    flow = GradientFlow(from_last=sizes, total=sizes)
    assert [flow.first_lag(state, 0) for state in sizes] == [0, 1, 0]
    summed = np.array([6.0, 12.0, 18.0])
    expected = {"h": [1.5, 3, 4.5], "s": [1, 2, np.nan], "t": [np.nan] * 3}
    for state, shares in expected.items():
        np.testing.assert_array_equal(flow.from_first_size(summed, state, 0), shares)
    ends = {state: flow.from_first_size(summed, state, 0, relative=False)[-1] for state in sizes}
    np.testing.assert_array_equal(list(ends.values()), [18, np.nan, 18])
    assert summed.tolist() == [6, 12, 18]
