"""The gradient of a large embedding: only of the rows that a window read."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.parameters import Array, ParameterVector, Shape

Ids = NDArray[np.integer]

# Beyond this vocabulary size dU is never a product with one-hot rows; see `one_hot_pays`.
ONE_HOT_LIMIT = 256
SHORT_WINDOW = 100
"""Up to so many tokens a large vocabulary's products are quick in another way than beyond."""
_LARGEST_COPY = 1 << 22


@dataclass(frozen=True, slots=True, eq=False)
class SparseRows:
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
    def summed(cls, inputs: Ids, d_projection: Array, gradients: ParameterVector) -> SparseRows:
        """Sum the rows of `d_projection` (T*B, G*H) by token, and put them where `packed` says.

        Most tokens of a window are read once: their rows are copied, for adding up costs more than
        ten times as much a token. Rows are taken a few at a time: all would be many megabytes.
        """
        tokens = inputs.reshape(-1)
        order = np.argsort(tokens, kind="stable")
        in_order = tokens[order]
        starts = np.flatnonzero(np.diff(in_order, prepend=-1))
        counts = np.diff(starts, append=tokens.size)
        sparse_rows = cls(in_order[starts], gradients["U1"].shape)
        out = sparse_rows.rows(gradients.flat)
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
        return sparse_rows

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
        sparse_rows = self.rows(gradients.flat).copy()
        gradients["U1"].fill(0)
        gradients["U1"][self.ids] = sparse_rows


def one_hot_pays(count: int, vocab_size: int) -> bool:
    """Tell whether a product with one-hot rows is the fastest way to dU for `count` = T*B tokens.

    It is one product with those for b and W, and costs the more the larger the vocabulary; sorting
    the tokens and summing costs a copy. Both grow with the tokens. Measured in us, dU, b, W and V
    together, one BLAS thread, product against sorting. LSTM, hidden 100, 25 tokens: 56 and 100 at
    vocabulary 65, 109 and 120 at 256, 150 and 133 at 400. LSTM, hidden 256, 2,048 tokens: 17,500
    and 23,500 at 65, 20,400 and 22,600 at 160, 25,000 and 23,100 at 256. The vanilla cell there:
    5,070 and 5,470 at 65, 5,850 and 5,910 at 100, 7,080 and 6,070 at 160.
    """
    return vocab_size <= (ONE_HOT_LIMIT if count <= SHORT_WINDOW else ONE_HOT_LIMIT // 2)
