"""Gradient clipping, which reports what it did."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from rnnviz.core.cells.lines import Line, Lines
from rnnviz.core.parameters import Array, layer_of, letter_of

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


def clip_by_step(
    gradients: Mapping[str, Array], mode: ClipMode, threshold: float
) -> tuple[Lines, dict[str, Line]]:
    """Clip as the textbook writes it: nothing is overwritten, and every value has its name.

    Parameters
    ----------
    gradients
        By the parameters' names.
    mode, threshold
        As in `clip_gradients`, which does the same, fast, and is held against it.

    Returns
    -------
    of_all
        ``norm``, and where something may be clipped ``threshold``; in the mode ``norm`` the
        ``factor`` as well, which is 1 where it does not act.
    clipped
        For each parameter the line ``g``, what of its gradient the optimiser is given.
    """
    of_all = Lines()
    whole = np.concatenate([gradient.ravel() for gradient in gradients.values()])
    is_one_layer = {layer_of(name) for name in gradients} <= {None, 1}
    names = map(letter_of, gradients) if is_one_layer else gradients
    equation = f"norm = sqrt(sum of |dL/dP|^2 over P = {', '.join(names)})"
    norm = of_all.write("norm", equation, np.array(global_norm(whole)))
    if mode != "none":
        of_all.write("threshold", "threshold", np.array(threshold))
    if mode == "norm":
        factor = np.minimum(1.0, threshold / norm) if norm else np.array(1.0)
        of_all.write("factor", "factor = min(1, threshold / norm)", np.asarray(factor))
    clipped = {}
    for name, gradient in gradients.items():
        symbol = f"dL/d{letter_of(name)}"
        match mode:
            case "none":
                equation, g = f"g = {symbol}", gradient.copy()
            case "norm":
                equation, g = f"g = factor * {symbol}", of_all["factor"] * gradient
            case "value":
                equation = f"g = max(-threshold, min(threshold, {symbol}))"
                g = np.clip(gradient, -threshold, threshold)
        clipped[name] = Line("g", equation, (g,))
    return of_all, clipped
