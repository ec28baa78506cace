"""A sentence whose numbers change all the time, which can be read nevertheless."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from rnnviz.gui.widgets.plain import PlainLabel

_SHORTEST_SECONDS = 0.7


class SteadySentence(PlainLabel):
    """Changes no faster than it is read, and gives no line back that it has needed once.

    What stands below a sentence that wraps now and then would jump up and down.

    Parameters
    ----------
    name
        The object name.
    parent
        The widget that holds it.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName(name)
        self.setWordWrap(True)
        self._changed_at = 0.0
        self._tallest = 0

    def show_sentence(self, text: str, *, at_once: bool) -> None:
        """Show another sentence; unless it is wanted at once, only where the last one was read."""
        now = time.monotonic()
        if text == self.text() or not (at_once or now - self._changed_at >= _SHORTEST_SECONDS):
            return
        self._changed_at = now
        self.setText(text)

    def heightForWidth(self, width: int) -> int:
        """Return how many pixels high it is at a width: never fewer than it was at this one."""
        height = super().heightForWidth(width)
        if width == self.width():
            self._tallest = height = max(height, self._tallest)
        return height

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Forget how many lines it has needed in another width."""
        if event.oldSize().width() != event.size().width():
            self._tallest = 0
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Forget how many lines it has needed in other type."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._tallest = 0
        super().changeEvent(event)
