"""Where values stand on the screen: from data to pixels and back."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QRectF

from rnnviz.gui.plotting.axis import Axis, Floats
from rnnviz.gui.plotting.ranges import SteadyRange

_FAR = 2000.0
"""How far outside the plot, in pixels, a point may lie: beyond, Qt's painter loses precision."""


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
    """

    def __init__(self, axis: Axis) -> None:
        self.axis = axis
        self.range = SteadyRange(axis)
        self.start = 0.0
        self.end = 1.0

    def to_pixels(self, values: Floats) -> Floats:
        """Return the pixels of values; not-a-number stays so, and breaks a line."""
        coordinates = self.axis.forward(values)
        low = self.range.low
        if self.axis.kind == "log":
            # Less than can be shown lies on the bottom, as the tick there says; it is never a gap.
            coordinates = np.maximum(coordinates, low)
        factor = (self.end - self.start) / (self.range.high - low)
        pixels = (coordinates - low) * factor
        pixels += self.start
        near, far = min(self.start, self.end) - _FAR, max(self.start, self.end) + _FAR
        return np.clip(pixels, near, far, out=pixels)

    def to_pixel(self, value: float) -> float:
        """Return the pixel of one value."""
        return float(self.to_pixels(np.array([value], dtype=np.float64))[0])

    def place(self, coordinate: float) -> float:
        """Return the pixel of a coordinate, such as a tick's position."""
        share = (coordinate - self.range.low) / (self.range.high - self.range.low)
        return self.start + share * (self.end - self.start)

    def to_value(self, pixel: float) -> float:
        """Return the value at a pixel."""
        share = (pixel - self.start) / (self.end - self.start)
        return self.axis.inverse(self.range.low + share * (self.range.high - self.range.low))

    def contains(self, value: float) -> bool:
        """Return whether a value lies in the visible stretch."""
        coordinate = float(self.axis.forward(np.array([value], dtype=np.float64))[0])
        return self.range.low <= coordinate <= self.range.high


@dataclass(slots=True)
class Mapping:
    """Both scales of a plot, and the rectangle in which data are drawn."""

    x: Scale
    y: Scale
    rect: QRectF = field(default_factory=lambda: QRectF(0, 0, 1, 1))

    def lay_out(self, rect: QRectF) -> None:
        """Draw the data inside this rectangle from now on."""
        self.rect = rect
        self.x.start, self.x.end = rect.left(), rect.right()
        if self.x.axis.kind == "inverted":
            self.x.start, self.x.end = self.x.end, self.x.start
        self.y.start, self.y.end = rect.bottom(), rect.top()
        if self.y.axis.kind == "inverted":
            self.y.start, self.y.end = self.y.end, self.y.start


def as_floats(values: ArrayLike) -> Floats:
    """Return values as a one-dimensional float64 array, without copying where that is possible."""
    return np.atleast_1d(np.asarray(values, dtype=np.float64))
