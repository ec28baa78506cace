"""Random networks and windows for the tests, and the same ones as the textbook sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from rnnviz.core.network import ONE_HOT_LIMIT, Architecture, Ids, Network, State
from rnnviz.core.parameters import ParameterVector

from . import textbook


@dataclass(frozen=True, eq=False)
class Case:
    """A network, a window (T, B) and the state before it.

    Its repr is the call that makes it again, for hypothesis to print.
    """

    sizes: Sizes
    seed: int
    network: Network
    inputs: Ids
    targets: Ids
    state: State

    def __repr__(self) -> str:
        return f"draw_case({self.sizes}, seed={self.seed})"


@dataclass(frozen=True)
class Sizes:
    sequence_length: int = 6
    batch_size: int = 3
    hidden_size: int = 5
    vocab_size: int = 11
    num_layers: int = 1
    activation: str = "tanh"
    carried: bool = True


def draw_case(sizes: Sizes, seed: int, dtype: type = np.float64) -> Case:
    """Draw every parameter, the biases too, from a normal distribution that keeps units alive."""
    rng = np.random.default_rng(seed)
    architecture = Architecture(
        sizes.vocab_size, sizes.hidden_size, sizes.num_layers, activation=sizes.activation
    )
    network = Network(architecture, dtype)
    spread = 0.7 / np.sqrt(sizes.hidden_size)
    network.parameters.flat[:] = rng.normal(0, spread, network.parameters.size)
    shape = (sizes.sequence_length, sizes.batch_size)
    state = network.zero_state(sizes.batch_size)
    if sizes.carried:
        for layer in state:
            layer["h"][...] = rng.normal(0, 0.5, layer["h"].shape)
    inputs = rng.integers(0, sizes.vocab_size, shape)
    targets = rng.integers(0, sizes.vocab_size, shape)
    return Case(sizes, seed, network, inputs, targets, state)


def all_sizes(max_layers: int = 3) -> st.SearchStrategy[Sizes]:
    """Every size that matters, on both sides of the vocabulary where U's gradient changes way."""
    around_the_limit = [ONE_HOT_LIMIT, ONE_HOT_LIMIT + 1, 300]
    return st.builds(
        Sizes,
        sequence_length=st.integers(1, 12),
        batch_size=st.integers(1, 4),
        hidden_size=st.integers(1, 9),
        vocab_size=st.integers(2, 30) | st.integers(2, 300) | st.sampled_from(around_the_limit),
        num_layers=st.integers(1, max_layers),
        activation=st.sampled_from(["tanh", "relu"]),
        carried=st.booleans(),
    )


SEEDS = st.integers(0, 2**32 - 1)


def as_textbook(vector: ParameterVector, case: Case) -> textbook.Textbook:
    """Write parameters, or their gradients, as the textbook's columns and matrices."""
    layers = [
        textbook.Layer(
            vector[f"U{number}"].T.astype(float),
            vector[f"W{number}"].T.astype(float),
            vector[f"b{number}"][:, None].astype(float),
        )
        for number in range(1, case.sizes.num_layers + 1)
    ]
    return textbook.Textbook(
        layers, vector["V"].T.astype(float), vector["c"][:, None].astype(float),
        case.sizes.activation,
    )  # fmt: skip


def textbook_streams(case: Case) -> list[textbook.Stream]:
    """Run the textbook's forward pass over every stream of the case."""
    model = as_textbook(case.network.parameters, case)
    return [
        textbook.forward(
            model,
            case.inputs[:, b].tolist(),
            [layer["h"][b][:, None].astype(float) for layer in case.state],
        )
        for b in range(case.sizes.batch_size)
    ]
