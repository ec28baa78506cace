"""Losses and their gradients: softmax with cross-entropy, and squared error."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.cells.layer_tape import rows
from rnnviz.core.parameters import Array
from rnnviz.core.sparse_rows import Ids
from rnnviz.core.tape import NetworkTape

LossName = Literal["cross_entropy", "squared_error"]
UNITS: dict[LossName, str] = {"cross_entropy": "nats", "squared_error": "squared error"}
"""What each loss is counted in."""

# A large vocabulary is gone through so many numbers at a time: a block stays in the cache from its
# first operation to its last.
_BLOCK = 1 << 16


def softmax(logits: Array) -> Array:
    """Return exp(o) / sum exp(o) over the last axis, shifted so that nothing overflows."""
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: Array = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return probabilities


def cross_entropy(logits: Array, targets: Ids, d_logits: Array) -> float:
    """Return the window's loss and write its gradient.

    ``L = - sum_t log p_t[y_t]``, summed over the window's steps and averaged over the batch;
    dL/do_t is ``(p_t - onehot(y_t)) / B``.

    Parameters
    ----------
    logits
        (T, B, V).
    targets
        (T, B) token ids.
    d_logits
        (T, B, V); receives the gradient.

    Returns
    -------
    float
        L in nats. Divide by T for nats per token.
    """
    batch_size: int = logits.shape[1]
    vocab_size: int = logits.shape[-1]
    logit_rows, gradient_rows = rows(logits), rows(d_logits)
    chosen = targets.reshape(-1)
    length = max(1, _BLOCK // vocab_size)
    ones, starts = _constants(vocab_size, min(length, chosen.size), logits.dtype)
    loss = 0.0
    for start in range(0, chosen.size, length):
        block = slice(start, start + length)
        outputs, gradients, columns = logit_rows[block], gradient_rows[block], chosen[block]
        entries = starts[: columns.size] + columns
        flat = gradients.reshape(-1)
        largest = np.maximum.reduce(outputs, axis=-1, keepdims=True)
        np.subtract(outputs, largest, out=gradients)
        loss -= float(np.add.reduce(flat[entries], dtype=np.float64))
        np.exp(gradients, out=gradients)
        normalizers = gradients.dot(ones)  # three times as fast as a sum
        loss += float(np.add.reduce(np.log(normalizers), dtype=np.float64))
        # Once for the probabilities and for the average over the batch; a product is faster.
        if batch_size > 1:
            np.multiply(normalizers, batch_size, out=normalizers)
        np.reciprocal(normalizers, out=normalizers)
        np.multiply(gradients, normalizers[:, None], out=gradients)
        flat[entries] -= 1 / batch_size
    return loss / batch_size


@lru_cache(maxsize=4)
def _constants(vocab_size: int, count: int, dtype: np.dtype[Any]) -> tuple[Array, Ids]:
    """Return (V,) ones, and (count,) where rows of V numbers begin: every step's are the same."""
    ones: Array = np.ones(vocab_size, dtype)
    return ones, np.arange(0, count * vocab_size, vocab_size)


def squared_error(outputs: Array, targets: Array, d_outputs: Array) -> float:
    """Return the window's squared error and write its gradient.

    ``L = sum_t |o_t - y_t|^2``, summed over the window's steps and averaged over the batch; dL/do_t
    is ``2 (o_t - y_t) / B``.

    Parameters
    ----------
    outputs, targets
        (T, B, n).
    d_outputs
        (T, B, n); receives the gradient.
    """
    batch_size: int = outputs.shape[1]
    np.subtract(outputs, targets, out=d_outputs)
    errors = d_outputs.reshape(-1).astype(np.float64)
    np.multiply(d_outputs, 2 / batch_size, out=d_outputs)
    return float(np.dot(errors, errors)) / batch_size


def window_loss(
    tape: NetworkTape, targets: NDArray[Any], loss: LossName = "cross_entropy"
) -> float:
    """Return the loss of a window's last steps, as many as there are targets, and its gradient.

    Text asks for a prediction at every step, many a task for an answer at the last ones only:
    there the gradient of the steps before stays zero.

    Parameters
    ----------
    tape
        After ``Network.forward``; its `d_logits` receives the gradient.
    targets
        (T', B) ids, or (T', B, n) numbers; from 1 to T steps. Always as many on one tape.
    loss
        Which loss.
    """
    first = tape.sequence_length - len(targets)
    outputs, gradients = tape.logits[first:], tape.d_logits[first:]
    if loss == "cross_entropy":
        return cross_entropy(outputs, targets, gradients)
    return squared_error(outputs, targets, gradients)
