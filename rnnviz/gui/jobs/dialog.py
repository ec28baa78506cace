"""What the dialogs of jobs have in common: how far it has come, what came of it, and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.style.theme import SPACING, Theme
from rnnviz.gui.widgets.dialog_button import dialog_button
from rnnviz.gui.widgets.plain import PlainLabel


class JobDialog(QDialog):
    """Asks what is to be done, and shows how far that has come; it decides nothing.

    Whoever is one makes its own parts, says which are seen when, and has all laid out.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The window that it belongs to.

    Attributes
    ----------
    NAME, TITLE
        What the object names of its parts begin with, and what the window says.
    START
        What the button says that begins.
    PROGRESS
        What the progress is called for those who do not see it.
    WIDTH
        How wide it is at least, in pixels at the usual size of type.

    Signals
    -------
    start_wanted()
        What is chosen is to be done.
    cancel_wanted()
        What is under way is to be given up.
    """

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    START: ClassVar[str]
    PROGRESS: ClassVar[str]
    WIDTH: ClassVar[int]

    start_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"{self.NAME}_dialog")
        self.setWindowTitle(self.TITLE)
        self.setModal(False)
        self._theme = theme
        self._is_under_way = False
        self._said = self._words("said")
        self._said.hide()
        self._progress = QProgressBar()
        self._progress.setObjectName(f"{self.NAME}_progress")
        self._progress.setAccessibleName(self.PROGRESS)
        self._progress.setTextVisible(False)
        self._start = self._button("start", self.START)
        self._start.setProperty("primary", True)
        self._start.setDefault(True)
        self._start.clicked.connect(self.start_wanted)
        self._cancel = self._button("cancel", "Cancel", "Keep nothing")
        self._cancel.clicked.connect(self.cancel_wanted)
        self._close = self._button("close", "Close")
        self._close.clicked.connect(self.close)
        self._seen_before: list[QWidget] = [self._start, self._close]
        self._seen_meanwhile: list[QWidget] = [self._progress, self._cancel]
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def said(self) -> str:
        """What came of it the last time; empty where that is told no more."""
        return self._said.text()

    def show_begun(self, count: int) -> None:
        """Show the progress of what begins, of so many parts."""
        self.say("")
        self._progress.setRange(0, count)
        self._progress.setValue(0)
        self._show_under_way(True)
        self._cancel.setFocus()

    def show_progress(self, count: int) -> None:
        """Show how many parts are done."""
        self._progress.setValue(count)

    def show_ended(self) -> None:
        """Offer to do it again."""
        self._show_under_way(False)

    def say(self, sentence: str, *, problem: bool = False, folder: Path | None = None) -> None:
        """Say what came of it, and where it is; an empty sentence takes that away."""
        self._said.setText(sentence)
        self._said.setToolTip("" if folder is None else str(folder))
        self._said.setProperty("words", "threshold" if problem else "strong")
        self._said.style().polish(self._said)
        self._said.setVisible(bool(sentence))
        self._fit()

    def done(self, result: int) -> None:
        """Close; what is under way is given up, and what was said is said no more."""
        super().done(result)
        self.say("")
        # Opened again, it begins with its first choice.
        if (focused := self.focusWidget()) is not None:
            focused.clearFocus()
        # Only now: what comes of it is told where the person looks then.
        if self._is_under_way:
            self.cancel_wanted.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit anew: only what is seen has its size."""
        super().showEvent(event)
        self._fit()

    def _show_under_way(self, under_way: bool) -> None:
        self._is_under_way = under_way
        for widget in self._seen_meanwhile:
            widget.setVisible(under_way)
        for widget in self._seen_before:
            widget.setHidden(under_way)
        self._fit()

    def _lay_out(self, own: Sequence[QWidget], beside: QWidget, *buttons: QWidget) -> None:
        """Put its own parts above the progress, one beside the buttons, and some among them."""
        row = QHBoxLayout()
        row.addWidget(beside)
        row.addStretch(1)
        for button in (self._start, *buttons, self._cancel, self._close):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * SPACING] * 4)
        column.setSpacing(2 * SPACING)
        for part in (*own, self._progress, self._said):
            column.addWidget(part)
        column.addStretch(1)
        column.addLayout(row)
        self.show_ended()

    def _fit(self) -> None:
        """Be no larger than what is to be seen: the window lies behind it."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        width = max(self.minimumWidth(), layout.minimumSize().width())
        self.resize(width, layout.totalHeightForWidth(width))

    def _words(self, part: str) -> QLabel:
        label = PlainLabel()
        label.setObjectName(f"{self.NAME}_{part}")
        label.setWordWrap(True)
        return label

    def _button(self, part: str, text: str, tip: str = "") -> QPushButton:
        return dialog_button(f"{self.NAME}_{part}", text, tip)

    def _restyle(self) -> None:
        self.setMinimumWidth(self._theme.px(self.WIDTH))
