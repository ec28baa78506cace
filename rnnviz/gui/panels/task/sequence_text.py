"""The rich text of a sequence, in which its time steps can be pointed at."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPoint, Signal
from PySide6.QtGui import QMouseEvent, QTextOption
from PySide6.QtWidgets import QTextEdit

from rnnviz.gui.widgets.text_frame import Span, TextFrame, position_at


class SequenceText(QTextEdit):
    """Shows a picture that a `TaskPicture` has written, to be read and copied.

    Signals
    -------
    pointed()
        `pointed_step` may be another one.
    """

    pointed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._spans: Mapping[int, Span] = {}
        self._pointer: QPoint | None = None
        self.setObjectName("task_picture")
        self.setAccessibleName("A sequence and its answer")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self.setProperty("bare", True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.viewport().setMouseTracking(True)
        self.mark = TextFrame(self)
        """Around the time step that is framed, if one is."""
        # Under a pointer that rests.
        self.verticalScrollBar().valueChanged.connect(self.pointed)

    @property
    def raw_text(self) -> str:
        """What is shown, with a character at every position."""
        return self.document().toRawText()

    def say(self, sentence: str) -> None:
        """Show a sentence in the place of a sequence."""
        self.setPlainText(sentence)
        self.set_spans({})

    def set_spans(self, spans: Mapping[int, Span]) -> None:
        """Take note of where the time steps stand in `raw_text`."""
        self._spans = spans
        self.mark.enclose(None)

    @property
    def pointed_step(self) -> int | None:
        """The time step that the pointer is over; None where it is over none."""
        if self._pointer is None or not self.isVisible():
            return None
        position = position_at(self, self._pointer)
        spans = self._spans.items()
        return next((step for step, (start, end) in spans if start <= position < end), None)

    def frame_step(self, step: int | None) -> None:
        """Frame a time step, if it is written; none with None."""
        self.mark.enclose(None if step is None else self._spans.get(step))

    def keep_foot_free(self, height: int) -> None:
        """Show nothing in so many pixels at the foot."""
        self.setViewportMargins(0, 0, 0, height)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take note of what is pointed at."""
        super().mouseMoveEvent(event)
        self._pointer = event.position().toPoint()
        self.pointed.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Take note that nothing is pointed at any more."""
        super().leaveEvent(event)
        self._pointer = None
        self.pointed.emit()
