"""A run's curve beside those of its rivals: told apart by shade, dash and marker."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from rnnviz.gui.plotting.axes.axis import Floats
from rnnviz.gui.plotting.axes.layers import LAYER_CURVE
from rnnviz.gui.plotting.items.curves import Curve
from rnnviz.gui.plotting.items.dashes import dashed_path
from rnnviz.gui.plotting.items.item import Canvas, PlotItem
from rnnviz.gui.plotting.items.paths import is_rough, shapes_path, smoothed
from rnnviz.gui.style.palette import Flow
from rnnviz.gui.style.sign import SIGNS, Sign
from rnnviz.gui.style.sign_drawing import DASHES, MARKER_RADIUS, MARKERS

_WIDTH, _FRONT_WIDTH = 1.75, 3.0
_ABOVE = 0.5
"""How many layers the run in front lies above its rivals."""
_UNREADABLE = 1.5
"""A curve that goes up and down so many times as far as along crosses others too often."""
_SMOOTHED = 12.0
"""How many pixels to either side the mean of a rough curve reaches."""
_MARKERS = 6
"""So many of a curve's markers fit into the plot's width: enough to know it by."""


class RunCurve(Curve):
    """A curve in the looks of a run's sign.

    One that is rough is drawn as its mean over a short stretch: of several that go up and down
    across each other, nobody could follow any.

    Parameters
    ----------
    flow
        Whether it is of what flows forward, or of what comes back.
    hollow
        Whether it is of few measurements, with nothing known between them: rings alone.
    open_ended
        As every `Curve` has it.
    """

    def __init__(
        self,
        canvas: Canvas,
        name: str,
        flow: Flow,
        *,
        hollow: bool = False,
        open_ended: bool = False,
    ) -> None:
        self._flow: Flow = flow
        self._sign = SIGNS[0]
        self._in_front = False
        self._shapes = QGraphicsPathItem()
        super().__init__(
            canvas,
            name,
            flow,
            width=_WIDTH,
            markers=hollow,
            hollow=hollow,
            open_ended=open_ended,
        )

    def take_sign(self, sign: Sign, *, in_front: bool) -> None:
        """Look like this run's from now on, above the others where it is the one in front."""
        if (sign, in_front) != (self._sign, self._in_front):
            self._sign, self._in_front = sign, in_front
            self._width = _FRONT_WIDTH if in_front else _WIDTH
            for item in self.graphics:
                item.setZValue(LAYER_CURVE + _ABOVE * in_front)
            self.restyle()
            self.refresh()

    @property
    def is_in_front(self) -> bool:
        """Whether it is of the run in front, and joins what was measured."""
        return self._in_front and not self._hollow

    @property
    def sign(self) -> Sign:
        """The run's."""
        return self._sign

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The line, and its markers above it."""
        return [*super().graphics, self._shapes]

    @property
    def color(self) -> QColor:
        """The run's shade in the family."""
        return self._theme.palette.shade(self._flow, self._sign.shade)

    @property
    def word_color(self) -> QColor:
        """The same: every shade stands out from the panel."""
        return self.color

    @property
    def halo(self) -> float:
        """How many pixels the markers reach above and below the line."""
        return MARKER_RADIUS * self._theme.scale if self._shapes.isVisible() else super().halo

    def height_at(self, pixel: float) -> float | None:
        """Return at which height it passes a place, in pixels; None where that is not seen."""
        x, y = self.pixels
        finite = np.isfinite(x) & np.isfinite(y)
        x, y = x[finite], y[finite]
        if not len(x) or not x[0] - 1 <= pixel <= x[-1] + 1:
            return None
        height, rect = float(np.interp(pixel, x, y)), self._mapping.rect
        return height if rect.top() <= height <= rect.bottom() else None

    def distance(self, pixel: float, height: float) -> float:
        """Return how many pixels it passes above or below a place, or left of it; far where not."""
        x, y = self.pixels
        finite = np.isfinite(x) & np.isfinite(y)
        x, y = x[finite], y[finite]
        if not len(x):
            return math.inf
        beside = max(float(x[0]) - pixel, pixel - float(x[-1]), 0.0)
        return max(beside, abs(float(np.interp(pixel, x, y)) - height))

    def refresh(self) -> None:
        """Draw the line again, and its markers."""
        super().refresh()
        path = QPainterPath()
        if self._visible and not self._hollow:
            corners = np.array(MARKERS[self._sign.marker]) * MARKER_RADIUS * self._theme.scale
            path = shapes_path(*self._marked(), corners)
        self._set_path(self._shapes, path)

    def restyle(self) -> None:
        """Take colour and widths from the theme."""
        super().restyle()
        self._shapes.setBrush(QBrush(self.color))
        self._shapes.setPen(QPen(self._theme.palette.color("panel"), self._theme.scale))

    def _way(self) -> tuple[Floats, Floats]:
        x, y = super()._way()
        return (
            smoothed(x, y, _SMOOTHED * self._theme.scale) if is_rough(x, y, _UNREADABLE) else (x, y)
        )

    def _joined(self, x: Floats, y: Floats) -> QPainterPath:
        scale = self._theme.scale
        return dashed_path(x, y, tuple(length * scale for length in DASHES[self._sign.dash]))

    def _marked(self) -> tuple[Floats, Floats]:
        """Return where its markers stand, each run's elsewhere; at its end where it is short."""
        x, y = self.pixels
        finite = np.isfinite(x) & np.isfinite(y)
        x, y = x[finite], y[finite]
        if not len(x):
            return x, y
        rect = self._mapping.rect
        apart = rect.width() / _MARKERS
        shift = (self._sign.shade * 3 % len(SIGNS) + 0.5) / len(SIGNS)
        places = rect.left() + apart * (np.arange(_MARKERS) + shift)
        places = places[(places >= x[0]) & (places <= x[-1])]
        if not len(places):
            places = x[-1:]
        return places, np.interp(places, x, y)


def heights_of_front(items: Iterable[PlotItem], pixel: float) -> list[float] | None:
    """Return at which heights the run in front passes a place, in pixels.

    None where the plot does not compare runs.
    """
    curves = [item for item in items if isinstance(item, RunCurve) and len(item.x)]
    if not curves:
        return None
    heights = [curve.height_at(pixel) for curve in curves if curve.is_in_front and curve.visible]
    return [height for height in heights if height is not None]
