"""What simple guessers lose: the lines to compare a network's loss with.

All are in nats per token. The unigram and the bigram loss are those of the best table for the
training ids themselves, that is their empirical entropies (Shannon 1951, "Prediction and Entropy of
Printed English").
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.data.progress import Progress, pieces
from rnnviz.data.token_vocabulary import Ids

Counts = NDArray[np.int64]

_TABLE_LIMIT = 1 << 22
"""Up to so many pairs of tokens are counted in a full table (of 32 MB)."""


@dataclass(frozen=True, slots=True)
class ReferenceLosses:
    """Losses in nats per token that need no network.

    Attributes
    ----------
    uniform
        Every token equally likely: ln of the vocabulary's size.
    unigram
        Entropy of a token.
    bigram
        Entropy of a token whose predecessor is known.
    true_entropy
        Of the source, exact; None where nobody knows it.
    """

    uniform: float
    unigram: float
    bigram: float
    true_entropy: float | None


def reference_losses(
    ids: Ids,
    vocabulary_size: int,
    true_entropy: float | None = None,
    progress: Progress | None = None,
    bounds: Sequence[int] = (),
) -> ReferenceLosses:
    """Return the reference losses of `ids`, shape (at least 2,), each below `vocabulary_size`.

    No pair is of two texts: at `bounds` another one begins. One at least has two tokens.
    """
    edges = np.array(bounds, np.intp)
    pair_counts, first_counts = _count_pairs(ids, vocabulary_size, progress, edges)
    # The first of a pair is every token but a text's last.
    unigram_counts = first_counts.copy()
    np.add.at(unigram_counts, ids[[*(edges - 1), -1]], 1)
    return ReferenceLosses(
        uniform=math.log(vocabulary_size),
        unigram=_entropy(unigram_counts),
        # H(x_t | x_{t-1}) = H(x_{t-1}, x_t) - H(x_{t-1}); rounding may take it below zero.
        bigram=max(0.0, _entropy(pair_counts) - _entropy(first_counts)),
        true_entropy=true_entropy,
    )


def _count_pairs(
    ids: Ids, vocabulary_size: int, progress: Progress | None, bounds: NDArray[np.intp]
) -> tuple[Counts, Counts]:
    """Return the counts of the pairs, in any order, and of their first tokens, by id."""
    full = vocabulary_size**2 <= _TABLE_LIMIT
    table = np.zeros(vocabulary_size**2 if full else 0, dtype=np.int64)
    sparse = _SparseCounts()
    first_counts = np.zeros(vocabulary_size, dtype=np.int64)
    for piece in pieces(ids.size - 1, progress, "Counting the pairs"):
        first = ids[piece]
        pairs = first.astype(np.int64)
        pairs *= vocabulary_size
        pairs += ids[piece.start + 1 : piece.stop + 1]
        across = bounds[(bounds > piece.start) & (bounds <= piece.stop)] - 1 - piece.start
        if across.size:
            first, pairs = np.delete(first, across), np.delete(pairs, across)
        first_counts += np.bincount(first, minlength=vocabulary_size)
        if full:
            table += np.bincount(pairs, minlength=table.size)
        else:
            sparse.add(pairs)
    return (table if full else sparse.counts()), first_counts


class _SparseCounts:
    """Counts of codes of which too many are possible for a full table.

    It keeps sorted tables, each at least twice as long as the next, so that every count is moved
    a logarithmic number of times only.
    """

    def __init__(self) -> None:
        self._tables: list[tuple[NDArray[np.int64], Counts]] = []

    def add(self, codes: NDArray[np.int64]) -> None:
        """Count `codes`, shape (any,)."""
        if not codes.size:
            return
        self._tables.append(_unique_sums(np.sort(codes), np.ones(codes.size, dtype=np.int64)))
        while len(self._tables) > 1 and self._tables[-2][0].size < 2 * self._tables[-1][0].size:
            self._merge_last_two()

    def counts(self) -> Counts:
        """Return the count of each code that was met, sorted by code."""
        while len(self._tables) > 1:
            self._merge_last_two()
        return self._tables[0][1]

    def _merge_last_two(self) -> None:
        codes, counts = map(np.concatenate, zip(*self._tables[-2:], strict=True))
        # The stable sort finds the two sorted runs and only merges them.
        order = np.argsort(codes, kind="stable")
        self._tables[-2:] = [_unique_sums(codes[order], counts[order])]


def _unique_sums(codes: NDArray[np.int64], counts: Counts) -> tuple[NDArray[np.int64], Counts]:
    """Return the distinct ones of the sorted `codes`, each with the sum of its `counts`."""
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    return codes[starts], np.add.reduceat(counts, starts)


def _entropy(counts: Counts) -> float:
    """Return the entropy in nats of the distribution with these counts."""
    positive = counts[counts > 0].astype(np.float64)
    total = float(positive.sum())
    return max(0.0, math.log(total) - float((positive * np.log(positive)).sum()) / total)
