"""Gradient clipping, which reports what it did."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from rnnviz.core.parameters import Array

ClipMode = Literal["none", "value", "norm"]
CLIP_MODES: tuple[ClipMode, ...] = get_args(ClipMode)


class ClipReport(NamedTuple):
    """What clipping saw and did.

    Attributes
    ----------
    norm_before, norm_after
        Global (Euclidean) norm of all gradients together.
    touched
        How many entries it changed.
    """

    norm_before: float
    norm_after: float
    touched: int

    @property
    def clipped(self) -> bool:
        """Whether any entry was changed."""
        return self.touched > 0


def global_norm(vector: Array) -> float:
    """Return the Euclidean norm of a flat vector, also where squares overflow or vanish."""
    # Unlike `dot` it says nothing of overflow, so that an `errstate`, 1 us a step, can wait.
    square = float(np.vdot(vector, vector))
    if _smallest_exact_square(vector.dtype) < square < math.inf:
        return math.sqrt(square)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        largest = float(np.abs(vector).max(initial=0))
        if largest == 0 or not math.isfinite(largest):
            return largest
        scaled = vector / largest
        return largest * math.sqrt(float(np.dot(scaled, scaled)))


@lru_cache
def _smallest_exact_square(dtype: np.dtype[Any]) -> float:
    """Return from where on a sum of squares has lost no digits by vanishing ones."""
    limits = np.finfo(dtype)
    return float(limits.tiny / limits.eps)


def clip_gradients(gradients: Array, mode: ClipMode, threshold: float) -> ClipReport:
    """Clip a flat gradient in place.

    Parameters
    ----------
    gradients
        (n,), all parameters' gradients; left alone where its norm is not finite.
    mode
        ``none``; ``value`` limits every entry to [-threshold, threshold], which changes the
        direction; ``norm`` scales the whole to the threshold, which keeps it (Pascanu, Mikolov
        & Bengio 2013, algorithm 1).
    threshold
        Greater than 0.
    """
    before = global_norm(gradients)
    if mode == "none" or not math.isfinite(before) or before <= threshold:
        # No entry is larger than the norm, so below the threshold neither mode acts.
        return ClipReport(before, before, 0)
    if mode == "norm":
        touched = int(np.count_nonzero(gradients != 0))  # floats are counted three times slower
        _scale(gradients, threshold / before)
        return ClipReport(before, global_norm(gradients), touched)
    touched = int(np.count_nonzero(np.abs(gradients) > threshold))
    if touched == 0:
        return ClipReport(before, before, 0)
    np.clip(gradients, -threshold, threshold, out=gradients)
    return ClipReport(before, global_norm(gradients), touched)


def _scale(gradients: Array, factor: float) -> None:
    if factor < np.finfo(gradients.dtype).tiny:
        # Too small for the gradients' own type, where it would lose digits or become zero.
        gradients[...] = gradients.astype(np.float64) * factor
    else:
        np.multiply(gradients, factor, out=gradients)
