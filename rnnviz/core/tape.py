"""What a network remembers of one window, for the way back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import Cell, LayerTape
from rnnviz.core.cells.layer_tape import blocks, rows
from rnnviz.core.parameters import Array, Shape
from rnnviz.core.sparse_rows import one_hot_pays

# Rows of `U` are gathered for so few steps at a time that they are still in the cache when the
# cell reads them: LSTM, hidden 256, batch 32: 1.8 of 50 ms.
_PROJECTED_BYTES = 1 << 17

Inputs = NDArray[Any]
"""What a window reads: (T, B) token ids, or (T, B, n) numbers."""
State = list[dict[str, Array]]


class NetworkTape:
    """What a network remembers of one window: its layers' tapes, the logits, their gradient.

    Parameters
    ----------
    architecture
        The sizes that the buffers take.
    cells
        One a layer, of that architecture.
    dtype
        That of the network's parameters.
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
        (T, B, n_out): ``o_t = c + V h_t`` of the last of `outputs`, and dL/do_t; the latter
        zero but where a loss fills it.
    ones
        (T*B,) ones, whose product with a matrix sums its rows.
    table
        (V, G*H): room for ``U + b`` of the first layer, in the scale that it reads; None where a
        window has no more tokens (T*B) than the vocabulary, or numbers are read.
    token_blocks
        For a few time steps at a time which they are, their `inputs`, and the first layer's
        projection of them.
    d_passed
        (T, B, H): room for the gradient that a residual connection passes by; else None.
    """

    def __init__(
        self,
        architecture: Architecture,
        cells: Sequence[Cell],
        dtype: np.dtype[Any],
        sequence_length: int,
        batch_size: int,
    ) -> None:
        shape = (sequence_length, batch_size)
        num_layers = len(cells)
        self.sequence_length = sequence_length
        self.batch_size = batch_size
        reads_numbers = architecture.reads_numbers
        self.inputs: Inputs = np.zeros(shape, np.intp)
        if reads_numbers:
            self.inputs = np.zeros((*shape, architecture.vocab_size), dtype)
        cut = [slice(0, sequence_length)]
        if not reads_numbers:
            numbers = len(cells[0].blocks) * architecture.hidden_size * batch_size
            cut = blocks(sequence_length, numbers * dtype.itemsize, _PROJECTED_BYTES)
        self.layers: list[LayerTape] = [
            cell.new_tape(*shape, dtype, None if index else cut[0].stop)
            for index, cell in enumerate(cells)
        ]
        self.logits: Array = np.zeros((*shape, architecture.output_size), dtype)
        self.d_logits: Array = np.zeros_like(self.logits)
        self.dropout_masks: list[Array | None] = [None] * num_layers
        self.outputs: list[Array] = [layer.hidden for layer in self.layers]
        self.factors = [
            self._new_factors(architecture, cell, index, dtype) for index, cell in enumerate(cells)
        ]
        self.d_passed: Array | None = None
        if architecture.residual and num_layers > 1:
            self.outputs[1:] = [np.zeros_like(layer.d_hidden) for layer in self.layers[1:]]
            self.d_passed = np.zeros_like(self.outputs[-1])
        self._ends = [
            (array[0], array[-1]) for layer in self.layers for array in layer.states.values()
        ]
        self.output_rows = rows(self.outputs[-1])
        self.logit_rows, self.d_logit_rows = rows(self.logits), rows(self.d_logits)
        count = sequence_length * batch_size
        self.ones: Array = np.ones(count, dtype)
        self._marks: Array | None = None
        if self.factors[0] is not None:
            self._marks = self.factors[0].reshape(-1)
            row_starts = np.arange(0, self._marks.size, self.factors[0].shape[-1])
            self._row_starts, self._marked = row_starts, row_starts.copy()
        first = self.layers[0]
        self.token_blocks = [
            (steps, self.inputs[steps], first.projection[first.in_projection(steps)])
            for steps in cut
        ]
        # U and b together, for the vocabularies that are smaller than a window.
        width = first.projection.shape[-1]
        self.table: Array | None = None
        if architecture.vocab_size < count and not reads_numbers:
            self.table = np.zeros((architecture.vocab_size, width), dtype)

    def draw_dropout(self, probability: float, rng: np.random.Generator) -> None:
        """Draw new masks between the layers: each entry is zero with this probability."""
        for index in range(len(self.layers) - 1):
            output, mask = self.outputs[index], None
            if probability > 0:
                mask = draw_mask(output.shape, output.dtype, probability, rng)
            self.dropout_masks[index] = mask

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
        assert self._marks is not None
        self._marks[self._marked] = 0
        np.add(self._row_starts, self.inputs.reshape(-1), out=self._marked)
        self._marks[self._marked] = 1

    def _new_factors(
        self, architecture: Architecture, cell: Cell, index: int, dtype: np.dtype[Any]
    ) -> Array | None:
        inputs = architecture.hidden_size if index else architecture.vocab_size
        shape = (self.sequence_length, self.batch_size)
        reads_tokens = index == 0 and not architecture.reads_numbers
        if reads_tokens and not one_hot_pays(math.prod(shape), inputs):
            return None
        recurrent = architecture.hidden_size if cell.adds_the_products else 0
        factors = np.zeros((*shape, inputs + 1 + recurrent), dtype)
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

    def set_inputs(self, inputs: Inputs) -> None:
        """Copy `inputs` in as what the window reads."""
        _require_shape("the window", inputs, self.inputs.shape)
        np.copyto(self.inputs, inputs)

    def set_initial_state(self, state: State) -> None:
        """Copy `state` in as the state before the window's first step."""
        for layer, values in zip(self.layers, state, strict=True):
            for name, array in layer.states.items():
                _require_shape(f"the state {name}", values[name], array.shape[1:])
                array[0] = values[name]


def draw_mask(
    shape: Shape, dtype: np.dtype[Any], probability: float, rng: np.random.Generator
) -> Array:
    """Draw one layer's dropout mask: each entry is zero with this probability."""
    kept = rng.random(shape, np.float32) >= probability
    mask: Array = np.multiply(kept, 1 / (1 - probability), dtype=dtype)
    return mask


def _require_shape(what: str, array: NDArray[Any], shape: Shape) -> None:
    # NumPy would stretch a smaller array over the tape without a word.
    if array.shape != shape:
        raise ValueError(f"{what} has the shape {array.shape}, the tape {shape}")
