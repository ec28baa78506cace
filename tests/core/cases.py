"""Random networks and windows for the tests, and the same ones step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from rnnviz.core import step_by_step
from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import CELLS
from rnnviz.core.cells.lines import Line
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.sparse_rows import ONE_HOT_LIMIT, Ids
from rnnviz.core.step_by_step import TimeStep, TimeStepBack
from rnnviz.core.tape import NetworkTape, State


@dataclass(frozen=True, eq=False)
class Case:
    """A network, a window (T, B), the state before it, dropout masks of all layers but the last.

    Its repr is the call that makes it again, for hypothesis to print.
    """

    sizes: Sizes
    seed: int
    network: Network
    inputs: Ids
    targets: Ids
    state: State
    masks: list[Array | None]

    def __repr__(self) -> str:
        return f"draw_case({self.sizes}, seed={self.seed})"

    def new_tape(self) -> NetworkTape:
        """Make a tape for the window, with the case's dropout masks."""
        tape = self.network.new_tape(*self.inputs.shape)
        tape.dropout_masks[: len(self.masks)] = self.masks
        return tape


@dataclass(frozen=True)
class Sizes:
    sequence_length: int = 6
    batch_size: int = 3
    hidden_size: int = 5
    vocab_size: int = 11
    num_layers: int = 1
    activation: str = "tanh"
    carried: bool = True
    cell: str = "vanilla"
    residual: bool = False
    dropout: float = 0.0


def draw_case(sizes: Sizes, seed: int, dtype: type = np.float64) -> Case:
    """Draw every parameter, the biases too, from a normal distribution that keeps units alive."""
    rng = np.random.default_rng(seed)
    architecture = Architecture(
        sizes.vocab_size,
        sizes.hidden_size,
        sizes.num_layers,
        cell=sizes.cell,
        activation=sizes.activation,
        residual=sizes.residual,
    )
    network = Network(architecture, dtype)
    # An LSTM's two gates on the way shrink what passes: larger weights make up for them.
    spread = (1.4 if sizes.cell == "lstm" else 0.7) / np.sqrt(sizes.hidden_size)
    network.parameters.flat[:] = rng.normal(0, spread, network.parameters.size)
    shape = (sizes.sequence_length, sizes.batch_size)
    state = network.zero_state(sizes.batch_size)
    if sizes.carried:
        for layer in state:
            for array in layer.values():
                array[...] = rng.normal(0, 0.5, array.shape)
    inputs = rng.integers(0, sizes.vocab_size, shape)
    targets = rng.integers(0, sizes.vocab_size, shape)
    masks: list[Array | None] = [None] * (sizes.num_layers - 1)
    if sizes.dropout:
        masks = [draw_mask(sizes, rng).astype(dtype) for _ in masks]
    return Case(sizes, seed, network, inputs, targets, state, masks)


def draw_mask(sizes: Sizes, rng: np.random.Generator) -> Array:
    """Draw one layer's mask (T, B, H): zeros, and 1/(1-p) where a unit is kept."""
    shape = (sizes.sequence_length, sizes.batch_size, sizes.hidden_size)
    return (rng.random(shape) >= sizes.dropout) / (1 - sizes.dropout)


def in_float32(case: Case) -> Case:
    """Return the same case with its network and masks in single precision."""
    network = Network(case.network.architecture, np.float32)
    network.parameters.flat[:] = case.network.parameters.flat
    masks = [None if mask is None else mask.astype(np.float32) for mask in case.masks]
    return replace(case, network=network, masks=masks)


# Every cell there is, and one without gates with each of its activations.
CELL_KINDS = [
    (name, activation)
    for name, cell in CELLS.items()
    for activation in (ACTIVATIONS if cell.ungated else ("tanh",))
]


def all_sizes(dropouts: Sequence[float] = (0.0, 0.3)) -> st.SearchStrategy[Sizes]:
    """Every cell and size that matters."""
    return st.sampled_from(CELL_KINDS).flatmap(lambda kind: sizes_of(*kind, dropouts))


def sizes_of(cell: str, activation: str, dropouts: Sequence[float]) -> st.SearchStrategy[Sizes]:
    """Every size that matters, on both sides of the vocabulary where U's gradient changes way."""
    around_the_limit = [ONE_HOT_LIMIT, ONE_HOT_LIMIT + 1, 300]
    return st.builds(
        Sizes,
        sequence_length=st.integers(1, 12),
        batch_size=st.integers(1, 4),
        hidden_size=st.integers(1, 9),
        vocab_size=st.integers(2, 30) | st.integers(2, 300) | st.sampled_from(around_the_limit),
        num_layers=st.integers(1, 3),
        activation=st.just(activation),
        carried=st.booleans(),
        cell=st.just(cell),
        residual=st.booleans(),
        dropout=st.sampled_from(dropouts),
    )


SEEDS = st.integers(0, 2**32 - 1)


# Of every cell that has gates, its blocks of H columns in their order.
GATES = {name: cell.blocks for name, cell in CELLS.items() if cell.gates}


def run_forward(case: Case) -> NetworkTape:
    """Read the case's window at once, and return the tape."""
    tape = case.new_tape()
    case.network.forward(case.inputs, case.state, tape)
    return tape


def step_by_step_forward(case: Case) -> list[TimeStep]:
    """Read the case's window one time step after the other."""
    network = case.network
    return step_by_step.forward(
        network.architecture, network.parameters, case.inputs, case.state, case.masks
    )


def as_lines(d_outputs: Array) -> list[Line]:
    """Return the gradients dL/do_t (T, B, n_out) as the way back is given them."""
    return [Line("do", "dL/do_t", (do,)) for do in d_outputs]


def step_by_step_backward(
    case: Case, steps: list[TimeStep], d_outputs: Array
) -> tuple[list[TimeStepBack], dict[str, Array]]:
    """Go back through the window; return every step, and the gradients of the parameters."""
    architecture = case.network.architecture
    back = step_by_step.backward(
        architecture, case.network.parameters, steps, as_lines(d_outputs), case.masks
    )
    return back, step_by_step.gradients(architecture, back)
