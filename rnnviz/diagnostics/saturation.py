"""How much of a hidden state sits at the flat ends of its activation."""

from __future__ import annotations

import numpy as np

from rnnviz.core.parameters import Array

SATURATED = 0.95


def saturated_share(hidden: Array) -> float:
    """Return the share of the entries of a tanh state with |h| above 0.95, from 0 to 1."""
    return float(np.count_nonzero(np.abs(hidden) > SATURATED)) / hidden.size
