"""Whether a network and its windows fit into this computer's memory."""

from __future__ import annotations

import math
import os
from functools import lru_cache

import numpy as np

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import Cell
from rnnviz.core.errors import RnnvizError
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.core.sampling import TOKENS_AT_A_TIME
from rnnviz.core.sparse_rows import one_hot_pays
from rnnviz.data import Trait
from rnnviz.diagnostics.credit import LARGEST_PROBE, LARGEST_SIZE, MOST_AT_ONCE
from rnnviz.diagnostics.units import READ, WINDOW
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.units import SHOWN
from rnnviz.training.problems.problem import LONGEST_WATCHED
from rnnviz.training.problems.registry import problem_of
from rnnviz.training.problems.text_validation import LARGEST_BATCH, SEQUENCE_LENGTH
from rnnviz.wording import in_bytes

_LARGEST_SHARE = 0.7
# Parameters, their gradients, those kept in case of a failure, the best ones and their successors,
# and what is made in passing.
_VECTORS = 6
# Of W, on two tapes for held-out text and for the credit matrix's way back; where training has
# several streams, on its tape, and for its way back.
_COPIES_OF_W = 3
_COPIES_FOR_STREAMS = 2
# Who works on one stream reads W itself, unless the cell wants it scaled: then there is one on each
# tape of those that write and that read for the units.
_SCALED_COPIES = 4
# The checkpoint, its tensors, the file as bytes, and those put together.
_COPIES_TO_SAVE = 4
# Parameters before and after, gradients, clipped ones, updates, and what is made in passing.
_VECTORS_TO_RECORD = 8
# Per step, stream and token: logits and their gradient.
_TOKEN_ARRAYS = 2
# The views of one time step of one layer, for each of the arrays that its cell has there.
_BYTES_OF_VIEWS = 300


# Every snapshot asks, and the answer changes with the settings only.
@lru_cache(maxsize=8)
def bytes_needed(configuration: Configuration, vocab_size: int) -> int:
    """Estimate the memory of a run's parameters and of its windows' buffers, saving aside."""
    architecture = configuration.architecture(vocab_size)
    length, layers = configuration.sequence_length, architecture.num_layers
    # No token is shorter than a character.
    watched = min(len(configuration.watched_text), LONGEST_WATCHED)
    hidden = recurrent = views = 0
    # What each layer's weights are multiplied with: its inputs, a 1, the state before.
    count = length * configuration.batch_size
    factors = vocab_size if one_hot_pays(count, vocab_size) else 0
    for number, cell in enumerate(architecture.make_cells()):
        hidden += cell.arrays_a_step * architecture.hidden_size
        copies = _copies_of_w(cell, configuration.batch_size)
        recurrent += copies * sum(math.prod(shape) for shape in cell.recurrent_shapes().values())
        views += cell.arrays_a_step * _BYTES_OF_VIEWS
        factors += architecture.hidden_size * (2 if number else 1) + 1
    if layers > 1:
        # A residual sum and its gradient, or a dropout mask and its draw.
        hidden += 2 * layers * architecture.hidden_size
    # Beside the window itself, one stream of it for the gradient's way back, two windows in which
    # the held-out text is read, two writers, and a watched text with its own way back.
    places = length * (configuration.batch_size + 1) + 2 * SEQUENCE_LENGTH * LARGEST_BATCH
    places += 2 * TOKENS_AT_A_TIME + 2 * watched
    places += problem_of(configuration).places_to_test(length)
    if Trait.TEXT in configuration.source.traits:
        places += WINDOW
    numbers = places * (hidden + factors + _TOKEN_ARRAYS * vocab_size)
    numbers += (_VECTORS + 2 * _slots(configuration)) * architecture.parameter_count()
    numbers += recurrent
    a_number = _bytes_a_number(configuration)
    numbers += _numbers_of_units(configuration, architecture)
    # Every error of a window goes back through all of it, a few at a time.
    longest = max(length, watched)
    credit_places = min(longest, LARGEST_SIZE) * min(longest, MOST_AT_ONCE)
    credit = min(LARGEST_PROBE, credit_places * hidden * a_number)
    return numbers * a_number + credit + 2 * (length + watched) * views


def _copies_of_w(cell: Cell, batch_size: int) -> int:
    """Count the copies of a layer's recurrent parameters in the layouts that its loops read."""
    is_scaled = cell.new_tape(1, 1, np.float32).scale is not None
    copies = _COPIES_OF_W + (_SCALED_COPIES if is_scaled else 0)
    if batch_size > 1:
        return copies + _COPIES_FOR_STREAMS
    return copies + (1 if is_scaled else 0)


def _numbers_of_units(configuration: Configuration, architecture: Architecture) -> int:
    """Count the states that the units are compared by, and those that are shown twice."""
    if Trait.TEXT not in configuration.source.traits:
        return 0
    states = len(architecture.state_labels()) * architecture.hidden_size
    return (READ + 2 * SHOWN) * states


def bytes_to_save(configuration: Configuration, vocab_size: int) -> int:
    """Estimate the memory that saving a run takes beside the run itself."""
    vectors = _COPIES_TO_SAVE * (2 + _slots(configuration))
    count = configuration.architecture(vocab_size).parameter_count()
    return vectors * count * _bytes_a_number(configuration)


def bytes_to_record(configuration: Configuration, vocab_size: int) -> int:
    """Estimate the memory in which one step is written out, in float64, for somebody to look at."""
    architecture = configuration.architecture(vocab_size)
    hidden = architecture.hidden_size * sum(
        cell.arrays_a_step for cell in architecture.make_cells()
    )
    if architecture.num_layers > 1:
        # A residual sum and its gradient, or a dropout mask and what it leaves.
        hidden += 2 * architecture.num_layers * architecture.hidden_size
    # Forward, backward, and forward once more with the new weights.
    places = configuration.sequence_length * configuration.batch_size
    numbers = places * (3 * hidden + 4 * vocab_size + 5 * architecture.output_size)
    numbers += (_VECTORS_TO_RECORD + 2 * _slots(configuration)) * architecture.parameter_count()
    return 8 * numbers


def _slots(configuration: Configuration) -> int:
    return len(OPTIMIZERS[configuration.optimizer].slot_names)


def _bytes_a_number(configuration: Configuration) -> int:
    return 8 if configuration.dtype == "float64" else 4


def check_memory(
    configuration: Configuration, vocab_size: int, beside: int = 0, text_bytes: int = 0
) -> None:
    """Refuse what does not fit; asking for it would stop the whole computer, not only this run.

    Parameters
    ----------
    configuration, vocab_size
        What is to be begun.
    beside
        Bytes that other runs need at the same time.
    text_bytes
        What its text will take that nobody else has read.

    Raises
    ------
    RnnvizError
        With how much would be needed and what would help.
    """
    # A run that could not be saved would be lost.
    needed = bytes_needed(configuration, vocab_size) + bytes_to_save(configuration, vocab_size)
    needed += text_bytes
    others = f" beside the {in_bytes(beside)} of the other runs" if beside else ""
    _refuse_too_much(f"This would need about {in_bytes(needed)} of memory{others}", needed + beside)


def check_memory_to_record(configuration: Configuration, vocab_size: int) -> None:
    """Refuse to write out a step that does not fit; raises as `check_memory` does."""
    needed = bytes_to_record(configuration, vocab_size)
    _refuse_too_much(f"To show every number of a step would need about {in_bytes(needed)}", needed)


def _refuse_too_much(what: str, needed: int) -> None:
    there = _physical_memory()
    if there is not None and needed > _LARGEST_SHARE * there:
        raise RnnvizError(
            f"{what} and the computer has {in_bytes(there)}: choose fewer hidden units, a shorter "
            "sequence or a smaller batch."
        )


def _physical_memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
