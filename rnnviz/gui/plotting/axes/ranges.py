"""Ranges that follow the data without trembling: they grow at once, and shrink late."""

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


class SteadyRange:
    """The range of one axis, in the axis's coordinate.

    A range that followed its data exactly would move every label in every frame. This one ends at
    round values: it takes in new data at once, and gives up room only after it has been too large
    for a while.

    Parameters
    ----------
    axis
        The axis whose range it is; a log axis ends at whole decades.
    patience
        How many offers in a row must have been narrower before it shrinks.
    """

    def __init__(self, axis: Axis, patience: int = PATIENCE) -> None:
        self._axis = axis
        self._patience = patience
        self.low = -12.0 if axis.kind == "log" else 0.0
        self.high = 0.0 if axis.kind == "log" else 1.0
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next offer is taken as it is, rounded."""
        self._empty = True
        self._waited = 0
        self._seen = (math.inf, -math.inf)

    def fix(self, low: float, high: float) -> bool:
        """Set the range to exactly these coordinates; return whether it moved."""
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
        if low < self.low or high > self.high:
            self._forget_waiting()
            return self._set(min(low, self.low), max(high, self.high))
        if high - low >= _ROOM * (self.high - self.low):
            self._forget_waiting()
            return False
        self._waited += 1
        self._seen = (min(low, self._seen[0]), max(high, self._seen[1]))
        is_far_too_wide = self._seen[1] - self._seen[0] < _FAR * (self.high - self.low)
        if self._waited < (self._patience // 5 if is_far_too_wide else self._patience):
            return False
        seen = self._seen
        self._forget_waiting()
        return self._set(*seen)

    def _forget_waiting(self) -> None:
        self._waited = 0
        self._seen = (math.inf, -math.inf)

    def _set(self, low: float, high: float) -> bool:
        if high <= low:
            high = low + 1.0
        moved = (low, high) != (self.low, self.high)
        self.low, self.high = low, high
        return moved

    def _rounded(self, low: float, high: float) -> tuple[float, float]:
        if self._axis.kind == "log":
            step = 1.0
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
