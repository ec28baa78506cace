"""Forward over one window after another, and back, with the state carried in between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.loss import LossName, window_loss
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.sparse_rows import SparseRows
from rnnviz.core.tape import NetworkTape, State
from rnnviz.data import Window


def begun(carried: State, begins: NDArray[np.bool_]) -> State:
    """Return a copy of a state in which some of the streams, (B,), are at a text's beginning."""
    anew = begins[:, np.newaxis]
    return [
        {name: np.where(anew, array.dtype.type(0), array) for name, array in layer.items()}
        for layer in carried
    ]


class TruncatedBPTT:
    """A run's forward and backward passes, and the buffers that they use again and again.

    Parameters
    ----------
    network
        Of the run.
    loss
        Which loss its answers have.

    Attributes
    ----------
    gradients
        Of the last backward pass, by the names of the network's parameters.
    """

    def __init__(self, network: Network, loss: LossName) -> None:
        self._network = network
        self._loss = loss
        self._tapes: dict[tuple[int, int], NetworkTape] = {}
        self.gradients = network.parameters.zeros_like()

    def state_before(self, window: Window, carried: State) -> State:
        """Return the state that a window begins with, where the last one ended with `carried`."""
        # The carried state stays as it is: looking ahead at an epoch's first window must not cost
        # it, should the window change before it is trained on.
        if window.starts_epoch:
            return self._network.zero_state(window.inputs.shape[1])
        return carried if window.begins is None else begun(carried, window.begins)

    def forward(
        self, window: Window, carried: State, dropout: float, rng: np.random.Generator
    ) -> tuple[NetworkTape, float]:
        """Read a window.

        Parameters
        ----------
        window
            What to read.
        carried
            The state that the last window ended with, one dict of (B, H) a layer.
        dropout
            The share of each layer's outputs that the next one is not shown.
        rng
            Draws what that is; none where `dropout` is 0.

        Returns
        -------
        tape, loss
            The window's tape, ready for the way back, and the loss summed over it.
        """
        tape = self.tape(*window.inputs.shape[:2])
        tape.draw_dropout(dropout, rng)
        self._network.forward(window.inputs, self.state_before(window, carried), tape)
        return tape, window_loss(tape, window.targets, self._loss)

    def backward(self, tape: NetworkTape, *, by_row: bool) -> tuple[SparseRows | None, Array]:
        """Write the window's gradients.

        Parameters
        ----------
        tape
            After `forward`.
        by_row
            Whether rows of `U1` that were not read may be left out.

        Returns
        -------
        sparse_rows
            The rows of `U1` that matter, where few do.
        packed
            The vector of all gradients that matter.
        """
        sparse_rows = self._network.backward_by_row(tape, self.gradients)
        if sparse_rows is not None and not by_row:
            sparse_rows.spread(self.gradients)
            sparse_rows = None
        flat = self.gradients.flat
        return sparse_rows, flat if sparse_rows is None else sparse_rows.packed(flat)

    def carry(self, tape: NetworkTape, carried: State) -> None:
        """Write the state that a window ended with into `carried`."""
        for layer, source in zip(carried, tape.layers, strict=True):
            for name, array in layer.items():
                array[...] = source.states[name][-1]

    def tape(self, sequence_length: int, batch_size: int) -> NetworkTape:
        """Return the buffers of windows of this shape."""
        shape = (sequence_length, batch_size)
        if shape not in self._tapes:
            self._tapes[shape] = self._network.new_tape(*shape)
        return self._tapes[shape]

    def release_buffers(self) -> None:
        """Give back the tapes; the next window makes a new one."""
        self._tapes.clear()
