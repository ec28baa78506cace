"""The page of the lesson that is open: what to read, and the one thing to do."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.gui.widgets.plain import plain_tip

DONE, TO_DO = "\N{CHECK MARK}", "\N{WHITE CIRCLE}"
_EMPHASIZED = re.compile(r"\*([^*]+)\*")
# A letter alone, and what stands below the line behind it: a name such as text_file has more.
_INDEXED = re.compile(r"\b([A-Za-z])_(\{[^}]*\}|\w+)")
_BETWEEN = " \N{EM SPACE}\N{EN SPACE}"
# As many as an answer has, and a little more.
_ANSWER_WIDTH = 96


class LessonBar(QFrame):
    """A page's heading and sentences, what it asks for, and the way to the next page.

    Parameters
    ----------
    theme
        Colours, type and icons.
    parent
        The widget that holds it.

    Signals
    -------
    opened()
        A lesson is shown where none was.
    closed()
        The person has read enough.
    page_chosen(int)
        The person wants the page with this number, from 0.
    next_asked(), back_asked()
        The person wants the page after this one, or before it.
    show_me_asked()
        The person wants to see how it is done, or no longer.
    answered(str)
        What the person writes as an answer.
    """

    opened = Signal()
    closed = Signal()
    page_chosen = Signal(int)
    next_asked = Signal()
    back_asked = Signal()
    show_me_asked = Signal()
    answered = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("lesson_bar")
        self.setProperty("card", True)
        self._title = _label("lesson_title", "small")
        self._heading = _label("lesson_heading", "heading")
        self._text = _label("lesson_text")
        self._mark = _label("lesson_mark")
        self._say = _label("lesson_say")
        self._state = _label("lesson_state", "small")
        self._findings = _label("lesson_findings", "small")
        for label in (self._text, self._say):
            label.setTextFormat(Qt.TextFormat.RichText)
        for label in (self._text, self._say, self._findings):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self.page_chosen)
        self._pages = QHBoxLayout()
        self._pages.setSpacing(2)
        self._back = self._button("lesson_back", "Back", "The page before")
        self._show_me = self._button("lesson_show_me", "Show me", "Let the program do it")
        self._next = self._button("lesson_next", "Next", "The next page")
        self._next.setProperty("primary", True)
        self._back.clicked.connect(self.back_asked)
        self._show_me.clicked.connect(self.show_me_asked)
        self._next.clicked.connect(self.next_asked)
        self._answer = QLineEdit()
        self._answer.setObjectName("lesson_answer")
        self._answer.setAccessibleName("Your answer")
        self._answer.setPlaceholderText("answer")
        self._answer.returnPressed.connect(lambda: self.answered.emit(self._answer.text()))
        self._close = QToolButton()
        self._close.setObjectName("lesson_close")
        self._close.setAccessibleName("Close the lesson")
        self._close.setToolTip("Close the lesson; the run stays")
        self._close.setProperty("flat", True)
        self._close.setProperty("tiny", True)
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self.put_away)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    # -- what is shown ------------------------------------------------------------------------

    def show_lesson(self, title: str, headings: Sequence[str]) -> None:
        """Show another lesson, and a button for each of its pages."""
        self._title.setText(title)
        for button in self._group.buttons():
            self._group.removeButton(button)
            destroy_later(button)
        for number, heading in enumerate(headings):
            button = QPushButton()
            button.setObjectName(f"lesson_page_{number + 1}")
            button.setToolTip(plain_tip(heading))
            button.setCheckable(True)
            button.setProperty("pill", True)
            button.setProperty("narrow", True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button, number)
            self._pages.addWidget(button)
        was_hidden = self.isHidden()
        self.show()
        if was_hidden:
            self.opened.emit()

    def show_page(self, number: int, text: str, say: str, *, asks: bool) -> None:
        """Show another page, by its number from 0.

        Parameters
        ----------
        number
            Which.
        text
            Its sentences; what stands between two asterisks is bold, and h_2 has an index.
        say
            What is to be done; empty for nothing.
        asks
            Whether an answer is to be written.
        """
        chosen, count = self._group.button(number), len(self._group.buttons())
        self.mark_page(number)
        self._heading.setText(chosen.toolTip())
        self._heading.setToolTip(f"<p>{_as_rich_text(text)}</p>")
        self._text.setText(_as_rich_text(text))
        self._say.setText(_as_rich_text(say))
        self._answer.clear()
        for widget in (self._mark, self._say, self._show_me):
            widget.setVisible(bool(say))
        self._answer.setVisible(asks)
        self._back.setEnabled(number > 0)
        self._next.setText("Next" if number + 1 < count else "Finish")
        self._next.setToolTip("The next page" if number + 1 < count else "Close the lesson")
        self.show_state("")
        self.show_findings(())
        self.setAccessibleName(f"Lesson, page {number + 1} of {count}: {chosen.toolTip()}")
        self.setAccessibleDescription(f"{text} {say}".replace("*", "").strip())

    def show_done(self, done: Sequence[bool]) -> None:
        """Tick the pages that are done."""
        for number, is_done in enumerate(done):
            button = self._group.button(number)
            words = "done" if is_done else "not done yet"
            button.setText(DONE if is_done else str(number + 1))
            button.setAccessibleName(f"Page {number + 1}, {words}: {button.toolTip()}")
        current = self._group.checkedId()
        self._mark.setText(DONE if current >= 0 and done[current] else TO_DO)

    def mark_page(self, number: int) -> None:
        """Mark the page that is shown."""
        self._group.button(number).setChecked(True)

    def show_state(self, words: str) -> None:
        """Say how what is to be done stands, or what was wrong with an answer."""
        if words != self._state.text():
            self._state.setText(words)
        self._state.setVisible(bool(words))

    def show_findings(self, lines: Sequence[str], explanation: str = "") -> None:
        """Show how what the page says of the run stands; nothing where it says nothing."""
        # A line breaks between two findings, never within one.
        text = _BETWEEN.join(line.replace(" ", "\N{NO-BREAK SPACE}") for line in lines)
        if text != self._findings.text():
            self._findings.setText(text)
            self._findings.setToolTip(plain_tip(explanation))
            self._findings.setAccessibleDescription(explanation)
            self._findings.setAccessibleName(f"Measured in this run: {'; '.join(lines)}")
        self._findings.setVisible(bool(lines))

    def show_showing(self, showing: bool) -> None:
        """Offer to show how it is done, or to stop that."""
        self._show_me.setText("Stop" if showing else "Show me")

    def write_answer(self, answer: str) -> None:
        """Write the answer for the person."""
        self._answer.setText(answer)

    # -- what the person does -----------------------------------------------------------------

    def walk(self, pages: int) -> None:
        """Go on, or back."""
        (self.next_asked if pages > 0 else self.back_asked).emit()

    def set_headline(self, on: bool) -> None:
        """Suit a room, which reads fewer words: what was measured stands in the panels."""
        self._title.setVisible(not on)
        self._back.setVisible(not on)

    def set_brief(self, on: bool) -> None:
        """Leave the sentences to the lecturer, where the room needs the height for the panels."""
        self._text.setVisible(not on)

    def put_away(self) -> None:
        """Show no lesson any more."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    # -- layout -------------------------------------------------------------------------------

    def _button(self, name: str, words: str, tip: str) -> QPushButton:
        button = QPushButton(words)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self._title)
        head.addSpacing(8)
        head.addLayout(self._pages)
        head.addSpacing(8)
        for button in (self._back, self._next, self._close):
            head.addWidget(button)
        todo = QHBoxLayout()
        todo.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        todo.addWidget(self._mark, 0, top)
        self._say.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        todo.addWidget(self._say, 1)
        todo.addWidget(self._state)
        todo.addWidget(self._answer)
        todo.addWidget(self._show_me)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._text)
        layout.addLayout(todo)
        layout.addWidget(self._findings)

    def _restyle(self) -> None:
        theme = self._theme
        self._answer.setFixedWidth(theme.px(_ANSWER_WIDTH))
        self._close.setIcon(theme.icon("close"))


def _label(name: str, words: str = "") -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    if words:
        label.setProperty("words", words)
    return label


def _as_rich_text(words: str) -> str:
    """Return words in which what stands between two asterisks is bold, and ``h_2`` has an index."""
    return _INDEXED.sub(_lowered, _EMPHASIZED.sub(r"<b>\1</b>", html.escape(words)))


def _lowered(found: re.Match[str]) -> str:
    return f"{found[1]}<sub>{found[2].strip('{}')}</sub>"
