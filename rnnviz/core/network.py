"""A stack of recurrent layers between a vocabulary and itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnviz.core.cells import CELLS, Cell, LayerTape
from rnnviz.core.cells.base import rows
from rnnviz.core.initialization import INITIALIZATIONS
from rnnviz.core.parameters import Array, ParameterVector, Shape

Ids = NDArray[np.integer]
Inputs = NDArray[Any]
"""What a window reads: (T, B) token ids, or (T, B, n) numbers."""
State = list[dict[str, Array]]

# Beyond this vocabulary size dU is never a product with one-hot rows; see `one_hot_pays`.
ONE_HOT_LIMIT = 256
_SHORT_WINDOW = 100
_LARGEST_COPY = 1 << 22


@dataclass(frozen=True, slots=True, eq=False)
class RowsRead:
    """The rows of the first matrix that a window read, where a large vocabulary has many more.

    Attributes
    ----------
    ids
        (n,) tokens, ascending: rows of `U1`.
    shape
        (V, G*H), that of `U1`.
    """

    ids: Ids
    shape: Shape

    @classmethod
    def summed(cls, inputs: Ids, d_projection: Array, gradients: ParameterVector) -> RowsRead:
        """Sum the rows of `d_projection` (T*B, G*H) by token, and put them where `packed` says.

        Most tokens of a window are read once: their rows are copied, for adding up costs more than
        ten times as much a token. Rows are taken a few at a time: all would be many megabytes.
        """
        tokens = inputs.reshape(-1)
        order = np.argsort(tokens, kind="stable")
        in_order = tokens[order]
        starts = np.flatnonzero(np.diff(in_order, prepend=-1))
        counts = np.diff(starts, append=tokens.size)
        rows_read = cls(in_order[starts], gradients["U1"].shape)
        out = rows_read.rows(gradients.flat)
        longest = max(1, _LARGEST_COPY // d_projection[0].nbytes)
        once, several = np.flatnonzero(counts == 1), np.flatnonzero(counts > 1)
        for first in range(0, once.size, longest):
            some = once[first : first + longest]
            out[some] = d_projection[order[starts[some]]]
        order = order[np.repeat(counts > 1, counts)]
        ends = np.cumsum(counts[several])
        starts = ends - counts[several]
        first = 0
        while first < several.size:
            end = max(first + 1, int(ends.searchsorted(starts[first] + longest, "right")))
            chosen = d_projection[order[starts[first] : ends[end - 1]]]
            sums = np.add.reduceat(chosen, starts[first:end] - starts[first], axis=0)
            out[several[first:end]] = sums
            first = end
        return rows_read

    def packed(self, flat: Array) -> Array:
        """View the part of a gradient's vector that counts: these rows, and all after `U1`.

        The rows lie right before what follows `U1`, so that both are one contiguous vector.
        """
        return flat[math.prod(self.shape) - self.ids.size * self.shape[1] :]

    def rows(self, flat: Array) -> Array:
        """View the rows alone, (n, G*H)."""
        count = self.ids.size * self.shape[1]
        return self.packed(flat)[:count].reshape(-1, self.shape[1])

    def spread(self, gradients: ParameterVector) -> None:
        """Put every row in its place, and zeros in all others."""
        rows_read = self.rows(gradients.flat).copy()
        gradients["U1"].fill(0)
        gradients["U1"][self.ids] = rows_read


class NetworkTape:
    """What a network remembers of one window: its layers' tapes, the logits, their gradient.

    Parameters
    ----------
    network
        The network whose shapes the buffers take.
    sequence_length, batch_size
        T and B.

    Attributes
    ----------
    inputs
        (T, B) token ids, or (T, B, n) numbers, copied by the forward pass.
    layers
        One `LayerTape` a layer.
    factors
        For each layer (T, B, n) what its weights are multiplied with, one below the other as they
        lie in the parameter vector: what it reads for `U`, a 1 for `b`, h_{t-1} for `W`. All of
        their gradients are then one product. What a layer reads is the output of the layer below
        after dropout, the numbers given, or the token as a one-hot row; None in the first layer
        where `backward` sorts the tokens instead. Without h_{t-1} where a cell does not just add
        the products.
    outputs
        For each layer what it hands upwards, (T, B, H): its hidden state, with a residual
        connection plus what it read.
    dropout_masks
        For each layer but the last (T, B, H), zeros and 1 / (1 - probability), which its output
        is multiplied by; None where nothing is dropped, as at first.
    logits, d_logits
        (T, B, n_out): ``o_t = c + V h_t`` and dL/do_t; the latter zero but where a loss fills it.
    ones
        (T*B,) ones, whose product with a matrix sums its rows.
    table
        (V, G*H): room for ``U + b`` of the first layer; None where the window is shorter than V,
        or numbers are read.
    d_passed
        (T, B, H): room for the gradient that a residual connection passes by; else None.
    """

    def __init__(self, network: Network, sequence_length: int, batch_size: int) -> None:
        shape = (sequence_length, batch_size)
        dtype = network.dtype
        self.sequence_length = sequence_length
        self.batch_size = batch_size
        reads_numbers = network.architecture.reads_numbers
        self.inputs: Inputs = np.zeros(shape, np.intp)
        if reads_numbers:
            self.inputs = np.zeros((*shape, network.vocab_size), dtype)
        self.layers: list[LayerTape] = [cell.new_tape(*shape, dtype) for cell in network.cells]
        self.logits: Array = np.zeros((*shape, network.output_size), dtype)
        self.d_logits: Array = np.zeros_like(self.logits)
        self.dropout_masks: list[Array | None] = [None] * network.num_layers
        self.outputs: list[Array] = [layer.hidden for layer in self.layers]
        self.factors = [self._new_factors(network, index) for index in range(network.num_layers)]
        self.d_passed: Array | None = None
        if network.architecture.residual and network.num_layers > 1:
            self.outputs[1:] = [np.zeros_like(layer.d_hidden) for layer in self.layers[1:]]
            self.d_passed = np.zeros_like(self.outputs[-1])
        self._ends = [
            (array[0], array[-1]) for layer in self.layers for array in layer.states.values()
        ]
        self.output_rows = rows(self.outputs[-1])
        self.logit_rows, self.d_logit_rows = rows(self.logits), rows(self.d_logits)
        count = sequence_length * batch_size
        self.ones: Array = np.ones(count, dtype)
        self._token_rows, self._marked = np.arange(count), np.zeros(count, np.intp)
        # U and b together, for the vocabularies that are smaller than a window.
        width = self.layers[0].projection.shape[-1]
        self.table: Array | None = None
        if network.vocab_size < count and not reads_numbers:
            self.table = np.zeros((network.vocab_size, width), dtype)

    def draw_dropout(self, probability: float, rng: np.random.Generator) -> None:
        """Draw new masks between the layers: each entry is zero with this probability."""
        for index in range(len(self.layers) - 1):
            if probability == 0:
                self.dropout_masks[index] = None
                continue
            output = self.outputs[index]
            kept = rng.random(output.shape, np.float32) >= probability
            self.dropout_masks[index] = np.multiply(kept, 1 / (1 - probability), dtype=output.dtype)

    def read(self, index: int) -> Array:
        """Have the layer `index` read the output of the one below, after dropout; return it."""
        output, mask, factors = (
            self.outputs[index - 1],
            self.dropout_masks[index - 1],
            self.factors[index],
        )
        assert factors is not None
        out = factors[..., : output.shape[-1]]
        if mask is None:
            np.copyto(out, output)
        else:
            np.multiply(output, mask, out=out)
        return out

    def read_numbers(self) -> None:
        """Have the first layer read the numbers in `inputs`."""
        assert self.factors[0] is not None
        np.copyto(self.factors[0][..., : self.inputs.shape[-1]], self.inputs)

    def mark_tokens(self) -> None:
        """Write the input tokens as one-hot rows into the first layer's factors."""
        assert self.factors[0] is not None
        one_hot, ids = rows(self.factors[0]), self.inputs.reshape(-1)
        one_hot[self._token_rows, self._marked] = 0
        one_hot[self._token_rows, ids] = 1
        np.copyto(self._marked, ids)

    def _new_factors(self, network: Network, index: int) -> Array | None:
        inputs = network.hidden_size if index else network.vocab_size
        shape = (self.sequence_length, self.batch_size)
        reads_tokens = index == 0 and not network.architecture.reads_numbers
        if reads_tokens and not one_hot_pays(math.prod(shape), inputs):
            return None
        recurrent = network.hidden_size if network.cells[index].adds_the_products else 0
        factors = np.zeros((*shape, inputs + 1 + recurrent), network.dtype)
        factors[..., inputs] = 1
        return factors

    def copy_stream(self, source: NetworkTape, stream: int) -> None:
        """Take from `source` what a backward pass of its one `stream` reads.

        As `LayerTape.copy_stream` does it; the dropout masks stay views of those of `source`.
        """
        for layer, theirs in zip(self.layers, source.layers, strict=True):
            layer.copy_stream(theirs, stream)
        self.dropout_masks = source.masks_of(stream, self.sequence_length)

    def masks_of(self, stream: int, steps: int) -> list[Array | None]:
        """View the dropout masks of one stream's last `steps`, (steps, 1, H) each."""
        return [
            None if mask is None else mask[-steps:, stream : stream + 1]
            for mask in self.dropout_masks
        ]

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied or pickled: the views of the buffers would lose them."""
        raise TypeError("a tape cannot be copied; make another with Network.new_tape")

    def final_state(self) -> State:
        """Return views of the state after the window's last step, one dict of (B, H) a layer."""
        return [{name: array[-1] for name, array in layer.states.items()} for layer in self.layers]

    def go_on(self) -> None:
        """Begin the next window with the states that this one ended with."""
        for first, last in self._ends:
            np.copyto(first, last)

    def set_initial_state(self, state: State) -> None:
        """Copy `state` in as the state before the window's first step."""
        for layer, values in zip(self.layers, state, strict=True):
            for name, array in layer.states.items():
                _require_shape(f"the state {name}", values[name], array.shape[1:])
                array[0] = values[name]


@dataclass(frozen=True, slots=True)
class Architecture:
    """The sizes and kinds that decide a network's parameters.

    Attributes
    ----------
    vocab_size, hidden_size, num_layers
        Sizes; every layer has `hidden_size` units. Where numbers are read, `vocab_size` is how many
        of them a time step has.
    cell
        A key of ``rnnviz.core.cells.CELLS``.
    activation
        A key of ``rnnviz.core.activations.ACTIVATIONS``.
    residual
        Whether each layer from the second on adds what it reads to what it hands upwards.
    answers
        How many numbers it puts out at a time step, where these are not one for each token that it
        reads: the classes of a task, or what is to be estimated.
    reads_numbers
        Whether it reads numbers instead of tokens.
    """

    vocab_size: int
    hidden_size: int
    num_layers: int = 1
    cell: str = "vanilla"
    activation: str = "tanh"
    residual: bool = False
    answers: int | None = None
    reads_numbers: bool = False

    @property
    def output_size(self) -> int:
        """How many numbers it puts out at every time step."""
        return self.vocab_size if self.answers is None else self.answers

    def make_cells(self) -> tuple[Cell, ...]:
        """Return one cell a layer."""
        kind = CELLS[self.cell]
        return tuple(kind(self.hidden_size, self.activation) for _ in range(self.num_layers))

    def state_labels(self) -> tuple[str, ...]:
        """Every state of every layer: ``h1, h2``, and then ``c1, c2`` for an LSTM of two."""
        names = CELLS[self.cell].state_names
        return tuple(f"{name}{n}" for name in names for n in range(1, self.num_layers + 1))

    def parameter_shapes(self) -> dict[str, Shape]:
        """Name and shape of every parameter, in the flat vector's order.

        ``U1, b1, W1`` belong to the first layer, ``U2, b2, W2`` to the second; ``V`` and ``c``
        to the output. Matrices are stored transposed: rows are inputs, columns are outputs.
        """
        shapes: dict[str, Shape] = {}
        input_size = self.vocab_size
        for number, cell in enumerate(self.make_cells(), start=1):
            width = cell.gates * self.hidden_size
            shapes[f"U{number}"] = (input_size, width)
            shapes[f"b{number}"] = (width,)
            for name, shape in cell.recurrent_shapes().items():
                shapes[f"{name}{number}"] = shape
            input_size = self.hidden_size
        shapes["V"] = (self.hidden_size, self.output_size)
        shapes["c"] = (self.output_size,)
        return shapes

    def parameter_count(self) -> int:
        """How many numbers such a network learns."""
        return sum(math.prod(shape) for shape in self.parameter_shapes().values())

    def within(self, budget: int) -> Architecture | None:
        """Return this architecture at the largest hidden size that needs no more parameters.

        None where even one hidden unit needs more than `budget`.
        """
        one = replace(self, hidden_size=1).parameter_count()
        if one > budget:
            return None
        # The count is a quadratic in the hidden size, with no negative coefficient.
        two, none = replace(self, hidden_size=2).parameter_count(), self.output_size
        square = (two - 2 * one + none) // 2
        linear = one - none - square
        root = math.isqrt(linear**2 + 4 * square * (budget - none))
        return replace(self, hidden_size=(root - linear) // (2 * square))


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
                for name in cell.state_names
            }
            for cell in self.cells
        ]

    def new_tape(self, sequence_length: int, batch_size: int) -> NetworkTape:
        """Make the buffers for windows of T steps of B streams."""
        return NetworkTape(self, sequence_length, batch_size)

    def prepare(self, tape: NetworkTape) -> None:
        """Copy the weights onto the tape in the layouts that the forward pass reads."""
        for cell, layer, recurrent in zip(self.cells, tape.layers, self._recurrent, strict=True):
            cell.prepare(recurrent, layer)
        if tape.table is not None:
            np.add(self.parameters["U1"], self.parameters["b1"], out=tape.table)

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
        _require_shape("the window", inputs, tape.inputs.shape)
        np.copyto(tape.inputs, inputs)
        tape.set_initial_state(state)
        if not prepared:
            self.prepare(tape)
        self.read(tape)

    def read(self, tape: NetworkTape) -> None:
        """Do the forward pass on a prepared tape, from the inputs and first states it holds."""
        self.read_states(tape)
        np.dot(tape.output_rows, self.parameters["V"], out=tape.logit_rows)
        np.add(tape.logits, self.parameters["c"], out=tape.logits)

    def read_states(self, tape: NetworkTape) -> None:
        """Do what `read` does as far as the states; who wants no prediction saves its price."""
        for index, (cell, layer) in enumerate(zip(self.cells, tape.layers, strict=True)):
            if index == 0 and not self.architecture.reads_numbers:
                self._project_tokens(tape)
            else:
                if index == 0:
                    tape.read_numbers()
                else:
                    read = tape.read(index)
                factors = tape.factors[index]
                assert factors is not None
                weights = self.parameters.stacked(f"U{index + 1}", f"b{index + 1}")
                np.matmul(rows(factors)[:, : len(weights)], weights, out=layer.projection_rows)
            cell.forward(layer)
            if self.architecture.residual and index > 0:
                np.add(layer.hidden, read, out=tape.outputs[index])

    def _project_tokens(self, tape: NetworkTape) -> None:
        """Fill the first layer's projection: rows of U, for a token is a one-hot vector."""
        out = tape.layers[0].projection
        if tape.table is not None:
            tape.table.take(tape.inputs, axis=0, out=out, mode="clip")
            return
        self.parameters["U1"].take(tape.inputs, axis=0, out=out, mode="clip")
        np.add(out, self.parameters["b1"], out=out)

    def backward_through_time(self, tape: NetworkTape) -> None:
        """Send `tape.d_logits` down and back: complete every layer's dL/dh_t and dL/da_t."""
        top = tape.layers[-1]
        weights = self.parameters["V"]
        if len(tape.d_logit_rows) <= _SHORT_WINDOW and self.output_size > ONE_HOT_LIMIT:
            # 18 % faster than the other way round, at 25 tokens and a vocabulary of 500 to 8,000.
            np.copyto(top.d_hidden_rows, np.dot(weights, tape.d_logit_rows.T).T)
        else:
            np.dot(tape.d_logit_rows, weights.T, out=top.d_hidden_rows)
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
        rows_read = self.backward_by_row(tape, gradients)
        if rows_read is not None:
            rows_read.spread(gradients)

    def backward_by_row(self, tape: NetworkTape, gradients: ParameterVector) -> RowsRead | None:
        """Do what `backward` does, but leave out the rows of `U1` that are zero.

        Returns
        -------
        RowsRead or None
            Which rows of `U1` the window read, and where their gradients lie. None where the
            vocabulary is so small that `gradients` is complete.
        """
        self.backward_through_time(tape)
        np.dot(tape.output_rows.T, tape.d_logit_rows, out=gradients["V"])
        np.dot(tape.ones, tape.d_logit_rows, out=gradients["c"])
        rows_read = None
        for number, cell, layer, factors in zip(
            self.layer_numbers, self.cells, tape.layers, tape.factors, strict=True
        ):
            d_projection = layer.d_projection_rows
            if factors is None:
                rows_read = RowsRead.summed(tape.inputs, d_projection, gradients)
                np.matmul(tape.ones, d_projection, out=gradients["b1"])
            else:
                if number == 1 and not self.architecture.reads_numbers:
                    tape.mark_tokens()
                last = "b"
                if cell.adds_the_products:
                    factors[..., -self.hidden_size :] = layer.hidden_before
                    last = "W"
                stacked = gradients.stacked(f"U{number}", f"{last}{number}")
                np.matmul(rows(factors).T, d_projection, out=stacked)
                if last == "W":
                    continue
            cell.recurrent_gradients(layer, self._recurrent_views(gradients, number))
        return rows_read

    def recurrent_parameters(self, index: int) -> dict[str, Array]:
        """Return the recurrent parameters of the layer `index`, by the names that its cell uses."""
        return self._recurrent[index]

    def _recurrent_views(self, vector: ParameterVector, number: int) -> dict[str, Array]:
        names = self._recurrent_names[number - 1]
        return {name: vector[numbered] for name, numbered in names.items()}


def _require_shape(what: str, array: NDArray[Any], shape: Shape) -> None:
    # NumPy would stretch a smaller array over the tape without a word.
    if array.shape != shape:
        raise ValueError(f"{what} has the shape {array.shape}, the tape {shape}")


def one_hot_pays(count: int, vocab_size: int) -> bool:
    """Tell whether a product with one-hot rows is the fastest way to dU for `count` = T*B tokens.

    It is one product with those for b and W, and costs the more the larger the vocabulary; sorting
    the tokens and summing costs a copy. Both grow with the tokens. Measured in us, dU, b, W and V
    together, one BLAS thread, product against sorting. LSTM, hidden 100, 25 tokens: 56 and 100 at
    vocabulary 65, 109 and 120 at 256, 150 and 133 at 400. LSTM, hidden 256, 2,048 tokens: 17,500
    and 23,500 at 65, 20,400 and 22,600 at 160, 25,000 and 23,100 at 256. The vanilla cell there:
    5,070 and 5,470 at 65, 5,850 and 5,910 at 100, 7,080 and 6,070 at 160.
    """
    return vocab_size <= (ONE_HOT_LIMIT if count <= _SHORT_WINDOW else ONE_HOT_LIMIT // 2)
