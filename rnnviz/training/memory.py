"""Whether a network and its windows fit into this computer's memory."""

from __future__ import annotations

import os

from rnnviz.core.errors import RnnvizError
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.training.configuration import Configuration
from rnnviz.training.validation import LARGEST_BATCH, SEQUENCE_LENGTH

_LARGEST_SHARE = 0.7
# Parameters, their gradients, the copies that the loops read, the best ones, and one to save.
_VECTORS = 7
# Per step, stream and token: logits and their gradient.
_TOKEN_ARRAYS = 2


def bytes_needed(configuration: Configuration, vocab_size: int) -> int:
    """Estimate the memory of a run's parameters and of one window's buffers."""
    architecture = configuration.architecture(vocab_size)
    # Beside the window itself, one stream of it for the gradient's way back, and the windows in
    # which the held-out text is read.
    places = configuration.sequence_length * (configuration.batch_size + 1)
    places += SEQUENCE_LENGTH * LARGEST_BATCH
    arrays = sum(cell.arrays_a_step for cell in architecture.make_cells())
    if architecture.num_layers > 1:
        # A residual sum and its gradient, or a dropout mask and what it leaves.
        arrays += 2 * architecture.num_layers
    hidden = arrays * architecture.hidden_size
    slots = len(OPTIMIZERS[configuration.optimizer].slot_names)
    # Weights and slots are kept twice, to go back to where the next ones are not finite.
    numbers = (_VECTORS + 1 + 2 * slots) * architecture.parameter_count()
    numbers += places * (hidden + _TOKEN_ARRAYS * vocab_size)
    return numbers * (8 if configuration.dtype == "float64" else 4)


def in_bytes(count: int) -> str:
    """Write an amount of memory for people: '1.2 MB'."""
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{max(count / 1e6, 0.1):,.1f} MB"


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
            f"This would need about {in_bytes(needed)} of memory and the computer has "
            f"{in_bytes(there)}: choose fewer hidden units, a shorter sequence or a smaller "
            "batch."
        )


def _physical_memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
