"""The gated recurrent unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.core.cells.base import WHOLE_WINDOW, Cell
from rnnviz.core.cells.declaration import GateSpec, ParameterSpec
from rnnviz.core.cells.layer_tape import LayerTape, backward_steps, blocks, planes, rows, sharing
from rnnviz.core.parameters import Array

_GATES = 3


class GRUTape(LayerTape):
    """A layer's tape with the gates, and what the backward pass multiplies and writes a step.

    Attributes
    ----------
    gates
        (T, 3, B, H): r, z and the product d + W_n h_{t-1} that r scales.
    candidates
        (T, B, H): n.
    added
        (T, 3, B, H): what is added to W h_{t-1}: half the input's part for r and z, and d.
    factors
        (block, 5, B, H): what dL/dh_t is multiplied by for the pre-activations of the product,
        r, z and n, and for what goes on to h_{t-1} past the gates. What comes of it lies in five
        planes as well, of which r, z, n are `d_projection`.
    d_recurrent_rows
        (T*B, 3*H): the gradient of W h_{t-1}, in the order n, r, z.
    """

    def __init__(
        self, sequence_length: int, batch_size: int, hidden_size: int, dtype: DTypeLike
    ) -> None:
        shape = (batch_size, hidden_size)
        # One stream's five products are one row in memory, so that its gates are a matrix's row.
        by_stream = np.zeros((sequence_length, batch_size, 5 * hidden_size), dtype)
        steps = (sequence_length, batch_size)
        super().__init__(
            sequence_length,
            batch_size,
            hidden_size,
            {"h": np.zeros((sequence_length + 1, *shape), dtype)},
            np.zeros((*steps, _GATES * hidden_size), dtype),
            by_stream[..., hidden_size:-hidden_size],
            # s(a) = tanh(a/2)/2 + 1/2: what goes into a sigmoid is halved beforehand.
            (0.5, 0.5, 1.0),
        )
        self.gates: Array = np.zeros((sequence_length, _GATES, *shape), dtype)
        # The way back writes where the way there has read.
        self.added: Array = sharing(by_stream, self.gates.shape)
        x = planes(self.projection, _GATES)
        self.x_of_sigmoids, self.added_to_sigmoids = x[:, :2], self.added[:, :2]
        self.candidates: Array = np.zeros((sequence_length, *shape), dtype)
        self.kept = (self.states["h"], self.gates, self.candidates)
        self.nothing: Array = np.zeros(shape, dtype)
        # W in the order n, r, z; made where it is first filled, for writing needs none.
        self.rotated: Array = np.zeros((0, _GATES * hidden_size), dtype)
        cut = blocks(sequence_length, 15 * self.d_hidden[0].nbytes)
        self.factors: Array = np.zeros((cut[0].stop, 5, *shape), dtype)
        self.d_recurrent_rows = rows(by_stream[..., : _GATES * hidden_size])
        gates = self.gates
        self.forward_steps = list(
            zip(
                self.hidden_before,
                self.hidden,
                self.products.outputs(gates),
                gates,
                self.added,
                gates[:, :2],
                gates[:, 0],
                gates[:, 1],
                gates[:, 2],
                x[:, 2],
                self.candidates,
                strict=True,
            )
        )
        by_plane = planes(by_stream, 5)
        self.backward_steps = backward_steps(
            cut,
            [
                self.d_hidden,
                by_plane,
                [*by_plane[1:, 4], self.nothing],
                self.products.inputs(by_plane[:, :3]),
            ],
            [self.factors],
        )


class GRUCell(Cell):
    r"""The gated recurrent unit of Cho et al. (2014), its reset gate after the product.

    Forward, ``*`` being the product entry by entry and s the logistic sigmoid::

        r_t = s(b_r + W_r h_{t-1} + U_r x_t)                 what is read of the past
        z_t = s(b_z + W_z h_{t-1} + U_z x_t)                 what is kept of it
        n_t = tanh(b_n + r_t * (d + W_n h_{t-1}) + U_n x_t)  the candidate
        h_t = (1 - z_t) * n_t + z_t * h_{t-1}

    Backward::

        dL/dh_t = (from above)_t + dL/dh_{t+1} * z_{t+1}
                  + W_r^T dL/da_r + W_z^T dL/da_z + W_n^T (dL/da_n * r), all at t+1
        dL/da_n = dL/dh_t * (1 - z_t) * (1 - n_t^2)
        dL/da_z = dL/dh_t * (h_{t-1} - n_t) * z_t * (1 - z_t)
        dL/da_r = dL/da_n * (d + W_n h_{t-1}) * r_t * (1 - r_t)

    The gates lie in PyTorch's order r, z, n.
    """

    name: ClassVar[str] = "gru"
    title: ClassVar[str] = "GRU"
    arrays_a_step: ClassVar[int] = 14
    adds_the_products: ClassVar[bool] = False
    gates: ClassVar[tuple[GateSpec, ...]] = (
        GateSpec("r", "reset gate"),
        GateSpec("z", "update gate"),
        GateSpec("n", "candidate", is_sigmoid=False),
    )
    blocks: ClassVar[tuple[str, ...]] = ("r", "z", "n")
    parameters: ClassVar[tuple[ParameterSpec, ...]] = (
        *Cell.parameters,
        ParameterSpec("d", "recurrent bias", "bias_hh", blocks=("n",), tensor_blocks=blocks),
    )
    way_back: ClassVar[str] = (
        "From one h to the one before there is a way on which the gradient is only multiplied by "
        "the update gate, which can stay near 1: this is the way round the vanishing."
    )

    def new_tape(self, sequence_length: int, batch_size: int, dtype: DTypeLike) -> GRUTape:
        """Make the buffers for windows of T steps of B streams."""
        return GRUTape(sequence_length, batch_size, self.hidden_size, dtype)

    def prepare(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Copy `d` as well."""
        assert isinstance(tape, GRUTape)
        super().prepare(parameters, tape)
        np.copyto(tape.added[:, 2], parameters["d"])

    def forward(self, tape: LayerTape, steps: slice = WHOLE_WINDOW) -> None:
        """Run the recurrence over the window, eleven NumPy calls a step."""
        assert isinstance(tape, GRUTape)
        product, weights = tape.products.forward, tape.products.weights
        add, multiply, subtract, tanh = np.add, np.multiply, np.subtract, np.tanh
        half = np.array(0.5, weights.dtype)  # a Python float would be converted at every call
        multiply(tape.x_of_sigmoids[steps], half, out=tape.added_to_sigmoids[steps])
        for h_before, h, product_of_h, a, added, s, r, z, scaled, x, n in tape.forward_steps[steps]:
            product(h_before, weights, product_of_h)
            add(a, added, a)
            tanh(s, s)
            multiply(s, half, s)
            add(s, half, s)
            multiply(r, scaled, n)
            add(n, x, n)
            tanh(n, n)
            subtract(h_before, n, h)
            multiply(z, h, h)
            add(n, h, h)

    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Send the gradient back through time, four NumPy calls a step."""
        assert isinstance(tape, GRUTape)
        split = 2 * self.hidden_size
        if not tape.rotated.size:
            tape.rotated = np.zeros_like(parameters["W"])
        tape.rotated[:, : self.hidden_size] = parameters["W"][:, split:]
        tape.rotated[:, self.hidden_size :] = parameters["W"][:, :split]
        tape.products.prepare_backward(tape.rotated)
        product, weights = tape.products.backward, tape.products.transposed
        carried, into = tape.products.carried, tape.products.into
        add, multiply = np.add, np.multiply
        carried.fill(0)
        for block, steps in tape.backward_steps:
            self._write_factors(tape, block, tape.factors[: len(steps)])
            for dh, by_h, past_the_gates, da, factors in steps:
                add(dh, carried, dh)
                add(dh, past_the_gates, dh)
                multiply(dh, factors, by_h)
                product(da, weights, into)

    def jacobian(
        self, parameters: Mapping[str, Array], tape: LayerTape, step: int, stream: int = 0
    ) -> Array:
        """Return dh_t/dh_{t-1}: what z keeps, and what goes through the three gates."""
        assert isinstance(tape, GRUTape)
        (r, z, scaled), n = tape.gates[step, :, stream], tape.candidates[step, stream]
        W_r, W_z, W_n = np.split(parameters["W"].T, _GATES)
        h_before = tape.hidden_before[step, stream]
        to_n = (1 - z) * (1 - n * n)
        jacobian: Array = (
            np.diag(z)
            + ((h_before - n) * z * (1 - z))[:, None] * W_z
            + (to_n * r)[:, None] * W_n
            + (to_n * scaled * r * (1 - r))[:, None] * W_r
        )
        return jacobian

    def gate_activations(self, tape: LayerTape) -> Mapping[str, Array]:
        """Return r, z, n."""
        assert isinstance(tape, GRUTape)
        return {"r": tape.gates[:, 0], "z": tape.gates[:, 1], "n": tape.candidates}

    def recurrent_gradients(self, tape: LayerTape, gradients: Mapping[str, Array]) -> None:
        """Write dW and dd: the candidate's part is the gradient inside the reset product."""
        assert isinstance(tape, GRUTape)
        size = self.hidden_size
        d_recurrent = tape.d_recurrent_rows
        d_weights = np.matmul(tape.hidden_before_rows.T, d_recurrent, out=tape.rotated)
        gradients["W"][:, : 2 * size] = d_weights[:, size:]
        gradients["W"][:, 2 * size :] = d_weights[:, :size]
        np.add.reduce(d_recurrent[:, :size], axis=0, out=gradients["d"])

    def _write_factors(self, tape: GRUTape, block: slice, factors: Array) -> None:
        """Write what does not depend on the recurrence, for a block of steps at once."""
        gates, candidates = tape.gates[block], tape.candidates[block]
        resets, updates, scaled = gates[:, 0], gates[:, 1], gates[:, 2]
        multiply, subtract = np.multiply, np.subtract
        one = np.array(1.0, gates.dtype)
        inside, to_r, to_z, to_n, past = (factors[:, plane] for plane in range(5))
        # to n: (1 - z) (1 - n^2)
        subtract(one, updates, past)
        multiply(candidates, candidates, to_n)
        subtract(one, to_n, to_n)
        multiply(past, to_n, to_n)
        # to z: (h_before - n) z (1 - z)
        subtract(tape.hidden_before[block], candidates, to_z)
        multiply(to_z, updates, to_z)
        multiply(to_z, past, to_z)
        # inside the reset product: (to n) r; to r: the same times (1 - r) and what r scales
        multiply(to_n, resets, inside)
        subtract(one, resets, to_r)
        multiply(to_r, scaled, to_r)
        multiply(to_r, inside, to_r)
        np.copyto(past, updates)
