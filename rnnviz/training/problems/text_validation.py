"""The loss on held-out text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.data import TextsReader, Window
from rnnviz.data.text.windows import longest_text
from rnnviz.data.token_vocabulary import Ids
from rnnviz.training.truncated_bptt import begun

# Enough for a standard error of about 0.01 nats, at a few hundredths of what the 1,000 steps
# between two measurements cost (hidden 100, batch 1: 5 against 190 ms).
_LARGEST_COUNT = 8192
SEQUENCE_LENGTH = 16
LARGEST_BATCH = 16


class TextValidation:
    """Measures a network on held-out text, without touching the run's state.

    The text's first 8,192 tokens at the most are read as up to 16 streams side by side, each
    from a state of zeros that is carried from window to window, but not from text to text.

    Parameters
    ----------
    network
        The network.
    ids
        (n,) held-out token ids; fewer than 2 of a text measure nothing.
    bounds
        Where in them another text begins, ascending, if they are of several.
    """

    score: None = None

    def __init__(self, network: Network, ids: Ids, bounds: Sequence[int] = ()) -> None:
        self._network = network
        self._tapes: dict[int, NetworkTape] = {}
        ids = ids[:_LARGEST_COUNT]
        bounds = [bound for bound in bounds if bound < len(ids)]
        self._windows = _windows_of_several(ids, bounds) if bounds else _windows(ids)
        self.is_possible = bool(self._windows)

    def loss(self) -> float | None:
        """Return nats per token; None where there is no held-out text."""
        if not self.is_possible:
            return None
        batch_size = self._windows[0].inputs.shape[1]
        state = self._network.zero_state(batch_size)
        for tape in self._tapes.values():
            self._network.prepare(tape)
        total, length = 0.0, 0
        for window in self._windows:
            tape = self._tape(len(window.inputs), batch_size)
            if window.begins is not None:
                state = begun(state, window.begins)
            self._network.forward(window.inputs, state, tape, prepared=True)
            total += cross_entropy(tape.logits, window.targets, tape.d_logits)
            state = tape.final_state()
            length += len(window.inputs)
        return total / length

    def _tape(self, sequence_length: int, batch_size: int) -> NetworkTape:
        """Return the buffers of a whole window, or of the shorter one at the end."""
        if sequence_length not in self._tapes:
            tape = self._tapes[sequence_length] = self._network.new_tape(
                sequence_length, batch_size
            )
            self._network.prepare(tape)
        return self._tapes[sequence_length]


def _windows(ids: Ids) -> list[Window]:
    """Cut streams of one length into windows, of which the last may be shorter."""
    if len(ids) < 2:
        return []
    batch_size = max(1, min(LARGEST_BATCH, len(ids) // (SEQUENCE_LENGTH + 1)))
    length = len(ids) // batch_size
    streams = np.ascontiguousarray(
        ids[: length * batch_size].reshape(batch_size, length).T.astype(np.intp)
    )
    parts = [
        streams[start : start + SEQUENCE_LENGTH + 1]
        for start in range(0, length - 1, SEQUENCE_LENGTH)
    ]
    return [Window(tokens[:-1], tokens[1:], number == 0) for number, tokens in enumerate(parts)]


def _windows_of_several(ids: Ids, bounds: Sequence[int]) -> list[Window]:
    """Cut several texts into windows; short ones of none but short texts."""
    length = min(SEQUENCE_LENGTH, len(longest_text(ids, bounds)) - 1)
    if length < 1:
        return []
    alone = TextsReader(ids, bounds, sequence_length=length, batch_size=1)
    reader = alone.resized(batch_size=min(LARGEST_BATCH, alone.windows_per_epoch))
    return [reader.next_window() for _ in range(reader.windows_per_epoch)]
