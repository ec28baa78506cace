"""A stretch of x that a person has selected."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QGraphicsView

from rnnviz.gui.plotting.axes.layers import LAYER_HOVER
from rnnviz.gui.plotting.axes.transform import AxesTransform, Span
from rnnviz.gui.plotting.items.plate import Plate
from rnnviz.gui.style.theme import Theme

_BELOW = 12
"""How far below the plot's upper edge the words begin, beside the gap that they keep."""


class Stretch:
    """A pale field over the stretch, as high as the plot, and what is said of it beside.

    Parameters
    ----------
    view
        The plot; it lives in its scene.
    theme, mapping
        How it looks, and the axes.
    """

    def __init__(self, view: QGraphicsView, theme: Theme, mapping: AxesTransform) -> None:
        self._theme = theme
        self._mapping = mapping
        self._view = view
        self._ends: Span | None = None
        self._field = QGraphicsRectItem()
        self._field.setZValue(LAYER_HOVER - 3)
        self._field.setVisible(False)
        view.scene().addItem(self._field)
        self._plate = Plate(view.scene(), theme, LAYER_HOVER - 0.5)

    @property
    def ends(self) -> Span | None:
        """Where it begins and ends, in data units; None while there is none."""
        return self._ends

    @property
    def text(self) -> str:
        """What is said of it."""
        return self._plate.text

    def show(self, ends: Span, text: str) -> None:
        """Show a stretch, in data units, and say something of it."""
        self._ends = ends
        self._plate.show(text, QPointF(), self._mapping.rect)
        self.refresh()

    def hide(self) -> None:
        """Show none."""
        self._ends = None
        self._plate.say("")
        self._field.setVisible(False)

    def refresh(self) -> None:
        """Stand where the stretch is now."""
        if self._ends is None:
            return
        rect = self._mapping.rect
        first, last = sorted(self._mapping.x.to_pixel(end) for end in self._ends)
        field = QRectF(first, rect.top(), last - first, rect.height()) & rect
        self._field.setRect(field)
        self._field.setVisible(not field.isEmpty())
        across = field.right() if field.isValid() else rect.left()
        # Below the chip, if there is one.
        beside = QPointF(across, rect.top() + self._theme.px(_BELOW))
        self._plate.show(self._plate.text, beside, self._view.sceneRect())

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        palette = self._theme.palette
        fill = palette.color("faint")
        fill.setAlphaF(0.15)
        self._field.setBrush(QBrush(fill))
        self._field.setPen(QPen(palette.color("soft"), 1.0))
        self._plate.restyle()
