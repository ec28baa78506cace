"""Where values stand on the screen: from data to pixels and back."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QRectF

from rnnviz.gui.plotting.axes.axis import Axis, Floats
from rnnviz.gui.plotting.axes.ranges import SteadyRange

_FAR = 2000.0
"""How far outside the plot, in pixels, a point may lie: beyond, Qt's painter loses precision."""
_LEAST = 1e-300
"""The least positive number of which a logarithm is taken."""


Span = tuple[float, float]
"""A stretch of an axis in data units, its lower end first."""


class Scale:
    """One axis with its range, laid along a stretch of pixels.

    Parameters
    ----------
    axis
        What the axis means.

    Attributes
    ----------
    range
        The visible stretch, in the axis's coordinate.
    start, end
        The pixels of the range's lower and upper end; ``start`` is the greater one on a y axis
        that grows upward.
    widening
        By how much of the axis's coordinate more is visible at either end than the range; see
        `AxesTransform.equal`.
    besides
        What is to be seen whatever else is asked for.
    """

    def __init__(self, axis: Axis) -> None:
        self.axis = axis
        self.range = SteadyRange(axis)
        self.start = 0.0
        self.end = 1.0
        self.widening = 0.0
        self.besides: Span | None = None

    def take_axis(self, axis: Axis) -> None:
        """Mean something else from now on."""
        self.axis, self.range = axis, SteadyRange(axis)

    def show(self, low: float, high: float, *, steady: bool) -> float | None:
        """Have at least this stretch, in data units, in the range.

        Parameters
        ----------
        low, high
            The stretch.
        steady
            See `SteadyRange.offer`; else it is exactly this stretch.

        Returns
        -------
        float or None
            How many pixels what stood at its ends has moved, at most; None where nothing has.
        """
        if self.besides is not None:
            low, high = min(low, self.besides[0]), max(high, self.besides[1])
        first, last = self.axis.forward(np.array([low, high], dtype=np.float64)).tolist()
        ends = self.low, self.high
        if not (self.range.offer(first, last) if steady else self.range.fix(first, last)):
            return None
        return max(abs(self.place(ends[0]) - self.start), abs(self.place(ends[1]) - self.end))

    @property
    def low(self) -> float:
        """The lower end of what is visible."""
        return self.range.low - self.widening

    @property
    def high(self) -> float:
        """The upper end of what is visible."""
        return self.range.high + self.widening

    def to_pixels(self, values: Floats, *, grounded: bool = True) -> Floats:
        """Return the pixels of values; not-a-number stays so, and breaks a line.

        Parameters
        ----------
        values
            Shape ``(N,)``, in data units.
        grounded
            Whether what is less than a log axis shows lies on its bottom, as the tick there says;
            else it lies below.
        """
        low = self.low
        if self.axis.kind == "log" and not grounded:
            coordinates = np.asarray(np.log10(np.maximum(values, _LEAST)))
        else:
            coordinates = self.axis.forward(values)
            if self.axis.kind == "log":
                coordinates = np.maximum(coordinates, low)
        factor = (self.end - self.start) / (self.high - low)
        pixels = (coordinates - low) * factor
        pixels += self.start
        near, far = min(self.start, self.end) - _FAR, max(self.start, self.end) + _FAR
        return np.clip(pixels, near, far, out=pixels)

    def to_pixel(self, value: float) -> float:
        """Return the pixel of one value."""
        return float(self.to_pixels(np.array([value], dtype=np.float64))[0])

    def place(self, coordinate: float) -> float:
        """Return the pixel of a coordinate, such as a tick's position."""
        share = (coordinate - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def to_value(self, pixel: float) -> float:
        """Return the value at a pixel."""
        share = (pixel - self.start) / (self.end - self.start)
        return self.axis.inverse(self.low + share * (self.high - self.low))

    def contains(self, value: float) -> bool:
        """Return whether a value lies in the visible stretch."""
        coordinate = float(self.axis.forward(np.array([value], dtype=np.float64))[0])
        return self.low <= coordinate <= self.high


@dataclass(slots=True)
class AxesTransform:
    """Both scales of a plot, and the rectangle in which data are drawn.

    Where the axes are ``equal``, one unit is as long on both, so that a circle is a circle: the
    axis that has room to spare shows more than its range.
    """

    x: Scale
    y: Scale
    rect: QRectF = field(default_factory=lambda: QRectF(0, 0, 1, 1))
    equal: bool = False

    def lay_out(self, rect: QRectF) -> None:
        """Draw the data inside this rectangle from now on."""
        self.rect = rect
        self.x.start, self.x.end = rect.left(), rect.right()
        if self.x.axis.kind == "inverted":
            self.x.start, self.x.end = self.x.end, self.x.start
        self.y.start, self.y.end = rect.bottom(), rect.top()
        if self.y.axis.kind == "inverted":
            self.y.start, self.y.end = self.y.end, self.y.start
        if self.equal:
            self._widen(rect)

    def _widen(self, rect: QRectF) -> None:
        """Show more of one axis, so that a pixel is as much of it as of the other."""
        lengths = [scale.range.high - scale.range.low for scale in (self.x, self.y)]
        unit = max(lengths[0] / rect.width(), lengths[1] / rect.height())
        self.x.widening = (unit * rect.width() - lengths[0]) / 2
        self.y.widening = (unit * rect.height() - lengths[1]) / 2


def as_floats(values: ArrayLike) -> Floats:
    """Return values as a one-dimensional float64 array, without copying where that is possible."""
    return np.atleast_1d(np.asarray(values, dtype=np.float64))
