"""How fast a run may go, and how fast it goes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

from rnnviz.core.errors import RnnvizError

_LONGEST_WAIT = 60.0
_RATE_SECONDS = 1.0


class SpeedLimit:
    """Says when the next step is due.

    Parameters
    ----------
    clock
        Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._chosen: float | None = None
        self._led: float | None = None
        self._last_step_at = -math.inf
        self._next_step_at = -math.inf

    @property
    def steps_per_second(self) -> float | None:
        """The speed in force: that of the training that was asked for, or the one that was set."""
        return self._chosen if self._led is None else self._led

    @property
    def seconds_to_wait(self) -> float:
        """Seconds until the next step may be due: 0 for now, and never very long."""
        if self.steps_per_second is None:
            return 0.0
        return min(max(0.0, self._next_step_at - self._clock()), _LONGEST_WAIT)

    def choose(self, steps_per_second: float | None) -> None:
        """Set a speed, or none, from now on.

        Raises
        ------
        RnnvizError
            Where it is no speed.
        """
        check_speed(steps_per_second)
        self._chosen = steps_per_second
        self.lead(None)

    def lead(self, steps_per_second: float | None) -> None:
        """Have another speed than the one that was chosen, or that one again, until `choose`."""
        self._led = steps_per_second
        # The new speed counts from the last step: moving a slider must not trigger steps.
        if self.steps_per_second is not None:
            self._next_step_at = self._last_step_at + 1.0 / self.steps_per_second

    def begin(self) -> None:
        """Have a step be due at once."""
        self._next_step_at = self._clock()

    def take_step(self) -> float | None:
        """Take the step that is due.

        Returns
        -------
        float or None
            Seconds from one step to the next, 0 without a limit; None where none is due yet.
        """
        speed = self.steps_per_second
        if speed is None:
            return 0.0
        now, interval = self._clock(), 1.0 / speed
        late = now - self._next_step_at
        if late < 0:
            return None
        # A step that comes late does not delay the next one; one that is late by more than
        # an interval is dropped, not caught up with.
        self._last_step_at = now
        self._next_step_at = now + interval - (late if late < interval else 0.0)
        return interval


class TokenRate:
    """Measures over about the last second how many tokens are read a second.

    Parameters
    ----------
    clock
        Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque(maxlen=64)

    def clear(self) -> None:
        """Forget what was measured."""
        self._seen.clear()

    def measure(self, tokens_seen: int) -> float:
        """Return tokens a second, now that so many were seen in all; 0 at first."""
        now = self._clock()
        self._seen.append((now, tokens_seen))
        while len(self._seen) > 2 and now - self._seen[1][0] > _RATE_SECONDS:
            self._seen.popleft()
        then, tokens = self._seen[0]
        return (tokens_seen - tokens) / (now - then) if now > then else 0.0


def check_speed(steps_per_second: float | None) -> None:
    """Refuse what is no speed.

    Raises
    ------
    RnnvizError
        Where it is not None and not a number above 0.
    """
    is_number = isinstance(steps_per_second, int | float) and not isinstance(steps_per_second, bool)
    if steps_per_second is not None and not (is_number and 0 < steps_per_second < math.inf):
        raise RnnvizError("A speed is a number of steps a second, above 0, or no limit.")
