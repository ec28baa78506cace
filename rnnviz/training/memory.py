"""Whether a network and its windows fit into this computer's memory."""

from __future__ import annotations

import os

from rnnviz.core.errors import RnnvizError
from rnnviz.training.configuration import Configuration

_LARGEST_SHARE = 0.7
# Parameters, their gradients, a slot, what is kept of both, the optimiser's scratch, a copy.
_VECTORS = 7
# Per step, stream and unit: states, projection, both gradients, the derivative.
_HIDDEN_ARRAYS = 5
# Per step, stream and token: logits, their gradient, the one-hot rows.
_TOKEN_ARRAYS = 3


def bytes_needed(configuration: Configuration, vocab_size: int) -> int:
    """Estimate the memory of a run's parameters and of one window's buffers."""
    architecture = configuration.architecture(vocab_size)
    places = configuration.sequence_length * (configuration.batch_size + 1)
    hidden = _HIDDEN_ARRAYS * architecture.num_layers * architecture.hidden_size
    numbers = _VECTORS * architecture.parameter_count()
    numbers += places * (hidden + _TOKEN_ARRAYS * vocab_size)
    return numbers * (8 if configuration.dtype == "float64" else 4)


def check_memory(configuration: Configuration, vocab_size: int) -> None:
    """Refuse what does not fit; asking for it would stop the whole computer, not only this run.

    Raises
    ------
    RnnvizError
        With how much would be needed and what would help.
    """
    needed, there = bytes_needed(configuration, vocab_size), _physical_memory()
    if there is not None and needed > _LARGEST_SHARE * there:
        raise RnnvizError(
            f"This would need about {needed / 1e9:,.1f} GB of memory and the computer has "
            f"{there / 1e9:,.1f} GB: choose fewer hidden units, a shorter sequence or a smaller "
            "batch."
        )


def _physical_memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
