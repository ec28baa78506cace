"""The dialog that asks what to record, then shows how far that has come."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.gui.recording.choices import RecordChoices
from rnnviz.gui.style.theme import SPACING, Theme

_WIDTH = 520


class RecordDialog(QDialog):
    """Asks what is to be recorded, and shows how far that has come; it decides nothing.

    Parameters
    ----------
    theme
        Colours and type.
    parent
        The window that it belongs to.

    Attributes
    ----------
    choices
        What is to be recorded.

    Signals
    -------
    record_wanted()
        What is chosen is to be recorded.
    finish_wanted()
        What was recorded until now is enough.
    cancel_wanted()
        The recording is to be given up.
    """

    record_wanted = Signal()
    finish_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("record_dialog")
        self.setWindowTitle("Record")
        self.setModal(False)
        self._theme = theme
        self._is_recording = False
        self.choices = RecordChoices()
        self._said = QLabel()
        self._said.setObjectName("record_said")
        self._said.setWordWrap(True)
        self._said.hide()
        self._record = self._button("start", "Record…", "")
        self._record.setProperty("primary", True)
        self._record.setDefault(True)
        self._record.clicked.connect(self.record_wanted)
        self._close = self._button("close", "Close", "")
        self._close.clicked.connect(self.close)
        self._title = QLabel()
        self._title.setProperty("words", "heading")
        self._title.setWordWrap(True)
        self._progress = QProgressBar()
        self._progress.setObjectName("record_progress")
        self._progress.setAccessibleName("How far the recording has come")
        self._progress.setTextVisible(False)
        self._frame = QLabel()
        self._frame.setObjectName("record_frame")
        self._finish = self._button("finish", "Stop here", "Keep what was recorded until now")
        self._finish.clicked.connect(self.finish_wanted)
        self._cancel = self._button("cancel", "Cancel", "Keep nothing")
        self._cancel.clicked.connect(self.cancel_wanted)
        self._before, self._meanwhile = self._page_of_choices(), self._page_of_progress()
        self._meanwhile.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[2 * SPACING] * 4)
        layout.addWidget(self._before)
        layout.addWidget(self._meanwhile)
        self.choices.changed.connect(self._choices_changed)
        self._choices_changed()
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def said(self) -> str:
        """What came of the last recording; empty where something else was chosen since."""
        return self._said.text()

    @property
    def progress(self) -> str:
        """How far the recording has come, in words."""
        return self._frame.text()

    def show_recording(self, frame_count: int, name: str) -> None:
        """Show the progress of a recording that begins.

        Parameters
        ----------
        frame_count
            How many frames it will have.
        name
            The file's.
        """
        self._is_recording = True
        self._title.setText(f"Recording {name}")
        self._progress.setRange(0, frame_count)
        self._cancel.setEnabled(True)
        self.show_frame(0)
        self._show_page()
        self._cancel.setFocus()

    def show_frame(self, number: int) -> None:
        """Show how many frames have been taken."""
        self._progress.setValue(number)
        self._frame.setText(f"frame {number:,} of {self._progress.maximum():,}")
        self._finish.setEnabled(number > 0)

    def show_finishing(self) -> None:
        """Say that all frames were taken, and that the file is being completed."""
        self._frame.setText("completing the file…")
        self._finish.setEnabled(False)
        self._cancel.setEnabled(False)

    def show_ended(self) -> None:
        """Offer the choices again."""
        self._is_recording = False
        self._show_page()

    def say(self, sentence: str, *, problem: bool = False) -> None:
        """Say what came of it; an empty sentence takes that away."""
        self._said.setText(sentence)
        self._said.setProperty("words", "threshold" if problem else "strong")
        self._said.style().polish(self._said)
        self._said.setVisible(bool(sentence))
        self._fit()

    def done(self, result: int) -> None:
        """Close; what is being recorded is given up."""
        if self._is_recording:
            self.cancel_wanted.emit()
        super().done(result)

    def _show_page(self) -> None:
        """Show what is to be seen now, and no larger than that: the window lies behind it."""
        self._before.setVisible(not self._is_recording)
        self._meanwhile.setVisible(self._is_recording)
        self._fit()

    def _fit(self) -> None:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.adjustSize()

    def _page_of_choices(self) -> QWidget:
        page = QWidget()
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._record)
        buttons.addWidget(self._close)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACING)
        column.addWidget(self.choices, 1)
        column.addWidget(self._said)
        column.addLayout(buttons)
        return page

    def _page_of_progress(self) -> QWidget:
        page = QWidget()
        buttons = QHBoxLayout()
        buttons.addWidget(self._frame, 1)
        buttons.addWidget(self._finish)
        buttons.addWidget(self._cancel)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACING)
        column.addWidget(self._title)
        column.addWidget(self._progress)
        column.addLayout(buttons)
        column.addStretch(1)
        return page

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"record_{name}")
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def _choices_changed(self) -> None:
        self._record.setEnabled(not self.choices.lacks)
        self.say("")

    def _restyle(self) -> None:
        self.setMinimumWidth(self._theme.px(_WIDTH))
