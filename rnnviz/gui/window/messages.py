"""One sentence for the person, at the window's top, that waits for no answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from rnnviz.gui.style.theme import Theme

if TYPE_CHECKING:
    from rnnviz.storage.fault_reports import Fault

MessageKind = Literal["notice", "problem", "question"]

_CONFIRMED_MS = 4000


class _Standing(NamedTuple):
    """What is said until somebody closes it: the report of a fault can be copied."""

    text: str
    kind: MessageKind
    report: Path | None


class MessageBar(QFrame):
    """Shows the newest message until it is closed, answered or replaced.

    A confirmation stands beside it, or alone, and goes by itself. What is to stand until it is read
    comes back after others.

    Parameters
    ----------
    theme
        Colours and icons.
    parent
        The widget that holds it.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("message_bar")
        self.setProperty("card", True)
        self.kind: MessageKind = "notice"
        self._mark = QLabel()
        self._words = QLabel()
        self._words.setObjectName("message")
        self._words.setWordWrap(True)
        # A sample of a text may look like HTML.
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._confirmation = QLabel()
        self._confirmation.setObjectName("confirmation")
        self._confirming = QTimer(self, interval=_CONFIRMED_MS, singleShot=True)
        self._confirming.setObjectName("confirmation_timer")
        self._confirming.timeout.connect(self._end_confirmation)
        self._accept = QPushButton()
        self._accept.setObjectName("message_accept")
        self._accept.setProperty("primary", True)
        self._save = QPushButton("Save")
        self._save.setObjectName("message_save")
        self._refuse = QPushButton()
        self._refuse.setObjectName("message_refuse")
        self._close = QToolButton()
        self._close.setObjectName("message_close")
        self._close.setAccessibleName("Close this message")
        self._close.setProperty("flat", True)
        self._close.setProperty("tiny", True)
        self._on_accept: Callable[[], None] | None = None
        self._on_save: Callable[[], None] | None = None
        self._on_refuse: Callable[[], None] | None = None
        self._on_close: Callable[[], None] | None = None
        self._standing: list[_Standing] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 6, 8, 6)
        layout.setSpacing(10)
        layout.addWidget(self._mark)
        layout.addWidget(self._confirmation)
        layout.addWidget(self._words, 1)
        for button in (self._save, self._accept, self._refuse, self._close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button)
        self._save.clicked.connect(lambda: self._answer(self._on_save))
        self._accept.clicked.connect(lambda: self._answer(self._on_accept))
        self._refuse.clicked.connect(lambda: self._answer(self._on_refuse))
        self._close.clicked.connect(lambda: self._answer(self._on_close))
        theme.changed.connect(self._restyle)
        self._restyle()
        self._clear_confirmation()
        self.hide()

    @property
    def text(self) -> str:
        """What is said; empty where nothing is."""
        if self.isHidden():
            return ""
        return " ".join(filter(None, (self._confirmation.text(), self._words.text())))

    def confirm(self, text: str) -> None:
        """Say for a few seconds that something was done, and keep what is said besides."""
        if self.isHidden():
            self.tell("")
        self._confirmation.setText(text)
        self._confirmation.show()
        self._confirming.start()

    def tell(self, text: str, kind: MessageKind = "notice") -> None:
        """Show a message; a problem stands out."""
        self._show(text, kind)
        self._accept.hide()
        self._save.hide()
        self._refuse.hide()
        self._on_accept = self._on_save = self._on_refuse = self._on_close = None

    def stand(self, text: str, kind: MessageKind = "notice", report: Path | None = None) -> None:
        """Show a message until somebody closes it, whatever else is said meanwhile."""
        self._standing.append(_Standing(text, kind, report))
        if self.isHidden():
            self._leave()

    def offer(
        self,
        text: str,
        accept: str,
        on_accept: Callable[[], None],
        kind: MessageKind = "notice",
        other: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Show a message with one thing that can be done about it, or with another one as well."""
        self.tell(text, kind)
        self._accept.setText(accept)
        self._accept.show()
        self._on_accept = on_accept
        if other is not None:
            words, self._on_refuse = other
            self._refuse.setText(words)
            self._refuse.show()

    def tell_fault(self, fault: Fault) -> None:
        """Say what went wrong, and offer to copy the report of it."""
        self._tell_with(fault.report, fault.sentence, "problem")

    def _tell_with(self, report: Path | None, text: str, kind: MessageKind) -> None:
        if report is None:
            self.tell(text, kind)
        else:
            self.offer(text, "Copy the report", lambda: self._copy(report), kind)

    def _copy(self, report: Path) -> None:
        try:
            text = report.read_text(encoding="utf-8")
        except OSError:
            self.tell("The report is not there any more.", "problem")
            return
        QGuiApplication.clipboard().setText(text)
        self.confirm("The report is on the clipboard.")

    def ask(
        self,
        text: str,
        accept: str,
        on_accept: Callable[[], None],
        refuse: str,
        on_refuse: Callable[[], None] | None = None,
        on_save: Callable[[], None] | None = None,
    ) -> None:
        """Ask something; closing the bar refuses. Saving is an answer where it can be done."""
        self._show(text, "question")
        self._accept.setText(accept)
        self._refuse.setText(refuse)
        self._accept.show()
        self._refuse.show()
        self._save.setVisible(on_save is not None)
        self._on_accept, self._on_refuse, self._on_save = on_accept, on_refuse, on_save
        self._on_close = on_refuse

    def clear(self) -> None:
        """Take the message away, unless it is a question."""
        if self.kind != "question":
            self._leave()

    def withdraw(self, beginning: str) -> None:
        """Take a message away that begins so, unless it is a question: it is no longer true."""
        if self._words.text().startswith(beginning):
            self.clear()

    def withdraw_question(self) -> None:
        """Take a question away, as refused, because what it was about is gone."""
        if self.kind == "question" and not self.isHidden():
            self._answer(self._on_refuse)

    def _show(self, text: str, kind: MessageKind) -> None:
        if self.isHidden():
            self._clear_confirmation()
        self.kind = kind
        self._words.setText(text)
        self.setAccessibleName(text)
        self._restyle()
        self.show()

    def _end_confirmation(self) -> None:
        self._clear_confirmation()
        if not self._words.text():
            self._leave()

    def _clear_confirmation(self) -> None:
        self._confirming.stop()
        self._confirmation.clear()
        self._confirmation.hide()

    def _answer(self, act: Callable[[], None] | None) -> None:
        self.hide()
        if act is not None:
            act()
        if self.isHidden():
            self._leave()

    def _leave(self) -> None:
        """Make room for what is to stand, or for the window."""
        if not self._standing:
            self.hide()
            return
        first = self._standing[0]
        self._tell_with(first.report, first.text, first.kind)
        self._on_close = lambda: self._standing.remove(first)
        if first.report is not None:
            report = first.report
            self._on_accept = lambda: self._copy_standing(first, report)

    def _copy_standing(self, standing: _Standing, report: Path) -> None:
        """Copy the report of what was to stand: it has been read."""
        self._standing.remove(standing)
        self._copy(report)

    def _restyle(self) -> None:
        self._mark.setText("!" if self.kind == "problem" else "i")
        self._mark.setFont(self._theme.font("heading"))
        self._mark.setProperty("words", "threshold" if self.kind == "problem" else "soft")
        self._mark.style().polish(self._mark)
        self._close.setIcon(self._theme.icon("close"))
