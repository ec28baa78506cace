"""How probable a network thought what came."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics.read_only import read_only


def target_probabilities(
    tape: NetworkTape, targets: NDArray[Any], stream: int = 0
) -> NDArray[np.float64]:
    """Return the probability (T,) that was given to each target of one stream.

    Parameters
    ----------
    tape
        After ``forward``; read only.
    targets
        (T, B) ids.
    stream
        Which of the B streams.
    """
    logits = tape.logits[:, stream]
    shifted = logits - logits.max(axis=-1, keepdims=True)
    chosen = shifted[np.arange(len(shifted)), targets[:, stream]].astype(np.float64)
    np.exp(shifted, out=shifted)
    return read_only(np.exp(chosen) / shifted.sum(axis=-1, dtype=np.float64))
