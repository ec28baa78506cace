"""Softmax and cross-entropy, and their gradient."""

from __future__ import annotations

import numpy as np

from rnnviz.core.network import Ids
from rnnviz.core.parameters import Array


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
    count = targets.size
    flat = d_logits.reshape(count, -1)
    np.subtract(logits, logits.max(axis=-1, keepdims=True), out=d_logits)
    rows = np.arange(count)
    columns = targets.reshape(-1)
    chosen = flat[rows, columns]
    np.exp(flat, out=flat)
    normalizers = flat.sum(axis=-1, keepdims=True)
    losses = np.log(normalizers[:, 0]) - chosen
    np.divide(flat, normalizers, out=flat)
    flat[rows, columns] -= 1
    if batch_size > 1:
        np.divide(flat, batch_size, out=flat)
    return float(losses.sum(dtype=np.float64)) / batch_size
