"""One plot, and what a person can do with it: point, click, take it along."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from rnnviz.gui.plotting.axes.axis import Axis
from rnnviz.gui.plotting.view.drawn_plot import DrawnPlot
from rnnviz.gui.plotting.view.export import csv_text
from rnnviz.gui.plotting.view.hover import Hover
from rnnviz.gui.plotting.view.readout import default_readout, plot_columns
from rnnviz.gui.style.theme import Theme

HoverFormatter = Callable[[float, float], str | None]

_CLICK_STRAY = 4.0
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class PlotView(DrawnPlot):
    """A plot of curves, bands, reference lines, marks and heat maps.

    Parameters
    ----------
    theme, x, y, object_name, title, parent
        As a `DrawnPlot` has them.

    Signals
    -------
    clicked(float, float)
        The left button was pressed and released at a place of the plot: x and y in data units.
    hovered(object)
        The place that is pointed at, ``(x, y)`` in data units, told again as long as the pointer
        rests there; ``None`` once it is gone.
    """

    clicked = Signal(float, float)
    hovered = Signal(object)

    def __init__(
        self,
        theme: Theme,
        *,
        x: Axis | None = None,
        y: Axis | None = None,
        object_name: str = "plot",
        title: str = "Plot",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, x=x, y=y, object_name=object_name, title=title, parent=parent)
        self._hover_formatter: HoverFormatter | None = None
        self._pressed_at: QPointF | None = None
        self._hover = Hover(self, theme, self._mapping, self._readout)
        self._hover.moved.connect(self.hovered)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.restyle)
        self.restyle()

    # -- what it says -------------------------------------------------------------------------

    def set_hover_formatter(self, formatter: HoverFormatter | None) -> None:
        """Say what hovering shows: a text for a place in data units, or ``None`` for nothing."""
        self._hover_formatter = formatter

    def refresh_hover(self) -> None:
        """Have a readout that is shown tell the data of now, at once and not a little later."""
        if self._hover.text:
            self._hover.refresh()

    @property
    def hover_text(self) -> str:
        """What hovering shows at present; empty where it shows nothing."""
        return self._hover.text

    # -- what leaves it -----------------------------------------------------------------------

    def to_csv(self) -> str:
        """Return the data of everything shown as CSV, with a header row."""
        return csv_text(plot_columns(self._items, self._mapping, self._frame.characters.characters))

    def paint_export(self, painter: QPainter) -> None:
        """Paint the plot for a file: as it is, without the pointer's cross."""
        self._hover.leave()
        self.place_labels()
        super().paint_export(painter)

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        self._hover.restyle()
        super().restyle()

    # -- what the person does -----------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer with the readout."""
        self._hover.follow(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where a click may begin."""
        super().mousePressEvent(event)
        self._pressed_at = event.position() if event.button() is Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click inside of the plot."""
        super().mouseReleaseEvent(event)
        pressed, self._pressed_at = self._pressed_at, None
        place = event.position()
        if pressed is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        is_click = (place - pressed).manhattanLength() <= _CLICK_STRAY
        if is_click and self._mapping.rect.contains(place) and not self._empty_message:
            to_x, to_y = self._mapping.x.to_value, self._mapping.y.to_value
            self.clicked.emit(to_x(place.x()), to_y(place.y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the readout."""
        self._hover.leave()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide a readout that the keyboard had moved."""
        super().focusOutEvent(event)
        self._hover.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the readout with the arrow keys, for people who use no mouse."""
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._hover.step(*step)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave the menu to the panel."""
        event.ignore()

    def _readout(self, x: float, y: float) -> str | None:
        if self._empty_message:
            return None
        if self._hover_formatter is not None:
            return self._hover_formatter(x, y)
        characters = self._frame.characters.characters
        return default_readout(self._items, self._mapping, characters, x, y)
