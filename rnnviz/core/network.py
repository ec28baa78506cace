"""A stack of recurrent layers between a vocabulary and itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rnnviz.core.cells import CELLS, Cell, LayerTape
from rnnviz.core.initialization import INITIALIZATIONS
from rnnviz.core.parameters import Array, ParameterVector, Shape

Ids = NDArray[np.integer]
State = list[dict[str, Array]]

# Beyond this vocabulary size dU is never a product with one-hot rows; see `_one_hot_pays`.
ONE_HOT_LIMIT = 256


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
        (T, B) token ids, copied by the forward pass.
    layers
        One `LayerTape` a layer.
    logits, d_logits
        (T, B, V): ``o_t = c + V h_t`` and dL/do_t.
    ones, rows
        (T*B,) ones, whose product with a matrix sums its rows, and 0 to T*B - 1.
    one_hot
        (T*B, V): room for the input tokens as rows; None where `backward` sorts them instead.
    """

    def __init__(self, network: Network, sequence_length: int, batch_size: int) -> None:
        shape = (sequence_length, batch_size)
        dtype = network.dtype
        self.sequence_length = sequence_length
        self.batch_size = batch_size
        self.inputs: NDArray[np.intp] = np.zeros(shape, np.intp)
        self.layers: list[LayerTape] = [cell.new_tape(*shape, dtype) for cell in network.cells]
        self.logits: Array = np.zeros((*shape, network.vocab_size), dtype)
        self.d_logits: Array = np.zeros_like(self.logits)
        count = sequence_length * batch_size
        self.ones: Array = np.ones(count, dtype)
        self.one_hot: Array | None = (
            np.zeros((count, network.vocab_size), dtype)
            if _one_hot_pays(count, network.vocab_size)
            else None
        )
        self.rows = np.arange(count)

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied or pickled: the views of the buffers would lose them."""
        raise TypeError("a tape cannot be copied; make another with Network.new_tape")

    def final_state(self) -> State:
        """Return views of the state after the window's last step, one dict of (B, H) a layer."""
        return [{name: array[-1] for name, array in layer.states.items()} for layer in self.layers]

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
        Sizes; every layer has `hidden_size` units.
    cell
        A key of ``rnnviz.core.cells.CELLS``.
    activation
        A key of ``rnnviz.core.activations.ACTIVATIONS``.
    """

    vocab_size: int
    hidden_size: int
    num_layers: int = 1
    cell: str = "vanilla"
    activation: str = "tanh"

    def make_cells(self) -> tuple[Cell, ...]:
        """Return one cell a layer."""
        kind = CELLS[self.cell]
        return tuple(kind(self.hidden_size, self.activation) for _ in range(self.num_layers))

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
        shapes["V"] = (self.hidden_size, self.vocab_size)
        shapes["c"] = (self.vocab_size,)
        return shapes

    def parameter_count(self) -> int:
        """How many numbers such a network learns."""
        return sum(int(np.prod(shape)) for shape in self.parameter_shapes().values())


class Network:
    """A recurrent network over tokens: embed, recur, predict.

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
        """How many tokens the network reads and predicts."""
        return self.architecture.vocab_size

    @property
    def hidden_size(self) -> int:
        """How many units each layer has."""
        return self.architecture.hidden_size

    @property
    def layer_numbers(self) -> range:
        """The layers' numbers as parameter names carry them, from 1."""
        return range(1, len(self.cells) + 1)

    def initialize(self, scheme: str, gain: float, rng: np.random.Generator) -> None:
        """Draw every matrix afresh, and have every bias begin as its cell says, or at zero.

        Parameters
        ----------
        scheme
            A key of ``rnnviz.core.initialization.INITIALIZATIONS``.
        gain
            Factor on the recurrent matrices for the orthogonal and identity schemes; the others
            ignore it.
        """
        recurrent, feedforward = INITIALIZATIONS[scheme]
        recurrent_names = {name for names in self._recurrent_names for name in names.values()}
        for name, view in self.parameters.items():
            if view.ndim == 1:
                view.fill(0)
            elif name in recurrent_names:
                factor = gain if scheme in ("orthogonal", "identity") else 1.0
                view[...] = factor * recurrent(view.shape, rng)
            else:
                view[...] = feedforward(view.shape, rng)
        for number, cell in zip(self.layer_numbers, self.cells, strict=True):
            self.parameters[f"b{number}"][:] = cell.initial_bias()

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

    def forward(self, inputs: Ids, state: State, tape: NetworkTape) -> None:
        """Read a window: fill the tape's states and logits.

        Parameters
        ----------
        inputs
            (T, B) token ids.
        state
            The state before the window, one dict of (B, H) a layer; may be views of this tape.
        tape
            Made by `new_tape` with this T and B.

        Raises
        ------
        ValueError
            Where `inputs` or `state` has not the tape's shape.
        """
        _require_shape("the window", inputs, tape.inputs.shape)
        np.copyto(tape.inputs, inputs)
        tape.set_initial_state(state)
        below: Array | None = None
        for number, cell, layer, recurrent in zip(
            self.layer_numbers, self.cells, tape.layers, self._recurrent, strict=True
        ):
            weights, bias = self.parameters[f"U{number}"], self.parameters[f"b{number}"]
            if below is None:
                np.take(weights, tape.inputs, axis=0, out=layer.projection, mode="clip")
            else:
                np.dot(_rows(below), weights, out=_rows(layer.projection))
            np.add(layer.projection, bias, out=layer.projection)
            cell.forward(recurrent, layer)
            below = layer.hidden
        assert below is not None
        np.dot(_rows(below), self.parameters["V"], out=_rows(tape.logits))
        np.add(tape.logits, self.parameters["c"], out=tape.logits)

    def backward_through_time(self, tape: NetworkTape) -> None:
        """Send `tape.d_logits` down and back: complete every layer's dL/dh_t and dL/da_t."""
        top = tape.layers[-1]
        np.dot(_rows(tape.d_logits), self.parameters["V"].T, out=_rows(top.d_hidden))
        for index in range(len(self.cells) - 1, -1, -1):
            layer = tape.layers[index]
            self.cells[index].backward(self._recurrent[index], layer)
            if index > 0:
                weights = self.parameters[f"U{index + 1}"]
                below = tape.layers[index - 1]
                np.dot(_rows(layer.d_projection), weights.T, out=_rows(below.d_hidden))

    def backward(self, tape: NetworkTape, gradients: ParameterVector) -> None:
        """Write the true gradient of the loss for every parameter into `gradients`.

        Parameters
        ----------
        tape
            After `forward`, with `d_logits` (T, B, V) filled by the loss.
        gradients
            Of the layout of `parameters`; overwritten.
        """
        self.backward_through_time(tape)
        np.dot(_rows(tape.layers[-1].hidden).T, _rows(tape.d_logits), out=gradients["V"])
        np.dot(tape.ones, _rows(tape.d_logits), out=gradients["c"])
        for number, cell, layer in zip(self.layer_numbers, self.cells, tape.layers, strict=True):
            d_projection = _rows(layer.d_projection)
            if number == 1:
                _token_gradient(tape, d_projection, gradients["U1"])
            else:
                below = _rows(tape.layers[number - 2].hidden)
                np.dot(below.T, d_projection, out=gradients[f"U{number}"])
            np.dot(tape.ones, d_projection, out=gradients[f"b{number}"])
            cell.recurrent_gradients(layer, self._recurrent_views(gradients, number))

    def _recurrent_views(self, vector: ParameterVector, number: int) -> dict[str, Array]:
        names = self._recurrent_names[number - 1]
        return {name: vector[numbered] for name, numbered in names.items()}


def _require_shape(what: str, array: NDArray[Any], shape: Shape) -> None:
    # NumPy would stretch a smaller array over the tape without a word.
    if array.shape != shape:
        raise ValueError(f"{what} has the shape {array.shape}, the tape {shape}")


def _rows(array: Array) -> Array:
    """View (T, B, n) as (T*B, n)."""
    return array.reshape(-1, array.shape[-1])


def _one_hot_pays(count: int, vocab_size: int) -> bool:
    """Tell whether a product with one-hot rows is the fastest way to dU for `count` = T*B tokens.

    Its cost grows with tokens times vocabulary, while sorting and summing costs a fixed 20 us or
    more and then grows with the tokens alone. Measured in us, hidden 100, one BLAS thread, product
    against sorting: 7 and 24 at 25 tokens of 33, 22 and 40 of 256, 49 and 40 of 512; 82 and 94 at
    800 tokens of 33, 132 and 117 of 65, 480 and 196 of 256; 343 and 231 at 2,048 of 65. At hidden
    256 the two meet at 128 instead of at 65.
    """
    return vocab_size <= min(ONE_HOT_LIMIT, 64 + 10_000 // count)


def _token_gradient(tape: NetworkTape, d_projection: Array, out: Array) -> None:
    """Sum the rows of `d_projection` (T*B, n) by input token into `out` (V, n)."""
    ids = tape.inputs.reshape(-1)
    if tape.one_hot is not None:
        tape.one_hot.fill(0)
        tape.one_hot[tape.rows, ids] = 1
        np.dot(tape.one_hot.T, d_projection, out=out)
        return
    order = np.argsort(ids, kind="stable")
    in_order = ids[order]
    starts = np.flatnonzero(np.diff(in_order, prepend=-1))
    out.fill(0)
    out[in_order[starts]] = np.add.reduceat(d_projection[order], starts, axis=0)
