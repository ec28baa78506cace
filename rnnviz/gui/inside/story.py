"""The card at the right: what the phase does in a few words, and one number's arithmetic."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from rnnviz.diagnostics.one_step.arithmetic import arithmetic
from rnnviz.diagnostics.one_step.by_hand import Hidden
from rnnviz.gui.inside.arithmetic.by_hand import ByHand
from rnnviz.gui.inside.arithmetic.names import as_index, whose
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

    Attributes
    ----------
    stream
        Which stream of the batch it tells of, from 0.
    """

    def __init__(self, cursor: Cursor, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_story")
        self.setProperty("card", True)
        self._cursor = cursor
        self._theme = theme
        self.stream = 0
        self._phase = QLabel()
        self._phase.setObjectName("inside_phase")
        self._phase.setProperty("words", "heading")
        self._words = QLabel()
        self._words.setObjectName("inside_words")
        self._words.setProperty("words", "body")
        self._words.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._phase)
        self.arithmetic = ArithmeticView(theme)
        self.by_hand = ByHand(theme)
        self.by_hand.hide()
        self._column.addWidget(self._words)
        self._column.addWidget(self.by_hand)
        self._column.addSpacing(6)
        self._column.addWidget(self.arithmetic, 1)
        self._column.addStretch(0)
        self.by_hand.asked.connect(self._show_parts)
        self.by_hand.settled.connect(self._show_parts)
        cursor.phase_changed.connect(self._follow)
        cursor.line_changed.connect(self._calculate)
        theme.changed.connect(self._restyle)
        self._restyle()

    def wait(self) -> None:
        """Say that the numbers are being computed."""
        self._phase.setText("One step")
        self._words.setText("Computing every number of it…")

    def ask(self, among: Sequence[Hidden], first: Hidden | None = None) -> None:
        """Ask for one of these numbers of the present phase; for `first`, where that is fair."""
        self.by_hand.show()
        self.by_hand.ask(self._cursor.record, among, self.stream, first)

    def ask_nothing(self) -> None:
        """Hide no number any more."""
        self.by_hand.close_question()
        if self.by_hand.isAncestorOf(self.window().focusWidget()):
            self.setFocus()  # else the next button would have the keyboard
        self.by_hand.hide()
        self._show_parts()

    def _follow(self) -> None:
        record, phase = self._cursor.record, self._cursor.phase
        self._phase.setText(phase_name(phase, record.subject.network.num_layers))
        self._words.setText(phase_words(record, phase, self.stream))

    def _show_parts(self) -> None:
        """Say nothing that gives away what is asked for."""
        asks = self.by_hand.hidden is not None
        self._words.setVisible(not asks)
        self.arithmetic.setVisible(not asks)
        self._calculate()

    def _calculate(self) -> None:
        cursor = self._cursor
        if self.by_hand.hidden is not None or not cursor.has_record:
            self.arithmetic.show_arithmetic(None)
            return
        index = as_index(cursor.entry)
        found = arithmetic(cursor.record, cursor.place, index, self.stream)
        self.arithmetic.show_arithmetic(found, whose(cursor.place, found.name.text, cursor.record))

    def _restyle(self) -> None:
        pad = self._theme.px(16)
        self._column.setContentsMargins(pad, pad - self._theme.px(4), pad, pad)
        self._column.setSpacing(self._theme.px(8))
