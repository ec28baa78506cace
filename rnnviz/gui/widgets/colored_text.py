"""A text whose pieces have colours."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, groupby

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from rnnviz.gui.widgets.text_frame import TextFrame, position_at


class ColoredText(QPlainTextEdit):
    """Text to be read and copied, drawn by Qt alone, every piece in a format of its own.

    Parameters
    ----------
    name, accessible_name
        The object's name, and what it is called.
    parent
        The widget that holds it.

    Signals
    -------
    piece_hovered(int, QPoint)
        The pointer is over a piece; where on the screen. -1 where it has left them. Only with mouse
        tracking.
    """

    piece_hovered = Signal(int, QPoint)

    def __init__(self, name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces: tuple[str, ...] = ()
        self._ends: list[int] = []
        self._formats: list[QTextCharFormat] = []
        self._pointer: QPoint | None = None
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setProperty("bare", True)
        # Qt would have it several lines high.
        self.setMinimumHeight(1)
        self.mark = TextFrame(self)
        """Around the piece that is framed, if one is."""
        # Under a pointer that rests.
        self.verticalScrollBar().valueChanged.connect(self._tell_hovered)

    def append_pieces(self, pieces: Sequence[str], formats: Sequence[QTextCharFormat]) -> None:
        """Write on: one format a piece, the same object where it is the same format."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        # One edit, so that the text is laid out once.
        cursor.beginEditBlock()
        for _, run in groupby(zip(pieces, formats, strict=True), key=lambda pair: id(pair[1])):
            pairs = list(run)
            cursor.insertText("".join(piece for piece, _ in pairs), pairs[0][1])
        cursor.endEditBlock()
        # Qt counts in units of UTF-16.
        lengths = (len(p.encode("utf-16-le", "replace")) // 2 for p in pieces)
        self._ends += list(accumulate(lengths, initial=self._length))[1:]
        self._align()

    def clear(self) -> None:
        """Show nothing."""
        super().clear()
        self._pieces, self._ends = (), []
        self.mark.enclose(None)

    def _align(self) -> None:
        """Let lines begin at the right where the text is read from there.

        Qt begins them at the left, and lets the space at a line's end run over that edge.
        """
        document = self.document()
        from_right = document.firstBlock().textDirection() is Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if from_right else Qt.AlignmentFlag.AlignLeft
        option = document.defaultTextOption()
        if option.alignment() != side:
            option.setAlignment(side)
            document.setDefaultTextOption(option)

    def set_pieces(self, pieces: tuple[str, ...], formats: Sequence[QTextCharFormat]) -> None:
        """Show these pieces instead; where only formats are new, the place is kept."""
        if pieces != self._pieces:
            self.clear()
            self.append_pieces(pieces, formats)
            self._pieces = pieces
        else:
            self._format_anew(formats)
        self._formats = list(formats)

    def _format_anew(self, formats: Sequence[QTextCharFormat]) -> None:
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        start = 0
        changes = zip(self._ends, formats, self._formats, strict=True)
        for (_, is_same), run in groupby(changes, key=lambda c: (id(c[1]), c[1] is c[2])):
            *_, (end, character_format, _) = run
            if not is_same:
                cursor.setPosition(start)
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                cursor.setCharFormat(character_format)
            start = end
        cursor.endEditBlock()

    def piece_at(self, place: QPoint) -> int:
        """Return the number of the piece at a place in the viewport; -1 where there is none."""
        position = position_at(self, place)
        return bisect_right(self._ends, position) if 0 <= position < self._length else -1

    @property
    def pointed_piece(self) -> int:
        """The number of the piece that the pointer is over now; -1 where it is over none."""
        if self._pointer is None or not self.isVisible():
            return -1
        return self.piece_at(self._pointer)

    def frame_piece(self, number: int | None) -> None:
        """Frame the piece of this number; none with None, or where there is none."""
        span = None
        if number is not None and 0 <= number < len(self._ends):
            span = (self._ends[number - 1] if number else 0, self._ends[number])
        self.mark.enclose(span)

    @property
    def _length(self) -> int:
        return self._ends[-1] if self._ends else 0

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the pointer is over."""
        super().mouseMoveEvent(event)
        self._pointer = event.position().toPoint()
        self._tell_hovered()

    def _tell_hovered(self) -> None:
        if self._pointer is not None:
            place = self.viewport().mapToGlobal(self._pointer)
            self.piece_hovered.emit(self.pointed_piece, place)

    def leaveEvent(self, event: QEvent) -> None:
        """Say that the pointer is over nothing any more."""
        super().leaveEvent(event)
        self._pointer = None
        self.piece_hovered.emit(-1, QPoint())
