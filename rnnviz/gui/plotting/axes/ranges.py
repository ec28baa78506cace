"""Ranges that follow the data without trembling, or are held where a person wants to look.

Following, they grow at once, and shrink late.
"""

import math

import numpy as np
from numpy.typing import NDArray

from rnnviz.gui.plotting.axes.axis import Axis, nice_step

PATIENCE = 40
"""How many offers in a row must leave room unused before a range shrinks; some two seconds."""

_ROOM = 0.8
"""A range shrinks only to less than this share of its length."""

_FAR = 0.25
"""Where no more than this share is used, a fifth of the patience is enough: nobody sees a thing."""

_WIDEST = 4.0
"""A held range is at most so many times as long as the one that the data need."""
_FINEST = 1e-6
"""And at least this share of it; more where nothing could be told apart, see `_least`."""


class SteadyRange:
    """The range of one axis, in the axis's coordinate.

    A range that followed its data exactly would move every label in every frame. This one ends at
    round values: it takes in new data at once, and gives up room only after it has been too large
    for a while. While it is held, what the data need is noted, and shown once it follows again.

    Parameters
    ----------
    axis
        The axis whose range it is; a log axis ends at whole decades.
    patience
        How many offers in a row must have been narrower before it shrinks.

    Attributes
    ----------
    low, high
        Its ends.
    is_held
        Whether it stays where it is, whatever the data need.
    rests
        Whether it does so for a moment, of which nobody is told.
    """

    def __init__(self, axis: Axis, patience: int = PATIENCE) -> None:
        self._axis = axis
        self._patience = patience
        self.low, self.high = (-12.0, 0.0) if axis.kind == "log" else (0.0, 1.0)
        self._needed = self.low, self.high
        self.is_held = self.rests = False
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next offer is taken as it is, rounded. What is held stays so."""
        self._empty = True
        self._waited = 0
        self._seen = (math.inf, -math.inf)

    def fix(self, low: float, high: float) -> bool:
        """Have the data need exactly these coordinates; return whether the range moved."""
        self.reset()
        self._empty = False
        return self._set(low, high)

    def offer(self, low: float, high: float) -> bool:
        """Take note of what the data need, in coordinates; return whether the range moved."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return False
        low, high = self._rounded(min(low, high), max(low, high))
        if self._empty:
            self._empty = False
            return self._set(low, high)
        first, last = self._needed
        if low < first or high > last:
            self._forget_waiting()
            return self._set(min(low, first), max(high, last))
        if high - low >= _ROOM * (last - first):
            self._forget_waiting()
            return False
        self._waited += 1
        self._seen = (min(low, self._seen[0]), max(high, self._seen[1]))
        is_far_too_wide = self._seen[1] - self._seen[0] < _FAR * (last - first)
        if self._waited < (self._patience // 5 if is_far_too_wide else self._patience):
            return False
        seen = self._seen
        self._forget_waiting()
        return self._set(*seen)

    @property
    def needed(self) -> tuple[float, float]:
        """What the data need, in coordinates, whether it is shown or not."""
        return self._needed

    # -- held ---------------------------------------------------------------------------------

    def hold(self, low: float, high: float) -> None:
        """Stay at exactly these coordinates until it is to `follow` again."""
        self.is_held = True
        self.low, self.high = low, max(high, low + self._least(low, high))

    def zoom(self, about: float, factor: float) -> None:
        """Hold a stretch so many times as long, in which a coordinate keeps its place.

        It becomes neither so short that nothing could be told apart, nor so long, or so far away,
        that the data could be lost from sight.
        """
        length = self.high - self.low
        most = max(_WIDEST * (self._needed[1] - self._needed[0]), length)
        wanted = min(max(length * factor, self._least(self.low, self.high)), most)
        low = about - (about - self.low) * wanted / length
        self._hold_near(low, low + wanted)

    def move(self, by: float) -> None:
        """Hold a stretch as long, so much farther up, but never all beside the data."""
        self._hold_near(self.low + by, self.high + by)

    def follow(self) -> bool:
        """Show what the data need again; return whether that was another stretch."""
        self.is_held = self.rests = False
        return self._set(*self._needed)

    def _hold_near(self, low: float, high: float) -> None:
        """Hold this stretch, moved so that its middle is where there may be data."""
        middle = (low + high) / 2
        shift = min(max(middle, self._needed[0]), self._needed[1]) - middle
        self.hold(low + shift, high + shift)

    def _least(self, low: float, high: float) -> float:
        """Return how long a stretch must be for values in it to be told apart."""
        if self._axis.kind == "log":
            return 0.05
        needed = self._needed[1] - self._needed[0]
        told_apart = _FINEST * needed, 1e-9 * (abs(low) + abs(high))
        return max(2.0 if self._axis.whole else 0.0, *told_apart)

    # -- following ----------------------------------------------------------------------------

    def _forget_waiting(self) -> None:
        self._waited = 0
        self._seen = (math.inf, -math.inf)

    def _set(self, low: float, high: float) -> bool:
        if high <= low:
            high = low + 1.0
        self._needed = low, high
        if self.is_held or self.rests or (low, high) == (self.low, self.high):
            return False
        self.low, self.high = low, high
        return True

    def _rounded(self, low: float, high: float) -> tuple[float, float]:
        if self._axis.kind == "log":
            # What is counted has no decades of its own, and one that is begun is not all shown.
            step = 0.1 if self._axis.switchable else 1.0
        else:
            # An eighth of the length: fine enough to leave little room, coarse enough to rest.
            length = high - low or abs(high) or 1.0
            step = nice_step(length / 16, whole=self._axis.whole)
        rounded_low = math.floor(low / step + 1e-9) * step
        rounded_high = math.ceil(high / step - 1e-9) * step
        if rounded_high <= rounded_low:
            rounded_high = rounded_low + step
        return rounded_low, rounded_high


def quantile(values: NDArray[np.floating], share: float) -> float:
    """Return the entry of `values` (n,), n > 0, that `share` of the others do not exceed.

    One of the entries, not a mean of two: NumPy's own takes ten times as long, in every frame.
    """
    place = int(share * (len(values) - 1))
    return float(np.partition(values, place)[place])
