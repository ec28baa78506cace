"""Which earlier steps each step's own error is credited to: the gradients of all losses apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnviz.core.cells import LayerTape
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics.read_only import read_only

LARGEST_SIZE = 128
"""So many steps are looked at at the most."""

LARGEST_PROBE = 1 << 25
"""Bytes that the probe of a credit matrix takes at the most, about."""

MOST_AT_ONCE = 32
"""So many losses are sent back side by side at the most.

Few stay in the processor's cache; fewer would be slow products.
"""

_MOST_OPERATIONS = 8_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CreditMatrix:
    """The norm of dL_t/dh_k for all k <= t of the last n steps of a window.

    L_t is the loss of step t alone, so that a row tells how far back one error reaches (Bengio,
    Simard & Frasconi 1994); row n - 1 is `GradientFlow.from_last`. Norms do not add: that of the
    sum of all losses is in general less than a column's sum.

    Attributes
    ----------
    norms
        By the name of the state, ``h`` and for an LSTM ``c``: read-only float64 (num_layers, n, n),
        row t and column k, counted from step `first`; 0 where k > t, for what is read later has no
        part in an error.
    first
        The window's step that row and column 0 belong to: 0 where the whole window was looked at.
    """

    norms: Mapping[str, Array]
    first: int

    @property
    def size(self) -> int:
        """n, how many steps were looked at."""
        return len(next(iter(self.norms.values()))[0])


class CreditProbe:
    """The buffers that `credit_matrix` works on, made once for a window's length.

    All streams hold the forward values of one, and each gets another step's loss. As the losses do
    not depend on each other, they are sent back a few at a time. Of a long window only the last
    steps are looked at, so many that it costs a bounded amount of time and memory.

    Parameters
    ----------
    network
        Whose shapes the buffers take.
    sequence_length
        T.

    Attributes
    ----------
    size
        n, how many of the window's last steps are looked at.
    losses_at_once
        B of `layers`.
    layers
        The tape of each layer, without what the forward pass and the parameters' gradients need
        besides: at a large vocabulary that would be a thousand times as much.
    d_passed
        (n, B, H) where there are residual connections.
    """

    def __init__(self, network: Network, sequence_length: int) -> None:
        self.sequence_length = sequence_length
        self.size = credit_size(network, sequence_length)
        bytes_a_loss = self.size * network.hidden_size * network.dtype.itemsize
        bytes_a_loss *= sum(cell.arrays_a_step for cell in network.cells)
        fitting = max(1, LARGEST_PROBE // bytes_a_loss)
        # As even as possible: the last pass should not be one of a few losses.
        passes = math.ceil(self.size / min(fitting, MOST_AT_ONCE))
        self.losses_at_once = math.ceil(self.size / passes)
        shape = (self.size, self.losses_at_once)
        self.layers: list[LayerTape] = [
            cell.new_tape(*shape, network.dtype) for cell in network.cells
        ]
        self.d_passed: Array | None = None
        if network.architecture.residual and network.num_layers > 1:
            self.d_passed = np.zeros_like(self.layers[0].d_hidden)


def credit_size(network: Network, sequence_length: int) -> int:
    """Return how many of a window's last steps a credit matrix of this network can be made of.

    Every loss goes back through every step, which is n*n products with each matrix on the way.
    """
    shapes = network.architecture.parameter_shapes()
    # Of the first layer nothing is sent further down.
    matrices = [cell.recurrent_matrices() for cell in network.cells]
    products = sum(
        math.prod(shapes[f"{letter}{number}"])
        for number, letters in zip(network.layer_numbers, matrices, strict=True)
        for letter in (*letters, *(["U"] if number > 1 else []))
    )
    return max(1, min(sequence_length, LARGEST_SIZE, math.isqrt(_MOST_OPERATIONS // products)))


def credit_matrix(
    network: Network, tape: NetworkTape, probe: CreditProbe, stream: int = 0
) -> CreditMatrix:
    """Send every step's own loss back through time in one stream of a window.

    Parameters
    ----------
    network
        With the parameters of the forward pass on `tape`.
    tape
        After ``forward`` and the loss; read only.
    probe
        Made for this network and window length; overwritten.
    stream
        Which of the B streams. The batch's average is undone: the norms are those of this
        stream's own losses.

    Raises
    ------
    ValueError
        Where the probe was made for another length.
    """
    if probe.sequence_length != tape.sequence_length:
        raise ValueError(
            f"the probe is for {probe.sequence_length} steps, the tape has {tape.sequence_length}"
        )
    size, top = probe.size, probe.layers[-1]
    norms = {name: np.zeros((len(probe.layers), size, size)) for name in top.d_states}
    # Of a network that is not finite the gradients are not either, and that is what is returned.
    with np.errstate(all="ignore"):
        masks = tape.masks_of(stream, size)
        for layer, theirs in zip(probe.layers, tape.layers, strict=True):
            layer.copy_stream(theirs, stream)
        d_logits = tape.d_logits[-size:, stream] * tape.batch_size
        d_top = d_logits @ network.parameters["V"].T
        for start in range(0, size, probe.losses_at_once):
            losses = np.arange(start, min(start + probe.losses_at_once, size))
            top.d_hidden.fill(0)
            top.d_hidden[losses, losses - start] = d_top[losses]
            network.backward_through_layers(probe.layers, masks, probe.d_passed)
            for name, of_state in norms.items():
                for layer, out in zip(probe.layers, of_state, strict=True):
                    # float32 squares vanish below 1e-23 and overflow above 1e19.
                    gradient = layer.d_states[name][:, : len(losses)].astype(np.float64)
                    out[losses] = np.sqrt(np.vecdot(gradient, gradient)).T
    first = tape.sequence_length - size
    return CreditMatrix({name: read_only(np.tril(array)) for name, array in norms.items()}, first)
