"""What one layer remembers of one window, and how its arrays are looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NoReturn

import numpy as np

from rnnviz.core.parameters import Array, Shape
from rnnviz.core.recurrent_matmul import RecurrentProducts

# What a backward pass prepares for a few steps at a time should still lie in the processor's cache
# when its loop comes to it (7 to 20 % of a step at hidden 256, batch 32).
_BLOCK_BYTES = 1 << 19


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
        For each state name an array (T+1, B, H); index 0 is the state before the window. The first
        is the hidden state, which the layer above reads.
    projection, d_projection
        (P, B, G*H) and (T, B, G*H), G being the number of blocks; they may share memory. P is
        T, or less where a few steps at a time are projected and read, one after the other in the
        same place.
    scale
        (G,): what each block's part of ``W h`` and of ``U x + b`` is multiplied by; None for 1.

    Attributes
    ----------
    states
        As given.
    projection
        (P, B, G*H): ``U x_t + b`` in its `scale`, filled by the network before the cell's forward
        pass; from there on it may be overwritten.
    projected
        For each of the T steps, where in `projection` it stands, (B, G*H).
    scale
        (G*H,): what each column is to be multiplied by; None for 1.
    d_hidden
        (T, B, H): before the cell's backward pass the part of dL/dh_t that comes from above
        (the losses, or the next layer); afterwards the whole of dL/dh_t.
    d_states
        By state name, (T, B, H): after the backward pass the whole of dL/dh_t, and of dL/dc_t
        where there is a cell state; a cell's tape adds those of its other states.
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
        self.projected = [projection[t % len(projection)] for t in range(sequence_length)]
        self.scale: Array | None = None
        if scale is not None:
            self.scale = np.array(scale, dtype).repeat(hidden_size)
        self.d_hidden: Array = np.zeros((*steps, hidden_size), dtype)
        output, first = next(iter(states.items()))
        self.d_states: dict[str, Array] = {output: self.d_hidden}
        self.d_projection = d_projection
        self.hidden: Array = first[1:]
        self.hidden_before: Array = first[:-1]
        # The same for products over all steps and streams at once.
        self.projection_rows = rows(self.projection)
        self.d_hidden_rows = rows(self.d_hidden)
        self.d_projection_rows = rows(self.d_projection)
        self.hidden_before_rows = rows(self.hidden_before)
        self.kept: tuple[Array, ...] = tuple(states.values())
        count = projection.shape[-1] // hidden_size
        self.products = RecurrentProducts(batch_size, hidden_size, count, dtype, self.scale)

    def rescale(self, projection: Array) -> None:
        """Give ``U x + b`` (..., G*H) the scale in which the cell reads it."""
        if self.scale is not None:
            np.multiply(projection, self.scale, out=projection)

    def in_projection(self, steps: slice) -> slice:
        """Return where in `projection` these steps stand."""
        start, stop, _ = steps.indices(self.sequence_length)
        first = start % len(self.projection)
        return slice(first, first + stop - start)

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


def rows(array: Array) -> Array:
    """View (T, B, n) as (T*B, n)."""
    return array.reshape(-1, array.shape[-1])


def blocks(sequence_length: int, bytes_a_step: int, largest: int = _BLOCK_BYTES) -> list[slice]:
    """Cut a window's steps into blocks of so many that fit into the cache, in order."""
    length = max(1, min(sequence_length, largest // bytes_a_step))
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
