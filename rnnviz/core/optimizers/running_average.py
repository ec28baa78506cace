"""Running averages of gradients, which several optimisers keep."""

from __future__ import annotations

import numpy as np

from rnnviz.core.parameters import Array

TINY = 1e-8
"""Added to the root of an average of squares, for weights that no gradient has reached yet."""


def move_average(
    old: Array, gradients: Array, decay: float, scratch: Array, new: Array, *, squared: bool
) -> None:
    """Move a running average of the gradients, or of their squares, a step on."""
    np.multiply(gradients, 1 - decay, out=scratch)
    if squared:
        np.multiply(scratch, gradients, out=scratch)
    np.multiply(old, decay, out=new)
    np.add(new, scratch, out=new)
