"""A number that changes all the time, and moves nothing beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QLabel, QWidget


class SteadyNumber(QLabel):
    """Has room for the widest number that is expected; a wider one is given more, and is not cut.

    Parameters
    ----------
    name
        The object name.
    widest
        The widest number that is expected.
    parent
        The widget that holds it.
    """

    def __init__(self, name: str, widest: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widest = widest
        self.setObjectName(name)
        self.setProperty("words", "mono")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def show_number(self, text: str) -> None:
        """Show another number; what was a wide one's room stays."""
        if text != self.text():
            self.setText(text)
            self._keep_room(self.fontMetrics(), self.minimumWidth())

    def show_past(self, of_past: bool) -> None:
        """Have a number of a step of the past stand out."""
        if self.property("of_past") != of_past:
            self.setProperty("of_past", of_past)
            self.style().unpolish(self)
            self.style().polish(self)

    def fit(self, font: QFont | None = None) -> None:
        """Measure again, in another type: this one, or the one that it is dressed in by now."""
        self.ensurePolished()
        metrics = self.fontMetrics() if font is None else QFontMetrics(font)
        self._keep_room(metrics, metrics.horizontalAdvance(self._widest))

    def _keep_room(self, metrics: QFontMetrics, least: int) -> None:
        width = max(least, metrics.horizontalAdvance(self.text()))
        # Around what cannot have another size, nothing is laid out at every number.
        self.setFixedSize(width, metrics.height())
