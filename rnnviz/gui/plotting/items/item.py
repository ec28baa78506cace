"""What the items of a plot have in common: what they are drawn on, their data, lines and layers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from rnnviz.gui.plotting.axes.axis import Floats
from rnnviz.gui.plotting.axes.transform import AxesTransform, Mask, as_floats
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import Theme

LineStyle = Literal["solid", "dashed", "dotted", "dash_dotted"]
Column = tuple[str, Floats | list[str]]

_DASHES: dict[LineStyle, list[float]] = {
    "dashed": [5.0, 4.0],
    "dotted": [0.1, 2.2],
    "dash_dotted": [8.0, 3.0, 1.5, 3.0],
}
NOTHING: Floats = np.empty(0)
NOTHING.setflags(write=False)


def repeats(before: Sequence[Floats], now: Sequence[Floats]) -> bool:
    """Tell whether arrays are, bit for bit, those that are drawn already."""
    return all(
        # One that can be written to may have been, since it was drawn.
        not (new is old and new.flags.writeable)
        and new.shape == old.shape
        and new.tobytes() == old.tobytes()
        for old, new in zip(before, now, strict=True)
    )


def make_pen(color: QColor, width: float, style: LineStyle = "solid") -> QPen:
    """Return a round-jointed pen; dashes are as long whatever its width."""
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if style == "dotted":
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setDashPattern(_DASHES[style])
    elif style != "solid":
        pen.setDashPattern([length / max(width, 1.0) for length in _DASHES[style]])
    return pen


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a plot's items are drawn on.

    Attributes
    ----------
    mapping, theme
        Where values stand, and how they look.
    changed
        Told of every change of an item that may concern the plot around it.
    """

    mapping: AxesTransform
    theme: Theme
    changed: Callable[[PlotItem], None]


class PlotItem(ABC):
    """One thing in a plot: it keeps its data, and hands Qt a new path when something changed.

    Parameters
    ----------
    canvas
        What it is drawn on.
    name
        What a CSV file's header and a reader of the screen call it; without one, it is a part of
        the picture alone.
    role
        The meaning that gives it its colour.

    Attributes
    ----------
    say
        The words for one of its points, by its index, when hovering; None for the standard ones.
    """

    def __init__(self, canvas: Canvas, name: str, role: ColorRole) -> None:
        self.name = name
        self.say: Callable[[int], str] | None = None
        self.role: ColorRole = role
        self._mapping = canvas.mapping
        self._theme = canvas.theme
        self._changed = canvas.changed
        self._group = ""
        self._wanted = True
        self._hidden = False
        self._visible = True

    @property
    @abstractmethod
    def graphics(self) -> list[QGraphicsItem]:
        """The items of the scene that show it."""

    @property
    def color(self) -> QColor:
        """What it is drawn in."""
        return self._theme.palette.color(self.role)

    @property
    def word_color(self) -> QColor:
        """What words about it are written in."""
        return self._theme.palette.word_color(self.role)

    @property
    def visible(self) -> bool:
        """Whether it is shown."""
        return self._visible

    @property
    def wanted(self) -> bool:
        """Whether it would be shown if the person hid nothing."""
        return self._wanted

    @property
    def group(self) -> str:
        """The name under which a person hides it, with all else of that name; empty for none."""
        return self._group

    def set_group(self, name: str) -> None:
        """Have it hidden under this name."""
        if name != self._group:
            self._group = name
            self._changed(self)

    def set_visible(self, visible: bool) -> None:
        """Show it, or hide it and keep its data."""
        self._wanted = visible
        self._show()

    def set_hidden(self, hidden: bool) -> None:
        """Hide it because a person wants it so, or show it again where it is to be shown."""
        self._hidden = hidden
        self._show()

    def _show(self) -> None:
        visible = self._wanted and not self._hidden
        if visible != self._visible:
            self._visible = visible
            for item in self.graphics:
                item.setVisible(visible)
            self.refresh()
            self._changed(self)

    @abstractmethod
    def refresh(self) -> None:
        """Draw the data it has again, because a range or the size changed."""

    @abstractmethod
    def restyle(self) -> None:
        """Take colours and widths from the theme again."""

    @abstractmethod
    def columns(self) -> list[Column]:
        """Return its data for a CSV file: the true values, not what is drawn of them."""

    @abstractmethod
    def rows_in_view(self) -> Mask:
        """Tell which rows of `columns` are seen: all of them where the plot follows the data.

        A curve's value that lies above or below what is seen of y belongs to its row nevertheless.
        """

    def _set_path(self, item: QGraphicsPathItem, path: QPainterPath) -> None:
        item.setPath(path)
        # An empty path would be written into SVG files, where it is an error.
        item.setVisible(self._visible and not path.isEmpty())


class Series(PlotItem):
    """Points, each with an x and a y; a subclass says what is drawn of them."""

    def __init__(self, canvas: Canvas, name: str, role: ColorRole) -> None:
        super().__init__(canvas, name, role)
        self.x: Floats = NOTHING
        self.y: Floats = NOTHING

    def set_data(self, x: ArrayLike, y: ArrayLike) -> None:
        """Show other points.

        Parameters
        ----------
        x, y
            Shape ``(N,)`` each, in data units. They are kept, not copied.
        """
        before = self.x, self.y
        self.x, self.y = as_floats(x), as_floats(y)
        if self.x.shape != self.y.shape:
            raise ValueError(f"{self.name}: {self.x.shape} values of x, {self.y.shape} of y.")
        if repeats(before, (self.x, self.y)):
            return
        if self._visible:
            self.refresh()
        self._changed(self)

    def clear(self) -> None:
        """Show nothing."""
        self.set_data(NOTHING, NOTHING)

    def columns(self) -> list[Column]:
        """Return its points."""
        return [("", self.x), (self.name, self.y)]

    def rows_in_view(self) -> Mask:
        """Tell which points stand at values of x that are seen."""
        return self._mapping.x.are_in_view(self.x)
