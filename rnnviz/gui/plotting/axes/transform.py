"""Where values stand on the screen: from data to pixels and back."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QRectF

from rnnviz.gui.plotting.axes.axis import Axis, Floats
from rnnviz.gui.plotting.axes.ranges import SteadyRange

_FAR = 2000.0
"""How far outside the plot, in pixels, a point may lie: beyond, Qt's painter loses precision."""
_LEAST = 1e-300
"""The least positive number of which a logarithm is taken."""
_BESIDE = 40.0
"""How many pixels beside the plot a line ends of which only a stretch is looked at."""


Mask = NDArray[np.bool_]
"""Which of some values are meant."""

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

    def switch(self, *, logarithmic: bool) -> None:
        """Be logarithmic, or linear, from now on; what is held stays so, as far as it can."""
        before = self.range
        needed = [self.axis.inverse(end) for end in before.needed]
        held = [self.axis.inverse(end) for end in (before.low, before.high)]
        self.take_axis(self.axis.switched(logarithmic=logarithmic))
        self.show(*needed, steady=True)
        self.range.reset()
        if before.is_held:
            self.hold(*held)

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

    def hold(self, low: float, high: float) -> None:
        """Stay at exactly this stretch, in data units; see `SteadyRange.hold`."""
        first, last = self.axis.forward(np.array([low, high], dtype=np.float64)).tolist()
        self.range.hold(first, last)
        self.widening = 0.0

    def hold_pixels(self, first: float, last: float) -> None:
        """Stay at the stretch that lies between two pixels."""
        self.range.hold(*sorted((self._coordinate(first), self._coordinate(last))))
        self.widening = 0.0

    def zoom(self, pixel: float, factor: float) -> None:
        """Hold a stretch so many times as long, about a pixel; see `SteadyRange.zoom`."""
        self.hold_pixels(self.start, self.end)
        self.range.zoom(self._coordinate(pixel), factor)

    def move(self, pixels: float) -> None:
        """Hold a stretch as long, with everything in it so many pixels farther right or down."""
        self.hold_pixels(self.start, self.end)
        share = pixels / (self.end - self.start)
        self.range.move(-share * (self.range.high - self.range.low))

    @property
    def low(self) -> float:
        """The lower end of what is visible."""
        return self.range.low - self.widening

    @property
    def high(self) -> float:
        """The upper end of what is visible."""
        return self.range.high + self.widening

    def to_pixels(self, values: Floats, *, grounded: bool = True, far: float = _FAR) -> Floats:
        """Return the pixels of values; not-a-number stays so, and breaks a line.

        Parameters
        ----------
        values
            Shape ``(N,)``, in data units.
        grounded
            Whether what is less than a log axis shows lies on its bottom, as the tick there says;
            else it lies below.
        far
            How many pixels outside of the plot a point may lie at the utmost.
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
        first, last = min(self.start, self.end) - far, max(self.start, self.end) + far
        return np.clip(pixels, first, last, out=pixels)

    def to_pixel(self, value: float) -> float:
        """Return the pixel of one value."""
        return float(self.to_pixels(np.array([value], dtype=np.float64))[0])

    def place(self, coordinate: float) -> float:
        """Return the pixel of a coordinate, such as a tick's position."""
        share = (coordinate - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def to_value(self, pixel: float) -> float:
        """Return the value at a pixel."""
        return self.axis.inverse(self._coordinate(pixel))

    def _coordinate(self, pixel: float) -> float:
        share = (pixel - self.start) / (self.end - self.start)
        return self.low + share * (self.high - self.low)

    def are_in_view(self, lows: Floats, highs: Floats | None = None) -> Mask:
        """Tell which values, or stretches between two, can be seen where a stretch is held.

        Where the data are followed, all of them are: what is left out of sight there is noise.

        Parameters
        ----------
        lows, highs
            Shape ``(N,)`` each, in data units: the values, or the ends of the stretches.
        """
        if not self.range.is_held:
            return np.ones(len(lows), bool)
        # Rounding may have moved the ends: a value there is seen, and nothing of a stretch beside.
        room = 1e-9 * (self.high - self.low)
        first, last = self.axis.forward(lows), self.axis.forward(lows if highs is None else highs)
        if highs is not None:
            room = -room
        seen: Mask = (last >= self.low - room) & (first <= self.high + room)
        return seen

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

    def way(self, x: Floats, *heights: Floats, grounded: bool = True) -> tuple[Floats, ...]:
        """Return where lines through points go, in pixels.

        Where somebody looks at a stretch of x alone, each line is cut a little beside the plot, so
        that it costs what is seen of it, and enters and leaves the plot where it should even if its
        next point is far away.

        Parameters
        ----------
        x
            Shape ``(N,)``, ascending, in data units; what it does not know comes first.
        heights
            Shape ``(N,)`` each: values of y.
        grounded
            See `Scale.to_pixels`.

        Returns
        -------
        tuple of arrays
            The pixels of x, and of each of the heights.
        """
        if not self.x.range.is_held or not len(x):
            to_y = self.y.to_pixels
            return (self.x.to_pixels(x), *(to_y(one, grounded=grounded) for one in heights))
        return self._cut(x, heights, grounded)

    def _cut(self, x: Floats, heights: tuple[Floats, ...], grounded: bool) -> tuple[Floats, ...]:
        ends = self.rect.left() - _BESIDE, self.rect.right() + _BESIDE
        low, high = sorted(self.x.to_value(end) for end in ends)
        unknown = int(np.count_nonzero(np.isnan(x)))
        known = x[unknown:]
        # One point more at either side: where the line comes from, and where it goes.
        first = unknown + max(int(np.searchsorted(known, low, "right")) - 1, 0)
        last = unknown + int(np.searchsorted(known, high, "left")) + 1
        across = self.x.to_pixels(x[first:last], far=np.inf)
        inside = np.clip(across, *ends)
        return inside, *(
            _interpolated(inside, across, self.y.to_pixels(one[first:last], grounded=grounded))
            for one in heights
        )

    def _widen(self, rect: QRectF) -> None:
        """Show more of one axis, so that a pixel is as much of it as of the other."""
        lengths = [scale.range.high - scale.range.low for scale in (self.x, self.y)]
        unit = max(lengths[0] / rect.width(), lengths[1] / rect.height())
        self.x.widening = (unit * rect.width() - lengths[0]) / 2
        self.y.widening = (unit * rect.height() - lengths[1]) / 2


def as_floats(values: ArrayLike) -> Floats:
    """Return values as a one-dimensional float64 array, without copying where that is possible."""
    return np.atleast_1d(np.asarray(values, dtype=np.float64))


def _interpolated(places: Floats, x: Floats, y: Floats) -> Floats:
    """Return a line's heights at its own points, of which the first and last were moved inward."""
    if len(x) < 2 or np.array_equal(places, x):
        return y
    cut = y.copy()
    for end, beside in ((0, 1), (-1, -2)):
        if places[end] != x[end]:
            share = (places[end] - x[beside]) / (x[end] - x[beside])
            cut[end] = y[beside] + share * (y[end] - y[beside])
    return cut
