"""A number of the present phase is hidden and asked for: the question, the answer, and a hint."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from rnnviz.diagnostics.one_step.by_hand import (
    Hidden,
    Question,
    ask,
    judge,
    number_in,
    question_about,
)
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.gui.inside.arithmetic.names import as_html, whose
from rnnviz.gui.inside.drawing.numbers import exactly
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.slips import hint

_NOTHING = "No number of this phase is short enough to compute by hand. Go on to the next one."
_NOT_THIS = "That number is given, zero, or too long to compute by hand. Choose another one."
_NO_NUMBER = "Please write a number, such as 0.375."
_HOW = "All you need is in the equation below the drawing. Three digits are enough."
_RIGHT = "Right."
_GIVEN_UP = "Here is how to compute it."


class ByHand(QWidget):
    """Asks for one number, and says whether an answer is right.

    Parameters
    ----------
    theme
        Type and scale.

    Signals
    -------
    asked()
        Another number is hidden, or none.
    settled()
        The number need be hidden no longer: it was found, or given up.
    found()
        An answer was right.
    done()
        The person wants to go on.
    """

    asked = Signal()
    settled = Signal()
    found = Signal()
    done = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_asking")
        self._theme = theme
        self._rng = np.random.default_rng()
        self._question: Question | None = None
        self._is_open = False
        self._about: tuple[StepRecord, Sequence[Hidden], int] | None = None
        self._asked: list[Hidden] = []
        self._asks = QLabel()
        self._asks.setObjectName("inside_question")
        self._asks.setProperty("words", "heading")
        self._asks.setTextFormat(Qt.TextFormat.RichText)
        self._answer = _Answer()
        self._answer.setObjectName("inside_answer")
        self._answer.setAccessibleName("Your answer")
        self._answer.setPlaceholderText("0.000")
        self._says = QLabel()
        self._says.setProperty("words", "body")
        self._says.setObjectName("inside_hint")
        for label in (self._asks, self._says):
            label.setWordWrap(True)
        self._check = self._button("check", "Check", self._judge)
        self._give_up = self._button("give_up", "Show it", self._reveal)
        self._another = self._button("another", "Another one", self._asked_for_another)
        self._answer.returnPressed.connect(self._entered)
        self._answer.textEdited.connect(lambda _text: self._mark_wrong(wrong=False))
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    # -- what is asked ------------------------------------------------------------------------

    @property
    def question(self) -> Question | None:
        """What is asked for; None where there is nothing to ask."""
        return self._question

    @property
    def hidden(self) -> Question | None:
        """What has to be hidden at present."""
        return self._question if self._is_open else None

    def ask(
        self,
        record: StepRecord,
        among: Sequence[Hidden],
        stream: int,
        first: Hidden | None = None,
    ) -> None:
        """Hide one of these numbers and ask for it: for `first`, where that is fair.

        If one of them is asked for already, it goes on being asked for.
        """
        before, self._about = self._about, (record, among, stream)
        hidden = self.hidden
        is_of_these = hidden is not None and (hidden.place, hidden.index) in among
        is_same = before is not None and before[0] is record and before[2] == stream
        if not (is_of_these and is_same):
            self._ask_another(first)

    def ask_for(self, among: Sequence[Hidden]) -> None:
        """Ask for the first of these that is fair, of whatever phase; else leave all as it is."""
        assert self._about is not None
        record, _, stream = self._about
        present = self._question
        if present is not None and (present.place, present.index) in among:
            return
        for place, index in among:
            question = question_about(record, place, index, stream, in_cells=True)
            if question is not None:
                self._begin(question)
                return
        if among:
            self._says.setText(_NOT_THIS)

    def solve(self) -> None:
        """Give the right answer."""
        if self._question is not None and self._is_open:
            self._answer.setText(exactly(self._question.value))
            self._judge()

    def close_question(self) -> None:
        """Ask for nothing."""
        self._question, self._is_open = None, False

    def _asked_for_another(self) -> None:
        self._ask_another()
        self.focus_answer()

    def _ask_another(self, first: Hidden | None = None) -> None:
        assert self._about is not None
        record, among, stream = self._about
        question = None
        if first is not None:
            question = question_about(record, *first, stream, in_cells=True)
        self._begin(question or ask(record, among, self._rng, stream, self._asked))

    def _begin(self, question: Question | None) -> None:
        """Ask, from an empty answer on; None where there is nothing to ask."""
        assert self._about is not None
        self._question = question
        self._is_open = question is not None
        self._answer.clear()
        self._mark_wrong(wrong=False)
        if question is None:
            self._says.setText(_NOTHING)
        else:
            self._asked.append((question.place, question.index))
            of_which = whose(question.place, question.name.text, self._about[0])
            self._asks.setText(f"What is {as_html(question.name.text + of_which)}?")
            self._says.setText(_HOW)
        self._show_parts()
        self.asked.emit()

    # -- what is answered ---------------------------------------------------------------------

    def _entered(self) -> None:
        if self._is_open:
            self._judge()
        else:
            self.done.emit()

    def _judge(self) -> None:
        question, number = self._question, number_in(self._answer.text())
        if question is None:
            return
        if number is None:
            self._says.setText(_NO_NUMBER)
            self._mark_wrong()
            return
        verdict = judge(question, number)
        if verdict.right:
            self._settle(_RIGHT)
            self.found.emit()
        else:
            self._says.setText(hint(verdict.slips, almost=verdict.almost))
            self._mark_wrong()
            self._answer.selectAll()

    def _reveal(self) -> None:
        self._settle(_GIVEN_UP)

    def _settle(self, words: str) -> None:
        self._is_open = False
        self._mark_wrong(wrong=False)
        self._says.setText(words)
        self._show_parts()
        self.settled.emit()

    def _mark_wrong(self, *, wrong: bool = True) -> None:
        if bool(self._answer.property("invalid")) != wrong:
            self._answer.setProperty("invalid", wrong)
            self._answer.style().polish(self._answer)

    def _show_parts(self) -> None:
        has_question, is_open = self._question is not None, self._is_open
        usable = {
            self._answer: has_question,
            self._check: is_open,
            self._give_up: is_open,
            self._another: has_question and not is_open,
        }
        focused = self.window().focusWidget()
        for part, can_be_used in usable.items():
            if can_be_used:
                part.setVisible(True)
                part.setEnabled(True)
        if any(part is focused and not can_be_used for part, can_be_used in usable.items()):
            # Else Qt would give the keyboard to the next button, which leads to another phase.
            heir = self._answer if is_open else self._another if has_question else self
            heir.setFocus()
        self._asks.setVisible(has_question)
        self._answer.setVisible(has_question)
        self._check.setVisible(has_question)
        self._check.setEnabled(is_open)
        self._give_up.setVisible(is_open)
        self._another.setVisible(usable[self._another])

    # -- looks --------------------------------------------------------------------------------

    def write(self, key: str) -> None:
        """Write what was typed while something else had the keyboard."""
        if self.hidden is not None:
            self._answer.setFocus()
            self._answer.insert(key)

    def focus_answer(self) -> None:
        """Let the next key be the answer's first."""
        if self._answer.isVisible():
            self._answer.setFocus()

    def _button(self, name: str, text: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"inside_{name}")
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._asks)
        row = QHBoxLayout()
        for part in (self._answer, self._check, self._give_up, self._another):
            row.addWidget(part)
        row.addStretch(1)
        self._column.addLayout(row)
        self._column.addWidget(self._says)

    def _restyle(self) -> None:
        self._column.setSpacing(self._theme.px(8))
        self._answer.setFixedWidth(self._theme.px(110))


class _Answer(QLineEdit):
    """A field that leaves the keys by which one moves through the equations to others."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what is written; leave the rest. Escape leaves the field, and not more."""
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageDown):
            event.ignore()
            return
        super().keyPressEvent(event)
