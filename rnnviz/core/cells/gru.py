"""The gated recurrent unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.core.activations import sigmoid
from rnnviz.core.cells.base import WHOLE_WINDOW, Cell
from rnnviz.core.cells.declaration import GateSpec, ParameterSpec
from rnnviz.core.cells.layer_tape import LayerTape, backward_steps, blocks, planes, rows, sharing
from rnnviz.core.cells.lines import Line, Lines, write_whole
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
        (P, 3, B, H): what is added to W h_{t-1}: half the input's part for r and z, and d.
    factors
        (5, block, B, H): what dL/dh_t is multiplied by for the pre-activations of the product,
        r, z and n, and for what goes on to h_{t-1} past the gates. Each lies in one piece, which
        halves the time they are written in. What comes of it lies in five planes as well, of which
        r, z, n are `d_projection`.
    d_recurrent_rows
        (T*B, 3*H): the gradient of W h_{t-1}, in the order n, r, z.
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
        # One stream's five products are one row in memory, so that its gates are a matrix's row.
        by_stream = np.zeros((sequence_length, batch_size, 5 * hidden_size), dtype)
        super().__init__(
            sequence_length,
            batch_size,
            hidden_size,
            {"h": np.zeros((sequence_length + 1, *shape), dtype)},
            np.zeros((at_once, batch_size, _GATES * hidden_size), dtype),
            by_stream[..., hidden_size:-hidden_size],
            # s(a) = tanh(a/2)/2 + 1/2: what goes into a sigmoid is halved beforehand.
            (0.5, 0.5, 1.0),
        )
        self.gates: Array = np.zeros((sequence_length, _GATES, *shape), dtype)
        # The way back writes where the way there has read.
        self.added: Array = sharing(by_stream, (at_once, _GATES, *shape))
        x = planes(self.projection, _GATES)
        self.x_of_sigmoids, self.added_to_sigmoids = x[:, :2], self.added[:, :2]
        self.candidates: Array = np.zeros((sequence_length, *shape), dtype)
        self.kept = (self.states["h"], self.gates, self.candidates)
        self.nothing: Array = np.zeros(shape, dtype)
        self.half: Array = np.array(0.5, dtype)  # a Python float would be converted at every call
        # W in the order n, r, z; made where it is first filled, for writing needs none.
        self.rotated: Array = np.zeros((0, _GATES * hidden_size), dtype)
        cut = blocks(sequence_length, 15 * self.d_hidden[0].nbytes)
        self.factors: Array = np.zeros((5, cut[0].stop, *shape), dtype)
        self.d_recurrent_rows = rows(by_stream[..., : _GATES * hidden_size])
        gates = self.gates
        self.forward_steps = list(
            zip(
                self.hidden_before,
                self.hidden,
                self.products.outputs(gates),
                gates,
                [self.added[t % at_once] for t in range(sequence_length)],
                gates[:, :2],
                gates[:, 0],
                gates[:, 1],
                gates[:, 2],
                [x[t % at_once, 2] for t in range(sequence_length)],
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
            [np.moveaxis(self.factors, 0, 1)],
        )


class GRUCell(Cell):
    r"""The gated recurrent unit of Cho et al. (2014), its reset gate after the product.

    Its equations stand in `step` and `step_back`, one by one; `forward` and `backward` are those of
    a whole window. ``*`` is the product entry by entry.

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
        "From one h to the one before it, part of the gradient is only multiplied by the "
        "update gate. The gate can stay near 1, and then this part does not vanish."
    )

    def new_tape(
        self, sequence_length: int, batch_size: int, dtype: DTypeLike, at_once: int | None = None
    ) -> GRUTape:
        """Make the buffers for windows of T steps of B streams."""
        at_once = at_once or sequence_length
        return GRUTape(sequence_length, batch_size, self.hidden_size, dtype, at_once)

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
        half = tape.half
        projected = tape.in_projection(steps)
        np.copyto(tape.added_to_sigmoids[projected], tape.x_of_sigmoids[projected])
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
            self._write_factors(tape, block, tape.factors[:, : len(steps)])
            for dh, by_h, past_the_gates, da, factors in steps:
                add(dh, carried, dh)
                add(dh, past_the_gates, dh)
                multiply(dh, factors, by_h)
                product(da, weights, into)

    def step(self, parameters: Mapping[str, Array], x: Array, before: Mapping[str, Array]) -> Lines:
        """Compute the gates, the candidate, and the state that they make."""
        lines, h_before = Lines(), before["h"]
        U, W, b = (self.by_block(parameters, letter) for letter in "UWb")
        a = {
            k: lines.write(
                f"a_{k}",
                f"a_{{{k},t}} = b_{k} + W_{k} h_{{t-1}} + U_{k} x_t",
                b[k] + h_before @ W[k] + x @ U[k],
            )
            for k in ("r", "z")
        }
        r = lines.write("r", "r_t = sigmoid(a_{r,t})", sigmoid(a["r"]))  # what is read of the past
        z = lines.write("z", "z_t = sigmoid(a_{z,t})", sigmoid(a["z"]))  # what is kept of it
        s = lines.write("s", "s_t = d + W_n h_{t-1}", parameters["d"] + h_before @ W["n"])
        a_n = b["n"] + r * s + x @ U["n"]
        lines.write("a_n", "a_{n,t} = b_n + r_t * s_t + U_n x_t", a_n)
        n = lines.write("n", "n_t = tanh(a_{n,t})", np.tanh(a_n))  # the candidate
        lines.write("h", "h_t = (1 - z_t) * n_t + z_t * h_{t-1}", (1 - z) * n + z * h_before)
        return lines

    def step_back(
        self,
        parameters: Mapping[str, Array],
        before: Mapping[str, Array],
        step: Mapping[str, Array],
        arriving: Lines,
    ) -> Lines:
        """Compute the gates' dL/da_t, and what they make of everything before."""
        lines, x, h_before = Lines(), step["x"], before["h"]
        r, z, s, n = (step[name] for name in ("r", "z", "s", "n"))
        dh = write_whole(lines, arriving)
        da_n = dh * (1 - z) * (1 - n * n)
        lines.write("da_n", "dL/da_{n,t} = dL/dh_t * (1 - z_t) * (1 - n_t^2)", da_n)
        da_z = dh * (h_before - n) * z * (1 - z)
        lines.write("da_z", "dL/da_{z,t} = dL/dh_t * (h_{t-1} - n_t) * z_t * (1 - z_t)", da_z)
        da_r = da_n * s * r * (1 - r)
        lines.write("da_r", "dL/da_{r,t} = dL/da_{n,t} * s_t * r_t * (1 - r_t)", da_r)
        ds = lines.write("ds", "dL/ds_t = dL/da_{n,t} * r_t", da_n * r)
        d = np.concatenate([da_r, da_z, da_n], axis=-1)
        inside = np.concatenate([da_r, da_z, ds], axis=-1)
        U, W = parameters["U"], parameters["W"]
        lines.add(Line("dU", "dL/dU_k += dL/da_{k,t} x_t^T for k = r, z, n", (x, d)))
        added = "dL/dW_k += dL/da_{k,t} h_{t-1}^T for k = r, z; dL/dW_n += dL/ds_t h_{t-1}^T"
        lines.add(Line("dW", added, (h_before, inside)))
        lines.write("db", "dL/db_k += dL/da_{k,t} for k = r, z, n", d.sum(axis=0))
        lines.write("dd", "dL/dd += dL/ds_t", ds.sum(axis=0))
        lines.write("dx", "dL/dx_t = sum of U_k^T dL/da_{k,t} over k = r, z, n", d @ U.T)
        lines.write(
            "dh_before",
            "(dL/dh_{t-1} from t) = z_t * dL/dh_t + W_r^T dL/da_{r,t} + W_z^T dL/da_{z,t} "
            "+ W_n^T dL/ds_t",
            z * dh + inside @ W.T,
        )
        return lines

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
        inside, to_r, to_z, to_n, past = factors
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
