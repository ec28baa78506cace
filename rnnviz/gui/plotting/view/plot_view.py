"""One plot, and what a person can do with it: point, click, zoom, take it along."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from rnnviz.gui.plotting.axes.axis import Axis
from rnnviz.gui.plotting.axes.transform import Scale
from rnnviz.gui.plotting.items.item import Series
from rnnviz.gui.plotting.items.lines import HorizontalLine
from rnnviz.gui.plotting.items.run_curve import heights_of_front
from rnnviz.gui.plotting.view.drawn_plot import DrawnPlot
from rnnviz.gui.plotting.view.export import csv_text
from rnnviz.gui.plotting.view.grip import Grip, LineGrip, PointGrip
from rnnviz.gui.plotting.view.hand import Hand
from rnnviz.gui.plotting.view.hover import Hover
from rnnviz.gui.plotting.view.readout import default_readout, plot_columns
from rnnviz.gui.plotting.view.stretch import Stretch
from rnnviz.gui.plotting.view.summary import summaries, summary_table, summary_words
from rnnviz.gui.plotting.view.touch import Touch, Touched
from rnnviz.gui.plotting.view.under_pointer import UnderPointer
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.pinch import Pinch

HoverFormatter = Callable[[float, float], str | None]

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class PlotView(DrawnPlot):
    """A plot of curves, bands, reference lines, marks and heat maps.

    Its ranges follow the data until somebody takes hold of them: `Hand` says how. A plot that is
    held says so in a corner, and follows again when that is clicked.

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
    x_held(float, float)
        The person holds this stretch of x, in data units.
    x_let_go()
        The person has x follow the data again.
    x_switched(bool)
        The person wants x to be logarithmic, or not.
    copied(str)
        Something was copied; one sentence says what.
    """

    clicked = Signal(float, float)
    hovered = Signal(object)
    x_held = Signal(float, float)
    x_let_go = Signal()
    x_switched = Signal(bool)
    copied = Signal(str)

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
        self._stays_at: float | None = None
        self._hand = Hand(self, theme, self._mapping)
        self._hand.held.connect(self._held)
        self._hand.let_go.connect(self._let_go)
        self._hand.stretched.connect(self._select)
        self._under_pointer = UnderPointer(
            self._mapping,
            self._hand,
            chip=self._chip,
            hidden_names=self._hidden_names,
            hiding=self.hiding,
            labels=self._labels,
            parent=self,
        )
        self._under_pointer.switch_asked.connect(self._switch_x)
        self._touch = Touch(self, self._hand, self._find)
        heights = partial(heights_of_front, self._items)
        self._hover = Hover(
            self, theme, self._mapping, self._readout, self._touch.words_at, heights
        )
        self._hover.moved.connect(self.hovered)
        self._stretch = Stretch(self, theme, self._mapping)
        self._pinch = Pinch(self.viewport())
        self._pinch.pinched.connect(self._pinched)
        # The first notch is drawn at once; however many more a wheel turns before there is time to
        # paint, they are drawn once.
        self._moving = QTimer(self, interval=0, singleShot=True)
        self._moving.timeout.connect(self._move)
        self._is_stale = False
        self._wants_logarithm = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.restyle)
        self.restyle()

    # -- where it looks -----------------------------------------------------------------------

    def hold_x(self, low: float, high: float) -> None:
        """Stay at this stretch of x, in data units, until it is to follow the data again."""
        self._mapping.x.hold(low, high)
        self._move_soon()

    def follow_x(self) -> None:
        """Let x follow the data again."""
        self._follow((self._mapping.x,))

    def follow(self) -> None:
        """Let both axes follow the data again."""
        self._follow((self._mapping.x, self._mapping.y))

    def set_logarithmic_x(self, on: bool) -> None:
        """Have x be logarithmic, or linear, where it may be either; look at the same stretch."""
        scale, self._wants_logarithm = self._mapping.x, on
        if scale.axis.switchable and scale.axis.is_logarithmic != on:
            scale.switch(logarithmic=on)
            self._stretch.hide()
            self.ranges_wanted.emit()
            self._move_soon()

    def take_x(self, axis: Axis) -> None:
        """Draw over another axis, logarithmic or linear as the last one where it may be either."""
        on = self._wants_logarithm and axis.switchable
        self._mapping.x.take_axis(axis.switched(logarithmic=on))
        self.lay_out()

    def _switch_x(self) -> None:
        on = not self._mapping.x.axis.is_logarithmic
        self.set_logarithmic_x(on)
        self.x_switched.emit(on)

    def lay_out(self, *, names_at_once: bool = True) -> None:
        """Place everything anew; see `DrawnPlot.lay_out`."""
        super().lay_out(names_at_once=names_at_once)
        self._stretch.refresh()
        self._mark_what_stays()
        self._hover.follow_axes()

    def _held(self, scales: tuple[Scale, ...]) -> None:
        self._move_soon()
        x = self._mapping.x
        if x in scales:
            self.x_held.emit(x.to_value(x.start), x.to_value(x.end))

    def _let_go(self, scales: tuple[Scale, ...]) -> None:
        self._follow(scales)
        if self._mapping.x in scales:
            self.x_let_go.emit()

    def _follow(self, scales: tuple[Scale, ...]) -> None:
        self._stretch.hide()
        held = [scale for scale in scales if scale.range.is_held]
        for scale in held:
            scale.range.follow()
        if held:
            self._frame.forget_margins()
            self._move_soon()

    def _move_soon(self) -> None:
        self._is_stale = True
        if not self._moving.isActive():
            self._moving.start()
            self._move()

    def _move(self) -> None:
        """Draw where it looks now; what nobody sees, only once somebody does."""
        if self._is_stale and self.isVisible():
            self._is_stale = False
            self._labels.forget_past()
            self.lay_out()
            self._hover.refresh()

    # -- what is set in it --------------------------------------------------------------------

    def grip_line(self, line: HorizontalLine, words: str) -> Grip:
        """Have a level line dragged; the words say what that does."""
        return self._add_grip(LineGrip(line, self._mapping, words, self), self._mapping.y)

    def grip_points(self, points: Sequence[Series], words: str) -> Grip:
        """Have the last of each of some points dragged; the words say what that does."""
        grip = PointGrip(points, self._mapping, words, self)
        return self._add_grip(grip, self._mapping.x, self._mapping.y)

    def _add_grip(self, grip: Grip, *scales: Scale) -> Grip:
        self._under_pointer.grips.append(grip)
        grip.grasped.connect(partial(self._rest, scales, True))
        grip.let_go.connect(partial(self._rest, scales, False))
        return grip

    def _rest(self, scales: tuple[Scale, ...], rests: bool) -> None:
        """Have no axis move along which something is dragged, until it is let go."""
        for scale in scales:
            scale.range.rests = rests
            if not rests and not scale.range.is_held:
                scale.range.follow()
        self._move_soon()

    # -- what it says -------------------------------------------------------------------------

    def set_hover_formatter(self, formatter: HoverFormatter | None) -> None:
        """Say what hovering shows: a text for a place in data units, or ``None`` for nothing."""
        self._hover_formatter = formatter

    def refresh_hover(self) -> None:
        """Have a readout that is shown tell the data of now, at once and not a little later."""
        if self._hover.text:
            self._hover.refresh()

    def mark_x(self, x: float | None) -> None:
        """Mark a value of x that somebody points at elsewhere, and say it; None: no more."""
        is_seen = self.isVisible() and not self._empty_message
        self._hover.mark(x if is_seen else None)

    def stay_at_x(self, x: float | None) -> None:
        """Mark a value of x, without words, whenever nobody points at any; None: no more.

        Where runs are compared, it is the one in front that is marked there.
        """
        self._stays_at = x
        self._mark_what_stays()

    def _mark_what_stays(self) -> None:
        self._hover.stay(None if self._empty_message else self._stays_at)

    @property
    def pointed(self) -> tuple[float, float] | None:
        """The place that is pointed at now, ``(x, y)`` in data units; None where there is none."""
        return self._hover.place if self.isVisible() and not self._empty_message else None

    @property
    def marked_x(self) -> float | None:
        """The value of x that is marked: pointed at in another plot, or the one that stays."""
        return self._hover.marked

    @property
    def hover_text(self) -> str:
        """What hovering shows at present; empty where it shows nothing."""
        return self._hover.text

    @property
    def stretch_text(self) -> str:
        """What is said of the stretch of x that is selected; empty where none is."""
        return self._stretch.text

    def _select(self, first: float, last: float, ends: bool = True) -> None:
        """Tell what every curve does between two pixels of x, and at the end copy it."""
        x, y = self._mapping.x, self._mapping.y.axis
        low, high = sorted((x.to_value(first), x.to_value(last)))
        if x.axis.whole:
            low, high = float(math.ceil(low)), float(math.floor(high))
        found = summaries(self._items, (low, high))
        words = summary_words(found, (low, high), x.axis, y)
        self._stretch.show((low, high), words)
        if not ends:
            return
        if found:
            QGuiApplication.clipboard().setText(summary_table(found, (low, high), x.axis))
            self.copied.emit(f"Copied mean, minimum, maximum and slope, {words.partition(';')[0]}.")
        else:
            self._stretch.hide()

    # -- what leaves it -----------------------------------------------------------------------

    def to_csv(self) -> str:
        """Return the data of everything shown as CSV, with a header row."""
        return csv_text(plot_columns(self._items, self._mapping, self._frame.characters.characters))

    def paint_export(self, painter: QPainter) -> None:
        """Paint the plot for a file: as it is, without what is there for the pointer."""
        self._hover.leave()
        self._hover.stay(None)
        self.place_labels()
        self._show_chips(False)
        super().paint_export(painter)
        self._show_chips(True)
        self._mark_what_stays()

    def restyle(self) -> None:
        """Take colours and type from the theme."""
        for part in (self._hover, self._hand, self._stretch):
            part.restyle()
        super().restyle()

    # -- what the person does -----------------------------------------------------------------

    def enterEvent(self, event: QEnterEvent) -> None:
        """Heed two fingers on a touchpad."""
        super().enterEvent(event)
        self._pinch.listen(True)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the readout."""
        self._pointed_name = None
        self._hover.leave()
        self._pinch.listen(False)

    def showEvent(self, event: QShowEvent) -> None:
        """Look where it was told to while nobody saw it."""
        super().showEvent(event)
        self._move()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        meant = not self._empty_message and self._hand.turn_wheel(
            event.position(), event.angleDelta(), event.pixelDelta()
        )
        event.setAccepted(meant)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer with the readout, or with the plot itself."""
        place = event.position()
        self._pointed_name = self._labels.owner_at(place)
        if self._touch.drag(place):
            self._hover.leave()
            return
        self._touch.point(place)
        if self._touch.told:
            self._hover.say(self._touch.told, place)
        else:
            self._hover.follow(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where a click, or a drag, may begin."""
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not self._empty_message:
            self._stretch.hide()
            self._touch.press(event.position(), event.modifiers())
            event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Click on what is there, or tell of a click inside of the plot; or end a drag."""
        super().mouseReleaseEvent(event)
        place = event.position()
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        is_of_plot = self._touch.release(place)
        if is_of_plot and not self._empty_message and self._mapping.rect.contains(place):
            to_x, to_y = self._mapping.x.to_value, self._mapping.y.to_value
            self.clicked.emit(to_x(place.x()), to_y(place.y()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Follow the data again, over an axis with that one alone; or click twice on a thing."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._touch.double_click(event.position())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide a readout that the keyboard had moved."""
        super().focusOutEvent(event)
        self._hover.leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom and move with keys, and the readout with the arrow keys, without a mouse."""
        key, place = Qt.Key(event.key()), self._hover.pointer or self._mapping.rect.center()
        if not self._empty_message and self._hand.press_key(key, event.modifiers(), place):
            return
        step = _ARROWS.get(key)
        if event.matches(QKeySequence.StandardKey.Copy) and not self._empty_message:
            self._select(self._mapping.rect.left(), self._mapping.rect.right())
        elif step is None:
            super().keyPressEvent(event)
        else:
            self._hover.step(*step)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Leave the menu to the panel."""
        event.ignore()

    def _pinched(self, place: QPointF, factor: float) -> None:
        if not self._empty_message:
            self._hand.pinch(place, factor)

    def _find(self, place: QPointF) -> Touched | None:
        return None if self._empty_message else self._under_pointer.find(place)

    def _readout(self, x: float, y: float | None) -> str | None:
        if self._empty_message or (y is None and self._stretch.ends is not None):
            return None
        if self._hover_formatter is not None:
            return None if y is None else self._hover_formatter(x, y)
        characters = self._frame.characters.characters
        return default_readout(self._items, self._mapping, characters, x, y)
