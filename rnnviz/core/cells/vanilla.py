"""The vanilla (Elman) cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells.base import WHOLE_WINDOW, Cell
from rnnviz.core.cells.layer_tape import LayerTape, backward_steps, blocks
from rnnviz.core.cells.lines import Line, Lines, write_whole
from rnnviz.core.parameters import Array


class VanillaTape(LayerTape):
    """A layer's tape with f'(a_t) for one block of steps.

    Attributes
    ----------
    derivative
        (block, B, H): f'(a_t).
    """

    def __init__(
        self,
        sequence_length: int,
        batch_size: int,
        hidden_size: int,
        dtype: DTypeLike,
        at_once: int,
    ) -> None:
        shape = (batch_size, hidden_size)
        super().__init__(
            sequence_length,
            batch_size,
            hidden_size,
            {"h": np.zeros((sequence_length + 1, *shape), dtype)},
            np.zeros((at_once, *shape), dtype),
            np.zeros((sequence_length, *shape), dtype),
        )
        cut = blocks(sequence_length, 4 * self.d_hidden[0].nbytes)
        self.derivative: Array = np.zeros((cut[0].stop, *shape), dtype)
        sums = self.products.outputs(self.hidden[:, None])
        self.forward_steps = list(
            zip(self.hidden_before, self.hidden, sums, self.projected, strict=True)
        )
        da = self.products.inputs(self.d_projection[:, None])
        self.backward_steps = backward_steps(
            cut, [self.d_hidden, self.d_projection, da], [self.derivative]
        )


class VanillaCell(Cell):
    r"""The recurrence of Elman (1990) with tanh, or with ReLU.

    Its equations stand in `step` and `step_back`, one by one; `forward` and `backward` are those of
    a whole window.

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

    def new_tape(
        self, sequence_length: int, batch_size: int, dtype: DTypeLike, at_once: int | None = None
    ) -> VanillaTape:
        """Make the buffers for windows of T steps of B streams."""
        at_once = at_once or sequence_length
        return VanillaTape(sequence_length, batch_size, self.hidden_size, dtype, at_once)

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

    def step(self, parameters: Mapping[str, Array], x: Array, before: Mapping[str, Array]) -> Lines:
        """Compute a_t and h_t."""
        lines = Lines()
        U, W, b = (parameters[letter] for letter in "UWb")
        a = lines.write("a", "a_t = b + W h_{t-1} + U x_t", b + before["h"] @ W + x @ U)
        h: Array = np.empty_like(a)
        self.function.apply(a, h)
        lines.write("h", f"h_t = {self.activation}(a_t)", h)
        return lines

    def step_back(
        self,
        parameters: Mapping[str, Array],
        before: Mapping[str, Array],
        step: Mapping[str, Array],
        arriving: Lines,
    ) -> Lines:
        """Compute dL/da_t, and what it makes of everything before."""
        lines = Lines()
        dh = write_whole(lines, arriving)
        slope: Array = np.empty_like(step["h"])
        self.function.derivative(step["h"], slope)
        lines.write("slope", f"f'(a_t) = {self.function.slope}", slope)
        da = lines.write("da", "dL/da_t = f'(a_t) * dL/dh_t", slope * dh)
        x, h_before, U, W = step["x"], before["h"], parameters["U"], parameters["W"]
        lines.add(Line("dU", "dL/dU += dL/da_t x_t^T", (x, da)))
        lines.add(Line("dW", "dL/dW += dL/da_t h_{t-1}^T", (h_before, da)))
        lines.write("db", "dL/db += dL/da_t", da.sum(axis=0))
        lines.write("dx", "dL/dx_t = U^T dL/da_t", da @ U.T)
        lines.write("dh_before", "(dL/dh_{t-1} from t) = W^T dL/da_t", da @ W.T)
        return lines

    def jacobian(
        self, parameters: Mapping[str, Array], tape: LayerTape, step: int, stream: int = 0
    ) -> Array:
        """Return ``diag(f'(a_t)) W``."""
        slope: Array = np.empty_like(tape.hidden[step, stream])
        self.function.derivative(tape.hidden[step, stream], slope)
        jacobian: Array = slope[:, None] * parameters["W"].T
        return jacobian
