"""Words that come from a file are shown as they stand: Qt would take tags in them for its own."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


def plain_tip(text: str) -> str:
    """Return a tip that shows this text as it stands."""
    if "<" not in text:
        return text
    return f'<p style="white-space: pre-wrap">{html.escape(text)}</p>'


class PlainLabel(QLabel):
    """A label that shows any text, and any tip, as it stands."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setToolTip(self, tip: str) -> None:
        """Show this when the mouse rests on it."""
        super().setToolTip(plain_tip(tip))
