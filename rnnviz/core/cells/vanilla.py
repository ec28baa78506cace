"""The vanilla (Elman) cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells.base import Cell, LayerTape
from rnnviz.core.parameters import Array


class VanillaTape(LayerTape):
    """A layer's tape with f'(a_t) for the whole window and the scratch of the backward pass.

    Attributes
    ----------
    derivative
        (T, B, H): f'(a_t).
    carried
        (B, H): what step t+1 sends back to step t.
    transposed
        (H, H): room for a contiguous transpose of `W`; None for one stream. Above batch 1
        ``np.dot`` is up to twice as slow on a transposed view (12.5 against 6.7 us a product at
        32 x 100), while for one stream the copy costs more than it saves (5 us, and 80 us at
        hidden 256, against 0.3 us a product).
    """

    def __init__(
        self, sequence_length: int, batch_size: int, hidden_size: int, dtype: DTypeLike
    ) -> None:
        super().__init__(sequence_length, batch_size, hidden_size, 1, ("h",), dtype)
        self.derivative: Array = np.zeros_like(self.d_hidden)
        self.derivative_steps = list(self.derivative)
        self.carried: Array = np.zeros((batch_size, hidden_size), dtype)
        self.transposed: Array | None = (
            np.zeros((hidden_size, hidden_size), dtype) if batch_size > 1 else None
        )


class VanillaCell(Cell):
    r"""The recurrence of Elman (1990) with tanh, or with ReLU.

    Forward::

        a_t = b + W h_{t-1} + U x_t
        h_t = f(a_t)

    Backward, with dL/dh_t split into what comes from above and what comes from step t+1::

        dL/dh_t = (from above)_t + W^T dL/da_{t+1}
        dL/da_t = f'(a_t) * dL/dh_t         f' = 1 - h_t^2 for tanh, [h_t > 0] for ReLU
        dL/dW   = sum_t dL/da_t h_{t-1}^T

    In code vectors are rows, so `W` is stored as the transpose of the textbook's matrix and
    ``W h`` reads ``h @ W``.
    """

    name: ClassVar[str] = "vanilla"
    title: ClassVar[str] = "vanilla RNN"

    def __init__(self, hidden_size: int, activation: str) -> None:
        super().__init__(hidden_size, activation)
        self.function = ACTIVATIONS[activation]

    def new_tape(self, sequence_length: int, batch_size: int, dtype: DTypeLike) -> VanillaTape:
        """Make the buffers for windows of T steps of B streams."""
        return VanillaTape(sequence_length, batch_size, self.hidden_size, dtype)

    def forward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Run the recurrence over the window, three NumPy calls a step."""
        recurrent, activate, dot, add = parameters["W"], self.function.apply, np.dot, np.add
        states = tape.state_steps["h"]
        for h_before, h, x in zip(states, states[1:], tape.projection_steps, strict=False):
            dot(h_before, recurrent, h)
            add(h, x, h)
            activate(h, h)

    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Send the gradient back through time, three NumPy calls a step."""
        assert isinstance(tape, VanillaTape)
        recurrent = parameters["W"].T
        if tape.transposed is not None:
            np.copyto(tape.transposed, recurrent)
            recurrent = tape.transposed
        dot, add, multiply, carried = np.dot, np.add, np.multiply, tape.carried
        self.function.derivative(tape.hidden, tape.derivative)
        carried.fill(0)
        for dh, derivative, da in zip(
            reversed(tape.d_hidden_steps),
            reversed(tape.derivative_steps),
            reversed(tape.d_projection_steps),
            strict=True,
        ):
            add(dh, carried, dh)
            multiply(dh, derivative, da)
            dot(da, recurrent, carried)
