"""The loss on held-out text."""

from __future__ import annotations

import numpy as np

from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Ids, Network

_LARGEST_COUNT = 16_384
_SEQUENCE_LENGTH = 64
_LARGEST_BATCH = 64


class Validation:
    """Measures a network on held-out text, without touching the run's state.

    The text's first 16,384 tokens at the most are read as up to 64 streams side by side, each
    from a state of zeros that is carried from window to window.

    Parameters
    ----------
    network
        The network.
    ids
        (n,) held-out token ids; fewer than 2 measure nothing.
    """

    def __init__(self, network: Network, ids: Ids) -> None:
        self._network = network
        count = min(len(ids), _LARGEST_COUNT)
        self.is_possible = count >= 2
        if not self.is_possible:
            return
        batch_size = max(1, min(_LARGEST_BATCH, count // (_SEQUENCE_LENGTH + 1)))
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
        total = 0.0
        for start in range(0, length - 1, _SEQUENCE_LENGTH):
            tokens = self._streams[start : start + _SEQUENCE_LENGTH + 1]
            tape = self._network.new_tape(len(tokens) - 1, batch_size)
            self._network.forward(tokens[:-1], state, tape)
            total += cross_entropy(tape.logits, tokens[1:], tape.d_logits)
            state = tape.final_state()
        return total / (length - 1)
