"""Looking at a run no more often than its training can bear."""

from __future__ import annotations

import time
from collections.abc import Callable

LARGEST_SHARE = 0.1
"""Of a run's time, looking at it takes at most this share."""

SHARE_OF_GLANCES = 0.05
"""And glances between two looks at most this one."""


class Throttle:
    """Says when something may be measured again.

    What costs much (eigenvalues of a large matrix) is measured rarely, what costs little at every
    frame: after each measurement comes so long a rest that it takes no more than its share.
    This decides only what is shown: what is trained never depends on the clock.

    Parameters
    ----------
    clock
        Seconds, monotonic.
    share
        Of the time, measuring takes at most so much.
    """

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, share: float = LARGEST_SHARE
    ) -> None:
        self._clock = clock
        self._share = share
        self._took = 0.0
        self._rests_until = 0.0

    def is_due(self, idle: float = 0.0) -> bool:
        """Tell whether the rest is over, or the measurement fits into the idle seconds."""
        return self._took < idle or self._clock() >= self._rests_until

    def began(self) -> float:
        """Return the time, to be handed to `ended`."""
        return self._clock()

    def ended(self, began: float) -> None:
        """Note what a measurement took."""
        now = self._clock()
        self._took = now - began
        self._rests_until = now + self._took * (1 / self._share - 1)
