"""The thin cross and the small readout under the pointer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import (
    QGraphicsLineItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
)

from rnnviz.gui.plotting.axes.layers import LAYER_HOVER
from rnnviz.gui.plotting.axes.transform import AxesTransform, Scale
from rnnviz.gui.plotting.items.plate import Plate
from rnnviz.gui.style.theme import Theme

_REFRESH_MS = 200
_LEAST_STEP = 4.0
_RING, _FOOT = 4.5, 10.0
"""A ring's radius, and how high the line stands below curves that are not seen."""


class Hover(QObject):
    """Follows the pointer over a plot and says what is there.

    Parameters
    ----------
    view
        The plot; the readout lives in its scene.
    theme, mapping
        How the readout looks, and where values stand.
    readout
        The words for a place in data units, or ``None`` for none; where y is ``None``, for all that
        stands at that x.
    hint
        What a click at a place, in pixels, does besides; empty for nothing.
    heights
        Where, in pixels, the curves pass a pixel of x that alone are meant by what stays marked;
        None where all of the plot is.

    Signals
    -------
    moved(object)
        The place that is pointed at, ``(x, y)`` in data units; ``None`` where there is none.
    """

    moved = Signal(object)

    def __init__(
        self,
        view: QGraphicsView,
        theme: Theme,
        mapping: AxesTransform,
        readout: Callable[[float, float | None], str | None],
        hint: Callable[[QPointF], str],
        heights: Callable[[float], list[float] | None],
    ) -> None:
        super().__init__(view)
        self._view = view
        self._mapping = mapping
        self._readout = readout
        self._hint = hint
        self._heights = heights
        self._pointer: QPointF | None = None
        self._place: tuple[float, float] | None = None
        self._marked: float | None = None
        self._stays: float | None = None
        self._plate = HoverPlate(view.scene(), theme)
        # Values change under a pointer that rests.
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)

    @property
    def text(self) -> str:
        """What is said now; empty where nothing is."""
        return self._plate.text

    @property
    def pointer(self) -> QPointF | None:
        """Where it points, in pixels; None where nowhere."""
        return self._pointer

    @property
    def place(self) -> tuple[float, float] | None:
        """Where it points, in data units; None beside the plot."""
        pointer = self._pointer
        if pointer is None or not self._mapping.rect.contains(pointer):
            return None
        return self._mapping.x.to_value(pointer.x()), self._mapping.y.to_value(pointer.y())

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        self._plate.restyle()

    def follow(self, pointer: QPointF) -> None:
        """Say what is at a place in pixels, and go on saying it as the data change."""
        self._pointer = pointer
        self.refresh()
        self._timer.start()

    def say(self, words: str, pointer: QPointF) -> None:
        """Say just this beside a place in pixels, and point at nothing."""
        self.leave()
        self._plate.say(words, pointer, self._view.sceneRect())

    def mark(self, x: float | None) -> None:
        """Mark a value of x that is pointed at elsewhere, and say what is there; None: no more."""
        if x is not None or self._marked is not None:
            self._marked = x
            if self._pointer is None:
                self.refresh()

    def stay(self, x: float | None) -> None:
        """Mark a value of x, without words, whenever nobody points at any; None: no more."""
        if x is not None or self._stays is not None:
            self._stays = x
            if self._pointer is None:
                self.refresh()

    def follow_axes(self) -> None:
        """Have what is marked stand where its value is by now."""
        if self._meant is not None and self._pointer is None:
            self.refresh()

    @property
    def marked(self) -> float | None:
        """Where a line stands though nobody points here; None where there is none."""
        return self._meant if self._plate.marks else None

    @property
    def _meant(self) -> float | None:
        """What is pointed at elsewhere, or else what stays."""
        return self._stays if self._marked is None else self._marked

    def step(self, across: int, down: int = 0) -> None:
        """Go on to the next place to the left (-1) or right (1), or up (-1) or down (1)."""
        rect = self._mapping.rect
        pointer = self._pointer or rect.center()
        x = pointer.x() + across * _step_of(self._mapping.x)
        y = pointer.y() + down * _step_of(self._mapping.y)
        # The right and lower edges belong to no cell any more.
        x = min(max(x, rect.left()), rect.right() - 1)
        self.follow(QPointF(x, min(max(y, rect.top()), rect.bottom() - 1)))

    def leave(self) -> None:
        """Say nothing more."""
        self._pointer = self._marked = None
        self._timer.stop()
        self.refresh()

    def refresh(self) -> None:
        """Say what is there now."""
        pointer, place, rect = self._pointer, self.place, self._mapping.rect
        text = None if place is None else self._readout(*place)
        hint = "" if pointer is None else self._hint(pointer)
        text = "\n".join(filter(None, (text, hint)))
        if text and pointer is not None and place is None:
            self._plate.say(text, pointer, self._view.sceneRect())
        elif text and pointer is not None:
            self._plate.show(text, pointer, rect, self._view.sceneRect())
        elif pointer is None and self._meant is not None and self._mapping.x.contains(self._meant):
            beside = QPointF(self._mapping.x.to_pixel(self._meant), rect.top())
            if self._marked is None:
                self._plate.mark_curves(beside.x(), self._heights(beside.x()), rect)
            else:
                words = self._readout(self._marked, None) or ""
                self._plate.mark(words, beside, rect, self._view.sceneRect())
        else:
            self._plate.hide()
        if place is not None or self._place is not None:
            self._place = place
            self.moved.emit(place)


def _step_of(scale: Scale) -> float:
    """Return how many pixels an arrow key moves the cross: a cell, where it can be seen."""
    if scale.axis.switchable and scale.axis.is_logarithmic:
        return _LEAST_STEP
    return max(abs(scale.place(1.0) - scale.place(0.0)), _LEAST_STEP)


class HoverPlate:
    """A cross of two lines and a plate of words; moving it repaints only what it covered."""

    def __init__(self, scene: QGraphicsScene, theme: Theme) -> None:
        self._theme = theme
        self._upright = QGraphicsLineItem()
        self._level = QGraphicsLineItem()
        for layer, item in enumerate((self._upright, self._level)):
            item.setZValue(LAYER_HOVER + layer)
            item.setVisible(False)
            scene.addItem(item)
        self._dots = QGraphicsPathItem()
        self._dots.setZValue(LAYER_HOVER + 1)
        scene.addItem(self._dots)
        self._plate = Plate(scene, theme, LAYER_HOVER + 2)
        self.restyle()

    @property
    def marks(self) -> bool:
        """Whether a line stands alone, without a cross."""
        return self._upright.isVisible() and not self._level.isVisible()

    @property
    def text(self) -> str:
        """What it says now; empty while it is hidden."""
        return self._plate.text

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        palette = self._theme.palette
        self._upright.setPen(QPen(palette.color("faint"), 1.0))
        self._level.setPen(QPen(palette.color("line"), 1.0))
        self._dots.setPen(QPen(palette.color("ink"), 1.5 * self._theme.scale))
        self._dots.setBrush(palette.color("panel"))
        self._plate.restyle()

    def show(self, text: str, pointer: QPointF, plot: QRectF, room: QRectF) -> None:
        """Show a text beside the pointer.

        Parameters
        ----------
        text
            One or more short lines.
        pointer
            Where the cross stands, in pixels.
        plot
            The rectangle that the cross spans.
        room
            The rectangle inside which the plate must stay.
        """
        y = int(pointer.y()) + 0.5
        self._level.setLine(QLineF(plot.left(), y, plot.right(), y))
        self._level.setVisible(True)
        self._stand(text, pointer, plot, room)

    def say(self, text: str, pointer: QPointF, room: QRectF) -> None:
        """Show a text alone, without a cross; see `show`."""
        self._upright.setVisible(False)
        self._level.setVisible(False)
        self._dots.setVisible(False)
        self._plate.show(text, pointer, room)

    def mark(self, text: str, pointer: QPointF, plot: QRectF, room: QRectF) -> None:
        """Show an upright line alone, and words beside it if there are any; see `show`."""
        self._level.setVisible(False)
        self._stand(text, pointer, plot, room)

    def mark_curves(self, pixel: float, heights: list[float] | None, plot: QRectF) -> None:
        """Show a line from the foot of the plot up to curves, with a ring on each of them.

        Where `heights` is None the line goes through all of the plot; of curves that are not seen
        its foot is left.
        """
        self._level.setVisible(False)
        self._plate.say("")
        rings = QPainterPath()
        x, radius = int(pixel) + 0.5, _RING * self._theme.scale
        for height in heights or ():
            rings.addEllipse(QPointF(x, height), radius, radius)
        top = plot.top()
        if heights is not None:
            top = min(heights, default=plot.bottom() - _FOOT * self._theme.scale)
        self._upright.setLine(QLineF(x, top, x, plot.bottom()))
        self._upright.setVisible(True)
        self._dots.setPath(rings)
        self._dots.setVisible(not rings.isEmpty())

    def _stand(self, text: str, pointer: QPointF, plot: QRectF, room: QRectF) -> None:
        x = int(pointer.x()) + 0.5
        self._upright.setLine(QLineF(x, plot.top(), x, plot.bottom()))
        self._upright.setVisible(True)
        self._dots.setVisible(False)
        self._plate.show(text, pointer, room)

    def hide(self) -> None:
        """Show nothing."""
        if self._upright.isVisible() or self._plate.text:
            self._upright.setVisible(False)
            self._dots.setVisible(False)
            self._level.setVisible(False)
            self._plate.say("")
