"""The dialog that asks what to record, then shows how far that has come."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from rnnviz.gui.jobs.dialog import JobDialog
from rnnviz.gui.recording.choices import RecordChoices
from rnnviz.gui.style.theme import SPACING, Theme

_WIDTH = 520


class RecordDialog(JobDialog):
    """Asks what is to be recorded, and shows how far that has come.

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
    finish_wanted()
        What was recorded until now is enough.
    """

    finish_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("record", "Record", "Record…", _WIDTH, theme, parent)
        self.choices = RecordChoices()
        self._title = QLabel()
        self._title.setProperty("words", "heading")
        self._title.setWordWrap(True)
        self._progress.setAccessibleName("How far the recording has come")
        self._frame = QLabel()
        self._frame.setObjectName("record_frame")
        self._finish = self._button("finish", "Stop here", "Keep what was recorded until now")
        self._finish.clicked.connect(self.finish_wanted)
        self._lay_out()
        self.choices.changed.connect(self._choices_changed)
        self._choices_changed()
        self.show_ended()

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
        self.say("")
        self._title.setText(f"Recording {name}")
        self._cancel.setEnabled(True)
        self._begin(frame_count)
        self.show_frame(0)

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

    def _seen_before(self) -> tuple[QWidget, ...]:
        return *super()._seen_before(), self.choices

    def _seen_meanwhile(self) -> tuple[QWidget, ...]:
        return *super()._seen_meanwhile(), self._title, self._frame, self._finish

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._frame)
        buttons.addStretch(1)
        for button in (self._start, self._finish, self._cancel, self._close):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[2 * SPACING] * 4)
        column.setSpacing(2 * SPACING)
        column.addWidget(self._title)
        column.addWidget(self.choices, 1)
        column.addWidget(self._progress)
        column.addWidget(self._said)
        column.addLayout(buttons)

    def _choices_changed(self) -> None:
        self._start.setEnabled(not self.choices.lacks)
        self.say("")
