"""The drawing of one record: its time steps, or at the end of a step its parameters."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QRectF, QSizeF

from rnnviz.gui.inside.drawing.shapes import Picture
from rnnviz.gui.inside.drawing.time_steps import TimeSteps
from rnnviz.gui.inside.drawing.values import Lookup, Sight
from rnnviz.gui.inside.drawing.weights import Weights
from rnnviz.gui.inside.shown import Shown
from rnnviz.gui.style.theme import Theme


class Layout(Protocol):
    """A drawing at a phase, placed in a room."""

    @property
    def width(self) -> float:
        """Of the whole drawing, without what stands beside it."""

    @property
    def height(self) -> float:
        """Of the whole drawing."""

    @property
    def gutter_width(self) -> float:
        """How wide that is which stands at its left and does not scroll sideways."""

    @property
    def focus(self) -> QRectF:
        """What is looked at."""

    def picture(self, left: float, right: float) -> Picture:
        """Draw what is seen between two places."""

    def gutter(self) -> Picture:
        """Draw what stands at its left."""


class NetworkDrawing:
    """Draws one record.

    Parameters
    ----------
    lookup
        Finds its numbers.
    shown
        Which units are drawn.
    theme
        Colours, type and scale.
    """

    def __init__(self, lookup: Lookup, shown: Shown, theme: Theme) -> None:
        self._steps = TimeSteps(lookup, shown, theme)
        self._weights = Weights(lookup, shown, theme)

    def laid_out(self, size: QSizeF, sight: Sight) -> Layout:
        """Lay out what is to be seen at a phase: the time steps, or the parameters."""
        drawn = self._steps if sight.phase.t else self._weights
        return drawn.laid_out(size, sight)
