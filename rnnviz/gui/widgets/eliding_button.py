"""A flat button that leaves the middle of its words out where there is no room."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

_LEAST_LETTERS = 4


class ElidingButton(QPushButton):
    """Says as much of its words as there is room for; its tooltip may say all.

    Parameters
    ----------
    parent
        The widget that holds it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.setProperty("flat", True)
        self.setProperty("tiny", True)
        self.setProperty("elides", True)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    @property
    def words(self) -> str:
        """All of its words."""
        return self._words

    def set_words(self, words: str) -> None:
        """Say something else."""
        self._words = words
        self.setText(words)
        self.updateGeometry()
        self._elide()

    def sizeHint(self) -> QSize:
        """Ask for room for all of the words."""
        return QSize(self._around + self._width_of(self._words), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Need room for a few letters."""
        least = self._around + self._width_of(self._words[:_LEAST_LETTERS] + "…")
        return QSize(least, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say what there is room for."""
        super().resizeEvent(event)
        self._elide()

    @property
    def _around(self) -> int:
        """The width of what is around the words."""
        shown = self._width_of(self.text())
        return super().sizeHint().width() - shown

    def _width_of(self, words: str) -> int:
        # In the font of the style sheet, which comes with the first showing. A letter's width is no
        # whole number of pixels: words that just fit would be cut.
        self.ensurePolished()
        return math.ceil(QFontMetricsF(self.font()).horizontalAdvance(words)) + 1

    def _elide(self) -> None:
        room = self.width() - self._around
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideMiddle, room)
        if shown != self.text():
            self.setText(shown)
