"""The loss on held-out text."""

from __future__ import annotations

import numpy as np

from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.sparse_rows import Ids
from rnnviz.core.tape import NetworkTape

# Enough for a standard error of about 0.01 nats, at a few hundredths of what the 1,000 steps
# between two measurements cost (hidden 100, batch 1: 5 against 190 ms).
_LARGEST_COUNT = 8192
SEQUENCE_LENGTH = 16
LARGEST_BATCH = 16


class TextValidation:
    """Measures a network on held-out text, without touching the run's state.

    The text's first 8,192 tokens at the most are read as up to 16 streams side by side, each
    from a state of zeros that is carried from window to window.

    Parameters
    ----------
    network
        The network.
    ids
        (n,) held-out token ids; fewer than 2 measure nothing.
    """

    score: None = None

    def __init__(self, network: Network, ids: Ids) -> None:
        self._network = network
        self._tapes: dict[int, NetworkTape] = {}
        count = min(len(ids), _LARGEST_COUNT)
        self.is_possible = count >= 2
        if not self.is_possible:
            return
        batch_size = max(1, min(LARGEST_BATCH, count // (SEQUENCE_LENGTH + 1)))
        length = count // batch_size
        self._streams = np.ascontiguousarray(
            ids[: length * batch_size].reshape(batch_size, length).T.astype(np.intp)
        )

    def loss(self) -> float | None:
        """Return nats per token; None where there is no held-out text."""
        if not self.is_possible:
            return None
        length: int = self._streams.shape[0]
        batch_size: int = self._streams.shape[1]
        state = self._network.zero_state(batch_size)
        for tape in self._tapes.values():
            self._network.prepare(tape)
        total = 0.0
        for start in range(0, length - 1, SEQUENCE_LENGTH):
            tokens = self._streams[start : start + SEQUENCE_LENGTH + 1]
            tape = self._tape(len(tokens) - 1, batch_size)
            self._network.forward(tokens[:-1], state, tape, prepared=True)
            total += cross_entropy(tape.logits, tokens[1:], tape.d_logits)
            state = tape.final_state()
        return total / (length - 1)

    def _tape(self, sequence_length: int, batch_size: int) -> NetworkTape:
        """Return the buffers of a whole window, or of the shorter one at the end."""
        if sequence_length not in self._tapes:
            tape = self._tapes[sequence_length] = self._network.new_tape(
                sequence_length, batch_size
            )
            self._network.prepare(tape)
        return self._tapes[sequence_length]
