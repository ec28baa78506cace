"""What can be grasped in a plot: a line, or a point, that is dragged and so set."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QObject, QPointF, Qt, QTimer, Signal

from rnnviz.gui.plotting.axes.transform import AxesTransform
from rnnviz.gui.plotting.items.item import PlotItem, Series
from rnnviz.gui.plotting.items.lines import HorizontalLine

_NEAR_LINE, _NEAR_POINT = 4.0, 10.0
"""How many pixels from a line, or a point, one still grasps it."""
_RATE_MS = 100
"""While it is dragged, it is set ten times a second: each time somebody has to act on it."""


class Grip(QObject):
    """Follows the pointer inside of the plot while it is held, and says where it is.

    Parameters
    ----------
    mapping
        The plot's axes.
    words
        What dragging it does, in a line.
    parent
        The plot.

    Signals
    -------
    grasped()
        A person has begun to drag it.
    dragged(float, float)
        It was dragged here: x and y in data units.
    set_to(float, float)
        It is to be set to this place: now and then while it is dragged, and where it is let go.
    let_go()
        It is dragged no more.
    """

    cursor: ClassVar[Qt.CursorShape]
    """What the pointer looks like that can grasp it."""

    grasped = Signal()
    dragged = Signal(float, float)
    set_to = Signal(float, float)
    let_go = Signal()

    def __init__(self, mapping: AxesTransform, words: str, parent: QObject) -> None:
        super().__init__(parent)
        self.words = words
        self._mapping = mapping
        self._place: tuple[float, float] | None = None
        self._setting = QTimer(self, interval=_RATE_MS, singleShot=True)
        self._setting.timeout.connect(self._set)
        self._is_set = True

    @property
    def is_held(self) -> bool:
        """Whether somebody drags it now."""
        return self._place is not None

    @property
    def told(self) -> str:
        """What is said while it is held, instead of all else; empty for the usual."""
        return ""

    @abstractmethod
    def offset_from(self, place: QPointF, named: PlotItem | None) -> QPointF | None:
        """Return the way from a place in pixels to what is grasped there; None of nothing.

        Parameters
        ----------
        place
            Where the pointer is.
        named
            What has its name there.
        """

    def drag(self, place: QPointF, offset: QPointF) -> None:
        """Go with the pointer, so far beside it as it was grasped."""
        rect, target = self._mapping.rect, place + offset
        x = min(max(target.x(), rect.left()), rect.right())
        y = min(max(target.y(), rect.top()), rect.bottom())
        begins = self._place is None
        self._place = self._mapping.x.to_value(x), self._mapping.y.to_value(y)
        if begins:
            self.grasped.emit()
        self._is_set = False
        self.dragged.emit(*self._place)
        if not self._setting.isActive():
            self._setting.start()

    def drop(self) -> None:
        """Let go of it where it is."""
        self._setting.stop()
        self._set()
        self._place = None
        self.let_go.emit()

    def _set(self) -> None:
        if self._place is not None and not self._is_set:
            self._is_set = True
            self.set_to.emit(*self._place)


class LineGrip(Grip):
    """Grasps a horizontal line, or its name."""

    cursor = Qt.CursorShape.SizeVerCursor

    def __init__(
        self, line: HorizontalLine, mapping: AxesTransform, words: str, parent: QObject
    ) -> None:
        super().__init__(mapping, words, parent)
        self._line = line
        # It would stay behind.
        self.grasped.connect(lambda: line.hush(True))
        self.let_go.connect(lambda: line.hush(False))

    @property
    def told(self) -> str:
        """The line's name, which is not written on it meanwhile."""
        return self._line.label or self._line.name

    def offset_from(self, place: QPointF, named: PlotItem | None) -> QPointF | None:
        """Return the way to the line."""
        rect, down = self._mapping.rect, self._line.pixel - place.y()
        is_near = self._line.left <= place.x() <= rect.right() and abs(down) <= _NEAR_LINE
        if not self._line.shown or not (is_near or named is self._line):
            return None
        return QPointF(0.0, down)


class PointGrip(Grip):
    """Grasps the nearest of some points.

    Parameters
    ----------
    points
        Of each of these, the last one is grasped.
    """

    cursor = Qt.CursorShape.OpenHandCursor

    def __init__(
        self, points: Sequence[Series], mapping: AxesTransform, words: str, parent: QObject
    ) -> None:
        super().__init__(mapping, words, parent)
        self._points = points

    def offset_from(self, place: QPointF, named: PlotItem | None) -> QPointF | None:
        """Return the way to the nearest point."""
        to_x, to_y = self._mapping.x.to_pixel, self._mapping.y.to_pixel
        ways = [
            QPointF(to_x(float(one.x[-1])), to_y(float(one.y[-1]))) - place
            for one in self._points
            if one.visible and len(one.x)
        ]
        near = [way for way in ways if QPointF.dotProduct(way, way) <= _NEAR_POINT**2]
        return min(near, key=lambda way: QPointF.dotProduct(way, way), default=None)
