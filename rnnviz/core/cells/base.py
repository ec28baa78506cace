"""The interface between a network and its recurrent layers."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, NoReturn

import numpy as np
from numpy.typing import DTypeLike

from rnnviz.core.parameters import Array, Shape
from rnnviz.core.recurrent_matmul import RecurrentProducts

# What a backward pass prepares for a few steps at a time should still lie in the processor's cache
# when its loop comes to it (7 to 20 % of a step at hidden 256, batch 32).
_BLOCK_BYTES = 1 << 19

WHOLE_WINDOW = slice(None)


class LayerTape:
    """What one layer remembers of one window, forward and backward.

    Buffers are made once for a window's shape and reused by every step. What the two loops read
    and write at each time step stands ready as a list of tuples of views, because making a view
    costs as much as a small product.

    Parameters
    ----------
    sequence_length, batch_size, hidden_size
        T, B, H.
    states
        For each state name an array (T+1, B, H); index 0 is the state before the window.
    projection, d_projection
        (T, B, G*H), G being the number of gates; they may share memory.
    scale
        (G,): what each gate's part of ``W h`` is multiplied by; None for 1.

    Attributes
    ----------
    states
        As given.
    projection
        (T, B, G*H): ``U x_t + b``, filled by the network before the cell's forward pass; from
        there on it may be overwritten.
    d_hidden
        (T, B, H): before the cell's backward pass the part of dL/dh_t that comes from above
        (the losses, or the next layer); afterwards the whole of dL/dh_t.
    d_states
        By state name, (T, B, H): after the backward pass the whole of dL/dh_t, and of dL/dc_t
        where there is a cell state.
    d_projection
        dL/d(U x_t + b), written by the cell's backward pass; its rows may lie apart.
    kept
        The arrays, with the batch as last axis but one, that the backward pass reads.
    products
        `W` as the loops read it.
    """

    def __init__(  # noqa: PLR0913  # the sizes and buffers of one layer, all of them needed
        self,
        sequence_length: int,
        batch_size: int,
        hidden_size: int,
        states: dict[str, Array],
        projection: Array,
        d_projection: Array,
        scale: tuple[float, ...] | None = None,
    ) -> None:
        steps = (sequence_length, batch_size)
        dtype = d_projection.dtype
        self.sequence_length = sequence_length
        self.batch_size = batch_size
        self.states = states
        self.projection = projection
        self.d_hidden: Array = np.zeros((*steps, hidden_size), dtype)
        self.d_states: dict[str, Array] = {"h": self.d_hidden}
        self.d_projection = d_projection
        self.hidden: Array = self.states["h"][1:]
        self.hidden_before: Array = self.states["h"][:-1]
        # The same for products over all steps and streams at once.
        self.projection_rows = rows(self.projection)
        self.d_hidden_rows = rows(self.d_hidden)
        self.d_projection_rows = rows(self.d_projection)
        self.hidden_before_rows = rows(self.hidden_before)
        self.kept: tuple[Array, ...] = tuple(states.values())
        gates = projection.shape[-1] // hidden_size
        self.products = RecurrentProducts(batch_size, hidden_size, gates, dtype, scale)

    def copy_stream(self, source: LayerTape, stream: int) -> None:
        """Take from `source` what a backward pass of its one `stream` reads.

        Every stream here becomes that one. A tape that is shorter takes the last steps.
        """
        for mine, theirs in zip(self.kept, source.kept, strict=True):
            # Some arrays have the state before the first step too: as many more here as there.
            mine[...] = theirs[-len(mine) :, ..., stream : stream + 1, :]

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
    gate_names
        The blocks of H columns of its pre-activation, in their order.
    state_names
        What is carried from window to window; ``h`` is what the layer above reads.
    sigmoid_gates
        Which of its gates are sigmoids, from 0 to 1.
    arrays_a_step
        How many arrays (B, H) its tape holds for every step.
    ungated
        Whether it has no gates; its `activation` can then be chosen.
    adds_the_products
        Whether ``W h_{t-1}`` is just added to ``U x_t + b``, so that both have the same gradient.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    arrays_a_step: ClassVar[int]
    gate_names: ClassVar[tuple[str, ...]] = ("h",)
    state_names: ClassVar[tuple[str, ...]] = ("h",)
    sigmoid_gates: ClassVar[tuple[str, ...]] = ()
    ungated: ClassVar[bool] = False
    adds_the_products: ClassVar[bool] = True

    def __init__(self, hidden_size: int, activation: str) -> None:
        self.hidden_size = hidden_size
        self.activation = activation

    @property
    def gates_in_files(self) -> tuple[str, ...]:
        """The names of the gates in the order that model files have, which is PyTorch's."""
        return self.gate_names

    @property
    def gates(self) -> int:
        """G, how many blocks of H columns its pre-activation has."""
        return len(self.gate_names)

    def recurrent_shapes(self) -> dict[str, Shape]:
        """Name and shape of the recurrent parameters: ``W`` (H, G*H), and what a cell adds.

        Matrices among them begin as the initialisation scheme says of recurrent ones, vectors at
        zero.
        """
        return {"W": (self.hidden_size, self.gates * self.hidden_size)}

    def initial_bias(self, forget_bias: float) -> Array:
        """Return what the input's bias `b` (G*H,) begins with: zeros.

        Parameters
        ----------
        forget_bias
            What a forget gate's bias begins with, in the cells that have one.
        """
        return np.zeros(self.gates * self.hidden_size)

    @abstractmethod
    def new_tape(self, sequence_length: int, batch_size: int, dtype: DTypeLike) -> LayerTape:
        """Make the buffers for windows of T steps of B streams."""

    def prepare(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Copy the weights onto the tape in the scale and the layout that `forward` reads."""
        tape.products.prepare(parameters["W"])

    @abstractmethod
    def forward(self, tape: LayerTape, steps: slice = WHOLE_WINDOW) -> None:
        """Fill `tape.states` from index 1 on, given index 0 and `tape.projection`.

        It reads the weights that `prepare` has put there.

        Parameters
        ----------
        tape
            Made by `new_tape`.
        steps
            Which time steps, where it is not the whole window: who writes does one at a time.
        """

    @abstractmethod
    def backward(self, parameters: Mapping[str, Array], tape: LayerTape) -> None:
        """Complete `tape.d_states` and fill `tape.d_projection`, from the last step to the first.

        Nothing is clipped here: these are the true gradients.
        """

    @abstractmethod
    def jacobian(
        self, parameters: Mapping[str, Array], tape: LayerTape, step: int, stream: int = 0
    ) -> Array:
        """Return how one step of one stream changes the state with the state before it.

        Parameters
        ----------
        parameters
            By the names of `recurrent_shapes`; those of the forward pass.
        tape
            After `forward`.
        step, stream
            Which time step, from 0, of which stream.

        Returns
        -------
        Array
            (S, S), in columns as the textbook writes it: entry i, j is the derivative of entry i
            of the state after the step by entry j of the state before it, the input held fixed.
            The states follow each other in the order of `state_names`, S = H times their number.
        """

    def gate_activations(self, tape: LayerTape) -> Mapping[str, Array]:
        """Return what the gates came to, by their names: views (T, B, H), not to be written to.

        The sigmoid gates lie from 0 to 1, a candidate from -1 to 1. Empty for a cell without gates.

        Parameters
        ----------
        tape
            After `forward`.
        """
        return {}

    def recurrent_gradients(self, tape: LayerTape, gradients: Mapping[str, Array]) -> None:
        """Write the recurrent parameters' gradients: ``dW = sum_t h_{t-1}^T da_t``.

        This is right where ``W h_{t-1}`` is just added to ``U x_t + b``. A cell in which something
        comes between (the GRU's reset gate scales ``W_n h_{t-1}`` before the sum) overrides it.

        Parameters
        ----------
        tape
            After `backward`.
        gradients
            By the names of `recurrent_shapes`; overwritten.
        """
        np.matmul(tape.hidden_before_rows.T, tape.d_projection_rows, out=gradients["W"])


def rows(array: Array) -> Array:
    """View (T, B, n) as (T*B, n)."""
    return array.reshape(-1, array.shape[-1])


def blocks(sequence_length: int, bytes_a_step: int) -> list[slice]:
    """Cut a window's steps into blocks of so many that fit into the cache, in order."""
    length = max(1, min(sequence_length, _BLOCK_BYTES // bytes_a_step))
    return [
        slice(start, min(start + length, sequence_length))
        for start in range(0, sequence_length, length)
    ]


def planes(array: Array, count: int) -> Array:
    """View (..., B, count*H) as (..., count, B, H)."""
    return np.moveaxis(array.reshape(*array.shape[:-1], count, -1), -2, -3)


def sharing(array: Array, shape: Shape) -> Array:
    """View the beginning of a contiguous array's memory in another shape."""
    return array.reshape(-1)[: math.prod(shape)].reshape(shape)


def backward_steps(
    window_blocks: Sequence[slice],
    by_step: Sequence[Sequence[Array] | Array],
    in_block: Sequence[Array],
) -> list[tuple[slice, list[tuple[Array, ...]]]]:
    """Put together what a backward loop goes through: the blocks, last first, and their steps.

    Parameters
    ----------
    window_blocks
        From `blocks`.
    by_step
        Arrays, or lists of views, whose first axis is the time step.
    in_block
        Arrays whose first axis is the time step within a block.
    """
    return [
        (
            block,
            [
                (*(views[t] for views in by_step), *(array[t - block.start] for array in in_block))
                for t in reversed(range(block.start, block.stop))
            ],
        )
        for block in reversed(window_blocks)
    ]
