"""What the dialogs of jobs have in common: how far it has come, what came of it, and buttons."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QLabel, QProgressBar, QPushButton, QWidget

from rnnviz.gui.style.theme import Theme


class JobDialog(QDialog):
    """Asks what is to be done, and shows how far that has come; it decides nothing.

    Its parts are made here; whoever is one lays them out.

    Parameters
    ----------
    name
        What the object names of its parts begin with.
    title
        The window's, and in a sentence what is done.
    start_words
        What the button says that begins.
    width
        How wide it is at least, at the usual size of type.
    theme
        Colours and type.
    parent
        The window that it belongs to.

    Signals
    -------
    start_wanted()
        What is chosen is to be done.
    cancel_wanted()
        What is under way is to be given up.
    """

    start_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(  # what a dialog is called, and how it looks
        self,
        name: str,
        title: str,
        start_words: str,
        width: int,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}_dialog")
        self.setWindowTitle(title)
        self.setModal(False)
        self._name, self._width, self._theme = name, width, theme
        self._is_under_way = False
        self._said = self._words("said")
        self._said.hide()
        self._progress = QProgressBar()
        self._progress.setObjectName(f"{name}_progress")
        self._progress.setTextVisible(False)
        self._start = self._button("start", start_words)
        self._start.setProperty("primary", True)
        self._start.setDefault(True)
        self._start.clicked.connect(self.start_wanted)
        self._cancel = self._button("cancel", "Cancel", "Keep nothing")
        self._cancel.clicked.connect(self.cancel_wanted)
        self._close = self._button("close", "Close")
        self._close.clicked.connect(self.close)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def said(self) -> str:
        """What came of it the last time; empty where that is told no more."""
        return self._said.text()

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

    def _begin(self, count: int) -> None:
        """Show the progress of what begins, of so many parts."""
        self._progress.setRange(0, count)
        self._progress.setValue(0)
        self._show_under_way(True)
        self._cancel.setFocus()

    def _show_under_way(self, under_way: bool) -> None:
        self._is_under_way = under_way
        for widget in self._seen_meanwhile():
            widget.setVisible(under_way)
        for widget in self._seen_before():
            widget.setHidden(under_way)
        self._fit()

    def _seen_before(self) -> tuple[QWidget, ...]:
        """Return what is seen only while nothing is under way."""
        return self._start, self._close

    def _seen_meanwhile(self) -> tuple[QWidget, ...]:
        """Return what is seen only while something is."""
        return self._progress, self._cancel

    def _fit(self) -> None:
        """Be no larger than what is to be seen: the window lies behind it."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        width = max(self.minimumWidth(), layout.minimumSize().width())
        self.resize(width, layout.totalHeightForWidth(width))

    def _words(self, part: str) -> QLabel:
        label = QLabel()
        label.setObjectName(f"{self._name}_{part}")
        label.setWordWrap(True)
        return label

    def _button(self, part: str, text: str, tip: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"{self._name}_{part}")
        button.setToolTip(tip)
        # Return would press what has the focus by chance.
        button.setAutoDefault(False)
        return button

    def _restyle(self) -> None:
        self.setMinimumWidth(self._theme.px(self._width))
