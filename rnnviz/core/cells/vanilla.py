"""The vanilla (Elman) cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells.base import WHOLE_WINDOW, Cell
from rnnviz.core.cells.layer_tape import LayerTape, backward_steps, blocks
from rnnviz.core.parameters import Array


class VanillaTape(LayerTape):
    """A layer's tape with f'(a_t) for one block of steps.

    Attributes
    ----------
    derivative
        (block, B, H): f'(a_t).
    """

    def __init__(
        self, sequence_length: int, batch_size: int, hidden_size: int, dtype: DTypeLike
    ) -> None:
        shape = (batch_size, hidden_size)
        super().__init__(
            sequence_length,
            batch_size,
            hidden_size,
            {"h": np.zeros((sequence_length + 1, *shape), dtype)},
            np.zeros((sequence_length, *shape), dtype),
            np.zeros((sequence_length, *shape), dtype),
        )
        cut = blocks(sequence_length, 4 * self.d_hidden[0].nbytes)
        self.derivative: Array = np.zeros((cut[0].stop, *shape), dtype)
        sums = self.products.outputs(self.hidden[:, None])
        self.forward_steps = list(
            zip(self.hidden_before, self.hidden, sums, self.projection, strict=True)
        )
        da = self.products.inputs(self.d_projection[:, None])
        self.backward_steps = backward_steps(
            cut, [self.d_hidden, self.d_projection, da], [self.derivative]
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
    arrays_a_step: ClassVar[int] = 4
    ungated: ClassVar[bool] = True

    def __init__(self, hidden_size: int, activation: str) -> None:
        super().__init__(hidden_size, activation)
        self.function = ACTIVATIONS[activation]

    def new_tape(self, sequence_length: int, batch_size: int, dtype: DTypeLike) -> VanillaTape:
        """Make the buffers for windows of T steps of B streams."""
        return VanillaTape(sequence_length, batch_size, self.hidden_size, dtype)

    def forward(self, tape: LayerTape, steps: slice = WHOLE_WINDOW) -> None:
        """Run the recurrence over the window, three NumPy calls a step."""
        assert isinstance(tape, VanillaTape)
        product, weights = tape.products.forward, tape.products.weights
        add, activate = np.add, self.function.apply
        for h_before, h, a, x in tape.forward_steps[steps]:
            product(h_before, weights, a)
            add(h, x, h)
            activate(h, h)

    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Send the gradient back through time, three NumPy calls a step."""
        assert isinstance(tape, VanillaTape)
        tape.products.prepare_backward(parameters["W"])
        product, weights = tape.products.backward, tape.products.transposed
        carried, into = tape.products.carried, tape.products.into
        add, multiply = np.add, np.multiply
        carried.fill(0)
        for block, steps in tape.backward_steps:
            self.function.derivative(tape.hidden[block], tape.derivative[: len(steps)])
            for dh, dx, da, derivative in steps:
                add(dh, carried, dh)
                multiply(dh, derivative, dx)
                product(da, weights, into)

    def jacobian(
        self, parameters: Mapping[str, Array], tape: LayerTape, step: int, stream: int = 0
    ) -> Array:
        """Return ``diag(f'(a_t)) W``."""
        slope: Array = np.empty_like(tape.hidden[step, stream])
        self.function.derivative(tape.hidden[step, stream], slope)
        jacobian: Array = slope[:, None] * parameters["W"].T
        return jacobian
