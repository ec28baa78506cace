"""What just happened, in one or two measured sentences."""

from __future__ import annotations

import time
from html import escape

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

_SHORTEST_SECONDS = 0.7
_PARAGRAPH = '<p style="margin-top: 0; margin-bottom: 5px">{}</p>'


class RemarksCard(QFrame):
    """Shows remarks, changing no faster than they can be read, and says of which step they are.

    Parameters
    ----------
    parent
        The widget that holds it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("remarks")
        self.setAccessibleName("What just happened")
        self.setProperty("card", True)
        title = QLabel("What just happened")
        title.setProperty("words", "soft")
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self._words = QLabel()
        self._words.setObjectName("remarks_text")
        self._words.setWordWrap(True)
        self._when = QLabel()
        self._when.setObjectName("remarks_step")
        self._when.setProperty("words", "small")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._when)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._words)
        self._text = ""
        self._changed_at = 0.0

    @property
    def text(self) -> str:
        """What is shown."""
        return self._text

    def show_remarks(self, remarks: tuple[str, ...], step: int, *, at_once: bool) -> None:
        """Show the sentences about a step; while training runs, so long that they can be read."""
        text = "\n\n".join(remarks)
        now = time.monotonic()
        if not at_once and now - self._changed_at < _SHORTEST_SECONDS:
            return
        self._when.setText(f"step {step:,}")
        if text == self._text:
            return
        self._changed_at = now
        self._text = text
        # Nearer to each other than an empty line would have them: the card is to stay small.
        self._words.setText("".join(map(_PARAGRAPH.format, map(escape, remarks))))
        self._words.setAccessibleName(text)
