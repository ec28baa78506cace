"""The card at the right: what the phase does in a few words, and one number's arithmetic."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from rnnviz.diagnostics.one_step.arithmetic import arithmetic
from rnnviz.gui.inside.arithmetic.names import as_index
from rnnviz.gui.inside.arithmetic.view import ArithmeticView
from rnnviz.gui.inside.cursor import Cursor
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.inside import phase_name, phase_words


class Story(QFrame):
    """Tells of the present phase.

    Parameters
    ----------
    cursor
        Where one is.
    theme
        Type and scale.
    """

    def __init__(self, cursor: Cursor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_story")
        self.setProperty("card", True)
        self._cursor = cursor
        self._theme = theme
        self._stream = 0
        self._phase = QLabel()
        self._phase.setObjectName("inside_phase")
        self._phase.setProperty("words", "heading")
        self._words = QLabel()
        self._words.setObjectName("inside_words")
        self._words.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._phase)
        self.arithmetic = ArithmeticView(theme)
        self._column.addWidget(self._words)
        self._column.addWidget(self.arithmetic, 1)
        cursor.phase_changed.connect(self._follow)
        cursor.line_changed.connect(self._calculate)
        theme.changed.connect(self._restyle)
        self._restyle()

    def wait(self) -> None:
        """Say that the numbers are being computed."""
        self._phase.setText("One step")
        self._words.setText("Computing every number of it…")

    def _follow(self) -> None:
        record, phase = self._cursor.record, self._cursor.phase
        self._phase.setText(phase_name(phase, record.subject.network.num_layers))
        self._words.setText(phase_words(record, phase, self._stream))

    def _calculate(self) -> None:
        cursor = self._cursor
        index = as_index(cursor.entry)
        self.arithmetic.show_arithmetic(
            arithmetic(cursor.record, cursor.place, index, self._stream)
        )

    def _restyle(self) -> None:
        pad = self._theme.px(16)
        self._column.setContentsMargins(pad, pad - self._theme.px(4), pad, pad)
        self._column.setSpacing(self._theme.px(8))
