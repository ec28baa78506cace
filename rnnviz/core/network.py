"""A stack of recurrent layers between a vocabulary and itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import LayerTape
from rnnviz.core.cells.layer_tape import rows
from rnnviz.core.initialization import INITIALIZATIONS
from rnnviz.core.parameters import Array, ParameterVector
from rnnviz.core.sparse_rows import ONE_HOT_LIMIT, SHORT_WINDOW, SparseRows
from rnnviz.core.tape import Inputs, NetworkTape, State


class Network:
    """A recurrent network over tokens or numbers: embed, recur, predict.

    Parameters
    ----------
    architecture
        Sizes and kinds.
    dtype
        float32 for training, float64 for gradient checks; one code path.
    parameters
        Of this architecture and dtype, to be used as they are; else zeros.

    Notes
    -----
    Where the rows of a matrix lie apart, ``np.matmul`` is used, for ``np.dot`` would copy it.

    ``forward``, the loss (``rnnviz.core.loss``), ``backward``, clipping and updating are five
    separate steps, so that what is plotted is what happened. The tape holds everything that
    belongs to a window; the network itself holds only its parameters.
    """

    def __init__(
        self,
        architecture: Architecture,
        dtype: DTypeLike = np.float32,
        parameters: ParameterVector | None = None,
    ) -> None:
        self.architecture = architecture
        self.dtype = np.dtype(dtype)
        self.cells = architecture.make_cells()
        if parameters is None:
            parameters = ParameterVector(architecture.parameter_shapes(), self.dtype)
        self.parameters = parameters
        self._recurrent_names = [
            {name: f"{name}{number}" for name in cell.recurrent_shapes()}
            for number, cell in zip(self.layer_numbers, self.cells, strict=True)
        ]
        self._recurrent = [self._recurrent_views(self.parameters, n) for n in self.layer_numbers]

    def __reduce__(self) -> tuple[type[Network], tuple[object, ...]]:
        """Have copies and pickles carry the parameters once: views are made again from them."""
        return Network, (self.architecture, self.dtype, self.parameters)

    @property
    def vocab_size(self) -> int:
        """How many tokens the network knows, or how many numbers it reads at a time step."""
        return self.architecture.vocab_size

    @property
    def output_size(self) -> int:
        """How many numbers it puts out at every time step."""
        return self.architecture.output_size

    @property
    def hidden_size(self) -> int:
        """How many units each layer has."""
        return self.architecture.hidden_size

    @property
    def num_layers(self) -> int:
        """How many layers are stacked."""
        return len(self.cells)

    @property
    def layer_numbers(self) -> range:
        """The layers' numbers as parameter names carry them, from 1."""
        return range(1, len(self.cells) + 1)

    def initialize(
        self, scheme: str, gain: float, rng: np.random.Generator, forget_bias: float = 1.0
    ) -> None:
        """Draw every matrix afresh, and have every bias begin as its cell says, or at zero.

        Parameters
        ----------
        scheme
            A key of ``rnnviz.core.initialization.INITIALIZATIONS``.
        gain
            Factor on the recurrent matrices for the orthogonal and identity schemes; the others
            ignore it.
        rng
            Draws the matrices.
        forget_bias
            What forget gates' biases begin with.
        """
        recurrent, tokens, others = INITIALIZATIONS[scheme]
        recurrent_names = {name for names in self._recurrent_names for name in names.values()}
        for name, view in self.parameters.items():
            if view.ndim == 1:
                view.fill(0)
            elif name in recurrent_names:
                factor = gain if scheme in ("orthogonal", "identity") else 1.0
                view[...] = factor * recurrent(view.shape, rng)
            else:
                view[...] = (tokens if name == "U1" else others)(view.shape, rng)
        for number, cell in zip(self.layer_numbers, self.cells, strict=True):
            self.parameters[f"b{number}"][:] = cell.initial_bias(forget_bias)

    def zero_state(self, batch_size: int) -> State:
        """Return the state of a network that has read nothing: zeros, (B, H) a layer."""
        return [
            {
                name: np.zeros((batch_size, self.hidden_size), self.dtype)
                for name in cell.state_names()
            }
            for cell in self.cells
        ]

    def new_tape(self, sequence_length: int, batch_size: int) -> NetworkTape:
        """Make the buffers for windows of T steps of B streams."""
        return NetworkTape(self.architecture, self.cells, self.dtype, sequence_length, batch_size)

    def prepare(self, tape: NetworkTape) -> None:
        """Copy the weights onto the tape in the layouts that the forward pass reads."""
        for cell, layer, recurrent in zip(self.cells, tape.layers, self._recurrent, strict=True):
            cell.prepare(recurrent, layer)
        if tape.table is not None:
            np.add(self.parameters["U1"], self.parameters["b1"], out=tape.table)
            tape.layers[0].rescale(tape.table)

    def forward(
        self, inputs: Inputs, state: State, tape: NetworkTape, *, prepared: bool = False
    ) -> None:
        """Read a window: fill the tape's states and logits.

        Parameters
        ----------
        inputs
            (T, B) token ids, or (T, B, n) numbers.
        state
            The state before the window, one dict of (B, H) a layer; may be views of this tape.
        tape
            Made by `new_tape` with this T and B.
        prepared
            Whether `prepare` was called for this tape since the weights last changed and since its
            last backward pass; who only reads, window after window, saves the copies.

        Raises
        ------
        ValueError
            Where `inputs` or `state` has not the tape's shape.
        """
        tape.set_inputs(inputs)
        tape.set_initial_state(state)
        if not prepared:
            self.prepare(tape)
        self.read(tape)

    def read(self, tape: NetworkTape) -> None:
        """Do the forward pass on a prepared tape, from the inputs and first states it holds."""
        self.read_states(tape)
        np.dot(tape.output_rows, self.parameters["V"], out=tape.logit_rows)
        np.add(tape.logit_rows, self.parameters["c"], out=tape.logit_rows)

    def read_states(self, tape: NetworkTape) -> None:
        """Do what `read` does as far as the states; who wants no prediction saves its price."""
        for index, (cell, layer) in enumerate(zip(self.cells, tape.layers, strict=True)):
            if index == 0 and not self.architecture.reads_numbers:
                for steps, tokens, projection in tape.token_blocks:
                    self._project(tokens, tape, projection)
                    cell.forward(layer, steps)
            else:
                if index == 0:
                    tape.read_numbers()
                else:
                    read = tape.read(index)
                factors = tape.factors[index]
                assert factors is not None
                weights = self.parameters.stacked(f"U{index + 1}", f"b{index + 1}")
                np.matmul(rows(factors)[:, : len(weights)], weights, out=layer.projection_rows)
                layer.rescale(layer.projection_rows)
                cell.forward(layer)
            if self.architecture.residual and index > 0:
                np.add(layer.hidden, read, out=tape.outputs[index])

    def _project(self, tokens: Inputs, tape: NetworkTape, out: Array) -> None:
        """Write the first layer's ``U x + b``: rows of U, for a token is a one-hot vector."""
        if tape.table is not None:
            tape.table.take(tokens, axis=0, out=out, mode="clip")
            return
        self.parameters["U1"].take(tokens, axis=0, out=out, mode="clip")
        np.add(out, self.parameters["b1"], out=out)
        tape.layers[0].rescale(out)

    def backward_through_time(self, tape: NetworkTape) -> None:
        """Send `tape.d_logits` down and back: complete every layer's dL/dh_t and dL/da_t."""
        top = tape.layers[-1]
        weights = self.parameters["V"]
        if len(tape.d_logit_rows) > SHORT_WINDOW:
            np.dot(tape.d_logit_rows, weights.T, out=top.d_hidden_rows)
        elif self.output_size > ONE_HOT_LIMIT:
            # 18 % faster than the other way round, at 25 tokens and a vocabulary of 500 to 8,000.
            np.copyto(top.d_hidden_rows, np.dot(weights, tape.d_logit_rows.T).T)
        else:
            # 6.1 for 7.4 us at 25 tokens and a vocabulary of 65, the copy included.
            np.dot(tape.d_logit_rows, weights.T.copy(), out=top.d_hidden_rows)
        self.backward_through_layers(tape.layers, tape.dropout_masks, tape.d_passed)

    def backward_through_layers(
        self,
        layers: Sequence[LayerTape],
        dropout_masks: Sequence[Array | None],
        d_passed: Array | None,
    ) -> None:
        """Send the gradient that the uppermost layer's `d_hidden` holds back and down.

        Parameters
        ----------
        layers, dropout_masks, d_passed
            As in a `NetworkTape`; the last one may be left out where no layer passes by what it
            reads.
        """
        for index in range(self.num_layers - 1, -1, -1):
            layer = layers[index]
            if d_passed is not None and index > 0:
                np.copyto(d_passed, layer.d_hidden)
            self.cells[index].backward(self._recurrent[index], layer)
            if index == 0:
                return
            below, mask = layers[index - 1].d_hidden, dropout_masks[index - 1]
            weights = self.parameters[f"U{index + 1}"]
            np.matmul(layer.d_projection_rows, weights.T, out=rows(below))
            if d_passed is not None:
                np.add(below, d_passed, out=below)
            if mask is not None:
                np.multiply(below, mask, out=below)

    def backward(self, tape: NetworkTape, gradients: ParameterVector) -> None:
        """Write the true gradient of the loss for every parameter into `gradients`.

        Parameters
        ----------
        tape
            After `forward`, with `d_logits` (T, B, V) filled by the loss.
        gradients
            Of the layout of `parameters`; overwritten.
        """
        sparse_rows = self.backward_by_row(tape, gradients)
        if sparse_rows is not None:
            sparse_rows.spread(gradients)

    def backward_by_row(self, tape: NetworkTape, gradients: ParameterVector) -> SparseRows | None:
        """Do what `backward` does, but leave out the rows of `U1` that are zero.

        Returns
        -------
        SparseRows or None
            Which rows of `U1` the window read, and where their gradients lie. None where the
            vocabulary is so small that `gradients` is complete.
        """
        self.backward_through_time(tape)
        np.dot(tape.output_rows.T, tape.d_logit_rows, out=gradients["V"])
        np.dot(tape.ones, tape.d_logit_rows, out=gradients["c"])
        sparse_rows = None
        for number, cell, layer, factors in zip(
            self.layer_numbers, self.cells, tape.layers, tape.factors, strict=True
        ):
            d_projection = layer.d_projection_rows
            if factors is None:
                sparse_rows = SparseRows.summed(tape.inputs, d_projection, gradients)
                np.matmul(tape.ones, d_projection, out=gradients["b1"])
            else:
                if number == 1 and not self.architecture.reads_numbers:
                    tape.mark_tokens()
                last = f"b{number}"
                if cell.adds_the_products:
                    factors[..., -self.hidden_size :] = layer.hidden_before
                    (last,) = self._recurrent_names[number - 1].values()
                stacked = gradients.stacked(f"U{number}", last)
                np.matmul(rows(factors).T, d_projection, out=stacked)
                if cell.adds_the_products:
                    continue
            cell.recurrent_gradients(layer, self._recurrent_views(gradients, number))
        return sparse_rows

    def recurrent_parameters(self, index: int) -> dict[str, Array]:
        """Return the recurrent parameters of the layer `index`, by the names that its cell uses."""
        return self._recurrent[index]

    def _recurrent_views(self, vector: ParameterVector, number: int) -> dict[str, Array]:
        names = self._recurrent_names[number - 1]
        return {name: vector[numbered] for name, numbered in names.items()}
