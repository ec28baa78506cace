"""The interface between a network and its recurrent layers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, NoReturn

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.core.parameters import Array, Shape


class LayerTape:
    """What one layer remembers of one window, forward and backward.

    Buffers are made once for a window's shape and reused by every step. Lists of per-step views
    stand beside the arrays because making a view costs as much as a small product.

    Parameters
    ----------
    sequence_length, batch_size, hidden_size
        T, B, H.
    gates
        G, how many blocks of H columns the cell's pre-activation has.
    state_names
        The names of the carried states: ``("h",)``, or ``("h", "c")`` for an LSTM.

    Attributes
    ----------
    states
        For each state name an array (T+1, B, H); index 0 is the state before the window.
    projection
        (T, B, G*H): ``U x_t + b``, filled by the network before the cell's forward pass.
    d_hidden
        (T, B, H): before the cell's backward pass the part of dL/dh_t that comes from above
        (the losses, or the next layer); afterwards the whole of dL/dh_t.
    d_projection
        (T, B, G*H): dL/d(U x_t + b), written by the cell's backward pass.
    """

    def __init__(
        self,
        sequence_length: int,
        batch_size: int,
        hidden_size: int,
        gates: int,
        state_names: Sequence[str],
        dtype: DTypeLike,
    ) -> None:
        steps = (sequence_length, batch_size)
        self.states: dict[str, Array] = {
            name: np.zeros((sequence_length + 1, batch_size, hidden_size), dtype)
            for name in state_names
        }
        self.projection: Array = np.zeros((*steps, gates * hidden_size), dtype)
        self.d_hidden: Array = np.zeros((*steps, hidden_size), dtype)
        self.d_projection: Array = np.zeros((*steps, gates * hidden_size), dtype)
        self.hidden: Array = self.states["h"][1:]
        self.hidden_before: Array = self.states["h"][:-1]
        self.state_steps = {name: list(array) for name, array in self.states.items()}
        self.projection_steps = list(self.projection)
        self.d_hidden_steps = list(self.d_hidden)
        self.d_projection_steps = list(self.d_projection)

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied or pickled: the views of the buffers would lose them."""
        raise TypeError("a tape cannot be copied; make another with Cell.new_tape")


class Cell(ABC):
    """One recurrent layer: pure recurrence, forward and backward, on a tape.

    The network owns the input side (``U x_t + b`` for the whole window at once, and its
    gradients); a cell owns what must be sequential. A new cell is one file here and one line in
    the registry ``rnnviz.core.cells.CELLS``.

    Parameters
    ----------
    hidden_size
        H.
    activation
        The name of an activation, for the cells that let one choose.

    Attributes
    ----------
    name, title
        What configurations and files call it, and what people do.
    gates
        G, how many blocks of H columns its pre-activation has.
    state_names
        What is carried from window to window; ``h`` is what the layer above reads.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    gates: ClassVar[int] = 1
    state_names: ClassVar[tuple[str, ...]] = ("h",)

    def __init__(self, hidden_size: int, activation: str) -> None:
        self.hidden_size = hidden_size
        self.activation = activation

    def recurrent_shapes(self) -> dict[str, Shape]:
        """Name and shape of the recurrent parameters: ``W`` (H, G*H), and what a cell adds.

        Matrices among them begin as the initialisation scheme says of recurrent ones, vectors at
        zero.
        """
        return {"W": (self.hidden_size, self.gates * self.hidden_size)}

    def initial_bias(self) -> Array:
        """Return what the input's bias `b` (G*H,) begins with: zeros.

        A cell overrides it whose gates should begin open, such as the forget gate of an LSTM.
        """
        return np.zeros(self.gates * self.hidden_size)

    def new_tape(self, sequence_length: int, batch_size: int, dtype: DTypeLike) -> LayerTape:
        """Make the buffers for windows of T steps of B streams."""
        return LayerTape(
            sequence_length, batch_size, self.hidden_size, self.gates, self.state_names, dtype
        )

    @abstractmethod
    def forward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Fill `tape.states` from index 1 on, given index 0 and `tape.projection`."""

    @abstractmethod
    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Complete `tape.d_hidden` and fill `tape.d_projection`, from the last step to the first.

        Nothing is clipped here: these are the true gradients.
        """

    def recurrent_gradients(self, tape: LayerTape, gradients: Mapping[str, Array]) -> None:
        """Write the recurrent parameters' gradients: ``dW = sum_t h_{t-1}^T da_t``.

        This is right where ``W h_{t-1}`` is added to ``U x_t + b``, so that both have the same
        gradient, `tape.d_projection`. A cell in which something comes between them (the GRU's
        reset gate scales ``W_n h_{t-1}`` before the sum) overrides it, and has its backward pass
        keep dL/d(W h_{t-1}), (T, B, G*H), in a buffer on a tape of its own.

        Parameters
        ----------
        tape
            After `backward`.
        gradients
            By the names of `recurrent_shapes`; overwritten.
        """
        hidden_before = tape.hidden_before.reshape(-1, self.hidden_size)
        d_projection = tape.d_projection.reshape(hidden_before.shape[0], -1)
        np.dot(hidden_before.T, d_projection, out=gradients["W"])
