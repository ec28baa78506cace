"""The long short-term memory cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.core.activations import sigmoid
from rnnviz.core.cells.base import WHOLE_WINDOW, Cell
from rnnviz.core.cells.declaration import HIDDEN, GateSpec, StateSpec
from rnnviz.core.cells.layer_tape import LayerTape, backward_steps, blocks, planes, sharing
from rnnviz.core.cells.lines import Line, Lines, write_whole
from rnnviz.core.parameters import Array

_GATES = 4


class LSTMTape(LayerTape):
    """A layer's tape with the gates, and what the backward pass multiplies and writes a step.

    What is used together lies together, so that one call works on several planes of (B, H).

    Attributes
    ----------
    gates
        (T+1, 5, B, H): o, i, f, g of step t, and the cell state c_{t-1} that they meet.
    factors
        (block, 6, B, H): what dL/dh_t is multiplied by for its part of dL/dc_t and for o's
        pre-activation, and dL/dc_t for those of i, f, g and for what goes on to c_{t-1}. What
        comes of it lies in six planes as well: dL/dc_t, o, i, f, g (`d_projection`), and the last.
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
        self.gates: Array = np.zeros((sequence_length + 1, 5, *shape), dtype)
        # One stream's six products are one row in memory, so that its gates are a matrix's row.
        by_stream = np.zeros((sequence_length, batch_size, 6 * hidden_size), dtype)
        by_plane = planes(by_stream, 6)
        # The way back writes where the way there has read.
        projection = sharing(by_stream, (at_once, batch_size, _GATES * hidden_size))
        super().__init__(
            sequence_length,
            batch_size,
            hidden_size,
            {
                "h": np.zeros((sequence_length + 1, *shape), dtype),
                "c": self.gates[:, 4],
            },
            projection,
            by_stream[..., hidden_size:-hidden_size],
            # s(a) = tanh(a/2)/2 + 1/2: what goes into a sigmoid is halved beforehand.
            (0.5, 0.5, 0.5, 1.0),
        )
        self.d_states["c"] = by_plane[:, 0]
        self.kept = (self.gates,)
        self.both: Array = np.zeros((2, *shape), dtype)
        self.nothing: Array = np.zeros(shape, dtype)
        self.half: Array = np.array(0.5, dtype)  # a Python float would be converted at every call
        cut = blocks(sequence_length, 20 * self.d_hidden[0].nbytes)
        self.factors: Array = np.zeros((cut[0].stop, 6, *shape), dtype)
        gates = self.gates
        self.forward_steps = list(
            zip(
                self.hidden_before,
                self.hidden,
                self.products.outputs(gates[:-1, :4]),
                gates[:-1, :4],
                [planes(x, _GATES) for x in self.projected],
                gates[:-1, :3],
                gates[:-1, 0],
                gates[:-1, 1:3],
                gates[:-1, 3:5],
                gates[1:, 4],
                strict=True,
            )
        )
        self.backward_steps = backward_steps(
            cut,
            [
                self.d_hidden,
                by_plane[:, 0],
                by_plane[:, 1],
                by_plane[:, 2:],
                [*by_plane[1:, 5], self.nothing],
                self.products.inputs(by_plane[:, 1:5]),
            ],
            [self.factors[:, 0], self.factors[:, 1], self.factors[:, 2:]],
        )


class LSTMCell(Cell):
    r"""The long short-term memory of Hochreiter & Schmidhuber (1997) with forget gates.

    Its equations stand in `step` and `step_back`, one by one; `forward` and `backward` are those of
    a whole window. ``*`` is the product entry by entry.

    The gates lie in the order o, i, f, g: the three sigmoids side by side, and g beside the cell
    state, so that ``[i, f] * [g, c]`` is one call. Model files have PyTorch's order i, f, g, o.
    """

    name: ClassVar[str] = "lstm"
    title: ClassVar[str] = "LSTM"
    arrays_a_step: ClassVar[int] = 13
    states: ClassVar[tuple[StateSpec, ...]] = (
        HIDDEN,
        StateSpec("c", "cell state", is_bounded=False),
    )
    gates: ClassVar[tuple[GateSpec, ...]] = (
        GateSpec("i", "input gate"),
        GateSpec("f", "forget gate"),
        GateSpec("g", "candidate", is_sigmoid=False),
        GateSpec("o", "output gate"),
    )
    blocks: ClassVar[tuple[str, ...]] = ("o", "i", "f", "g")
    uses_forget_bias: ClassVar[bool] = True
    way_back: ClassVar[str] = (
        "The second curve belongs to the cell state c. From one c to the one before it, part "
        "of the gradient is only multiplied by the forget gate. The gate can stay near 1, and "
        "then this part does not vanish."
    )

    def initial_bias(self, forget_bias: float) -> Array:
        """Return zeros, and `forget_bias` for the forget gate: at 1 it begins by keeping."""
        bias = np.zeros((_GATES, self.hidden_size))
        bias[self.blocks.index("f")] = forget_bias
        return bias.reshape(-1)

    def new_tape(
        self, sequence_length: int, batch_size: int, dtype: DTypeLike, at_once: int | None = None
    ) -> LSTMTape:
        """Make the buffers for windows of T steps of B streams."""
        at_once = at_once or sequence_length
        return LSTMTape(sequence_length, batch_size, self.hidden_size, dtype, at_once)

    def forward(self, tape: LayerTape, steps: slice = WHOLE_WINDOW) -> None:
        """Run the recurrence over the window, nine NumPy calls a step."""
        assert isinstance(tape, LSTMTape)
        product, weights = tape.products.forward, tape.products.weights
        add, multiply, tanh, both = np.add, np.multiply, np.tanh, tape.both
        let_in, kept = both
        half = tape.half
        for h_before, h, product_of_h, a, x, s, o, i_f, g_c, c in tape.forward_steps[steps]:
            product(h_before, weights, product_of_h)
            add(a, x, a)
            tanh(a, a)
            multiply(s, half, s)
            add(s, half, s)
            multiply(i_f, g_c, both)
            add(let_in, kept, c)
            tanh(c, h)
            multiply(o, h, h)

    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Send the gradient back through time, six NumPy calls a step."""
        assert isinstance(tape, LSTMTape)
        tape.products.prepare_backward(parameters["W"])
        product, weights = tape.products.backward, tape.products.transposed
        carried, into = tape.products.carried, tape.products.into
        add, multiply = np.add, np.multiply
        carried.fill(0)
        for block, steps in tape.backward_steps:
            self._write_factors(tape, block, tape.factors[: len(steps)])
            for dh, dc, da_o, by_c, from_later, da, h_to_c, h_to_o, c_factors in steps:
                add(dh, carried, dh)
                multiply(dh, h_to_c, dc)
                multiply(dh, h_to_o, da_o)
                add(dc, from_later, dc)
                multiply(dc, c_factors, by_c)
                product(da, weights, into)

    def step(self, parameters: Mapping[str, Array], x: Array, before: Mapping[str, Array]) -> Lines:
        """Compute the gates, and the states that they make."""
        lines, h_before, c_before = Lines(), before["h"], before["c"]
        U, W, b = (self.by_block(parameters, letter) for letter in "UWb")
        a = {
            k: lines.write(
                f"a_{k}",
                f"a_{{{k},t}} = b_{k} + W_{k} h_{{t-1}} + U_{k} x_t",
                b[k] + h_before @ W[k] + x @ U[k],
            )
            for k in ("i", "f", "g", "o")
        }
        i = lines.write("i", "i_t = sigmoid(a_{i,t})", sigmoid(a["i"]))  # what is let in
        f = lines.write("f", "f_t = sigmoid(a_{f,t})", sigmoid(a["f"]))  # what is kept
        g = lines.write("g", "g_t = tanh(a_{g,t})", np.tanh(a["g"]))  # the candidate
        o = lines.write("o", "o_t = sigmoid(a_{o,t})", sigmoid(a["o"]))  # what is shown
        c = lines.write("c", "c_t = f_t * c_{t-1} + i_t * g_t", f * c_before + i * g)
        lines.write("h", "h_t = o_t * tanh(c_t)", o * np.tanh(c))
        return lines

    def step_back(
        self,
        parameters: Mapping[str, Array],
        before: Mapping[str, Array],
        step: Mapping[str, Array],
        arriving: Lines,
    ) -> Lines:
        """Compute dL/dc_t, the gates' dL/da_t, and what they make of everything before."""
        lines, x, h_before, c_before = Lines(), step["x"], before["h"], before["c"]
        i, f, g, o, squashed = (*(step[k] for k in ("i", "f", "g", "o")), np.tanh(step["c"]))
        dh = write_whole(lines, arriving)
        dc = lines.write(
            "dc",
            "dL/dc_t = dL/dh_t * o_t * (1 - tanh(c_t)^2) + (dL/dc_t from t+1)",
            dh * o * (1 - squashed * squashed) + arriving["dc_later"],
        )
        da = {
            "o": ("dL/dh_t * tanh(c_t) * o_t * (1 - o_t)", dh * squashed * o * (1 - o)),
            "i": ("dL/dc_t * g_t * i_t * (1 - i_t)", dc * g * i * (1 - i)),
            "f": ("dL/dc_t * c_{t-1} * f_t * (1 - f_t)", dc * c_before * f * (1 - f)),
            "g": ("dL/dc_t * i_t * (1 - g_t^2)", dc * i * (1 - g * g)),
        }
        for k, (equation, value) in da.items():
            lines.write(f"da_{k}", f"dL/da_{{{k},t}} = {equation}", value)
        d = np.concatenate([da[k][1] for k in self.blocks], axis=-1)
        U, W = parameters["U"], parameters["W"]
        lines.add(Line("dU", "dL/dU_k += dL/da_{k,t} x_t^T for k = i, f, g, o", (x, d)))
        added = "dL/dW_k += dL/da_{k,t} h_{t-1}^T for k = i, f, g, o"
        lines.add(Line("dW", added, (h_before, d)))
        lines.write("db", "dL/db_k += dL/da_{k,t} for k = i, f, g, o", d.sum(axis=0))
        lines.write("dx", "dL/dx_t = sum of U_k^T dL/da_{k,t} over k = i, f, g, o", d @ U.T)
        lines.write(
            "dh_before",
            "(dL/dh_{t-1} from t) = sum of W_k^T dL/da_{k,t} over k = i, f, g, o",
            d @ W.T,
        )
        lines.write("dc_before", "(dL/dc_{t-1} from t) = dL/dc_t * f_t", dc * f)
        return lines

    def jacobian(
        self, parameters: Mapping[str, Array], tape: LayerTape, step: int, stream: int = 0
    ) -> Array:
        """Return the derivatives of h_t and c_t by h_{t-1} and c_{t-1}: four blocks (H, H)."""
        assert isinstance(tape, LSTMTape)
        o, i, f, g, c_before = tape.gates[step, :, stream]
        squashed = np.tanh(tape.states["c"][step + 1, stream])
        W_o, W_i, W_f, W_g = np.split(parameters["W"].T, _GATES)
        c_to_h = o * (1 - squashed * squashed)
        dc_dh = (
            (g * i * (1 - i))[:, None] * W_i
            + (c_before * f * (1 - f))[:, None] * W_f
            + (i * (1 - g * g))[:, None] * W_g
        )
        dh_dh = (squashed * o * (1 - o))[:, None] * W_o + c_to_h[:, None] * dc_dh
        return np.block([[dh_dh, np.diag(c_to_h * f)], [dc_dh, np.diag(f)]])

    def gate_activations(self, tape: LayerTape) -> Mapping[str, Array]:
        """Return i, f, g, o."""
        assert isinstance(tape, LSTMTape)
        return {gate.name: tape.gates[:-1, self.blocks.index(gate.name)] for gate in self.gates}

    def _write_factors(self, tape: LSTMTape, block: slice, factors: Array) -> None:
        """Write what does not depend on the recurrence, for a block of steps at once."""
        gates, cells = tape.gates[block], tape.states["c"][1:][block]
        sigmoids, outputs = gates[:, :3], gates[:, 0]
        inputs, forgets, candidates = gates[:, 1], gates[:, 2], gates[:, 3]
        multiply, subtract = np.multiply, np.subtract
        one = np.array(1.0, gates.dtype)
        squashed, to_c = factors[:, 5], factors[:, 0]
        np.tanh(cells, squashed)
        # dc/dh = o (1 - tanh(c)^2)
        multiply(squashed, squashed, to_c)
        subtract(one, to_c, to_c)
        multiply(outputs, to_c, to_c)
        # s (1 - s) for o, i and f, times what each gate lets through
        slopes = factors[:, 1:4]
        subtract(one, sigmoids, slopes)
        multiply(slopes, sigmoids, slopes)
        multiply(slopes[:, 0], squashed, slopes[:, 0])
        multiply(slopes[:, 1:], gates[:, 3:5], slopes[:, 1:])
        # i (1 - g^2)
        to_g = factors[:, 4]
        multiply(candidates, candidates, to_g)
        subtract(one, to_g, to_g)
        multiply(inputs, to_g, to_g)
        np.copyto(factors[:, 5], forgets)
