"""What is under the pointer in a plot, and what a press, a click and a double click do to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QGraphicsView

from rnnviz.gui.plotting.view.grip import Grip
from rnnviz.gui.plotting.view.hand import STRAY, Hand


@dataclass(frozen=True, slots=True)
class Touched:
    """Something in a plot, beside the plot itself, that the pointer is on.

    Attributes
    ----------
    words
        What a click on it does, or dragging it, in a line.
    click
        Does what a click does; None where that is what it does everywhere in the plot.
    double_click
        Does what a double click does, after the first of its clicks has been done; None where
        that is what it does everywhere in the plot.
    cursor
        What the pointer looks like over it.
    grip, offset
        What is dragged by it instead of the plot, if anything is, and how far that is from the
        pointer.
    """

    words: str
    click: Callable[[], None] | None = None
    double_click: Callable[[], None] | None = None
    cursor: Qt.CursorShape = Qt.CursorShape.PointingHandCursor
    grip: Grip | None = None
    offset: QPointF = field(default_factory=QPointF)


class Touch(QObject):
    """Has the left button act on what the pointer is on: one thing, or else the plot.

    Parameters
    ----------
    view
        The plot.
    hand
        Takes hold of the plot itself.
    find
        Returns what is at a place, in pixels; None where there is the plot alone.
    """

    def __init__(
        self, view: QGraphicsView, hand: Hand, find: Callable[[QPointF], Touched | None]
    ) -> None:
        super().__init__(view)
        self._viewport = view.viewport()
        self._hand = hand
        self._find = find
        self._pressed: Touched | None = None
        self._pressed_at = QPointF()
        self._grip: Grip | None = None
        self._offset = QPointF()
        self._clicked: Touched | None = None
        self._shape: Qt.CursorShape | None = None
        self._own_cursor: QCursor | None = None

    def words_at(self, place: QPointF) -> str:
        """Return what can be done at a place in pixels; empty where there is the plot alone."""
        touched = None if self.holds else self._find(place)
        return "" if touched is None else touched.words

    @property
    def holds(self) -> bool:
        """Whether something is dragged instead of the plot."""
        return self._grip is not None and self._grip.is_held

    @property
    def told(self) -> str:
        """What is said while something is dragged instead of the plot; empty for the usual."""
        return self._grip.told if self._grip is not None and self._grip.is_held else ""

    def point(self, place: QPointF) -> None:
        """Have the pointer look like what can be done where it is."""
        touched = self._find(place)
        if self._grip is not None and self._grip.is_held:
            self._look_like(self._grip.cursor)
        else:
            self._look_like(None if touched is None else touched.cursor)

    def press(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Note where a click, or a drag, may begin."""
        if self._grip is not None and self._grip.is_held:
            # The button came up where nobody told of it.
            self._grip.drop()
        self._pressed, self._clicked = self._find(place), None
        self._pressed_at, self._grip = place, None
        # With a key, it is the plot that is dragged: a box, or a stretch.
        if self._pressed is not None and modifiers == Qt.KeyboardModifier.NoModifier:
            self._grip, self._offset = self._pressed.grip, self._pressed.offset
        self._hand.press(place, modifiers)

    def drag(self, place: QPointF) -> bool:
        """Go with the pointer; return whether the plot is dragged."""
        if self._grip is not None:
            if self._grip.is_held or (place - self._pressed_at).manhattanLength() > STRAY:
                self._grip.drag(place, self._offset)
            return False
        if not self._hand.drag(place):
            return False
        self._look_like(Qt.CursorShape.ClosedHandCursor)
        return True

    def release(self, place: QPointF) -> bool:
        """End a drag, or click; return whether it was a click on the plot itself."""
        pressed, self._pressed = self._pressed, None
        grip, self._grip = self._grip, None
        self._look_like(None)
        if grip is not None and grip.is_held:
            self._hand.drop()
            grip.drag(place, self._offset)
            grip.drop()
            return False
        is_click = self._hand.release(place)
        if pressed is None or pressed.click is None or not is_click:
            return is_click
        self._clicked = pressed
        pressed.click()
        return False

    def double_click(self, place: QPointF) -> None:
        """Click a second time: on what was clicked the first time, even if that is gone."""
        clicked, self._clicked = self._clicked, None
        if clicked is not None and clicked.double_click is not None:
            clicked.double_click()
        else:
            self._hand.let_go_at(place)

    def _look_like(self, shape: Qt.CursorShape | None) -> None:
        """Have the pointer look like this; like the plot's own with None."""
        if shape == self._shape:
            return
        viewport = self._viewport
        if self._shape is None:
            has_own = viewport.testAttribute(Qt.WidgetAttribute.WA_SetCursor)
            self._own_cursor = viewport.cursor() if has_own else None
        self._shape = shape
        if shape is not None:
            viewport.setCursor(shape)
        elif self._own_cursor is not None:
            viewport.setCursor(self._own_cursor)
        else:
            viewport.unsetCursor()
