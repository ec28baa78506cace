"""Dear diagnostics, measured no more often than training can bear."""

from __future__ import annotations

import time
from collections.abc import Callable

from rnnviz.training.commands import Diagnostic

LARGEST_SHARE = 0.05
"""Of a run's time one diagnostic takes at most this share."""


class Pace:
    """Says which diagnostics may be measured again.

    What costs much (eigenvalues of a large matrix) is measured rarely, what costs little at every
    frame: each rests after its measurement for so long that it takes a twentieth of the time. This
    decides only what is shown: what is trained never depends on the clock.

    Parameters
    ----------
    clock
        Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._rests_until: dict[Diagnostic, float] = {}

    def is_due(self, diagnostic: Diagnostic) -> bool:
        """Tell whether its rest is over."""
        return self._clock() >= self._rests_until.get(diagnostic, 0.0)

    def began(self) -> float:
        """Return the time, to be handed to `ended`."""
        return self._clock()

    def ended(self, diagnostic: Diagnostic, began: float) -> None:
        """Note what a measurement took."""
        now = self._clock()
        self._rests_until[diagnostic] = now + (now - began) * (1 / LARGEST_SHARE - 1)
