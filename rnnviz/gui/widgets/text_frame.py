"""Places in a text that Qt lays out: what the pointer is over, and a frame around some of it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit

Span = tuple[int, int]
"""From which position of a document to which."""


def position_at(edit: QPlainTextEdit | QTextEdit, place: QPoint) -> int:
    """Return the position of the character at a place in the viewport; -1 where there is none."""
    cursor = edit.cursorForPosition(place)
    edge = edit.cursorRect(cursor)
    # The cursor goes to the nearest gap between two characters.
    position: int = cursor.position() - (place.x() < edge.x())
    far = edit.fontMetrics().averageCharWidth() * 2
    is_near = edge.top() <= place.y() <= edge.bottom() and abs(place.x() - edge.x()) <= far
    return position if is_near else -1


class TextFrame(QFrame):
    """A thin frame that lies over a text, around a stretch of it.

    Over, because Qt paints the fields behind characters over all that lies under them.

    Parameters
    ----------
    edit
        Shows the text. Whoever writes another one encloses something else, or nothing.
    """

    def __init__(self, edit: QPlainTextEdit | QTextEdit) -> None:
        super().__init__(edit.viewport())
        self._edit = edit
        self.span: Span | None = None
        self.setProperty("marks_text", True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        edit.verticalScrollBar().valueChanged.connect(self._place)

    def enclose(self, span: Span | None) -> None:
        """Frame what lies between two positions, as far as it is in one line; with None, hide."""
        self.span = span
        self._place()

    def _place(self) -> None:
        if self.span is None:
            self.hide()
            return
        start, end = (self._rect_at(position) for position in self.span)
        if end.top() != start.top():
            # It goes on in the next line, or is a line's end.
            end = start.translated(self._edit.fontMetrics().averageCharWidth(), 0)
        left, right = sorted((start.left(), end.left()))
        self.setGeometry(left, start.top(), max(right - left, 2) + 1, start.height())
        self.show()

    def _rect_at(self, position: int) -> QRect:
        cursor = QTextCursor(self._edit.document())
        cursor.setPosition(position)
        rect: QRect = self._edit.cursorRect(cursor)
        return rect
