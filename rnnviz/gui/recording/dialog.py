"""The dialog that asks what to record, then shows how far that has come."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from rnnviz.gui.jobs.dialog import JobDialog
from rnnviz.gui.recording.choices import RecordChoices
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.plain import PlainLabel


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

    NAME, TITLE, START = "record", "Record", "Record…"
    PROGRESS = "How far the recording has come"
    WIDTH = 520

    finish_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.choices = RecordChoices()
        self._title = PlainLabel()
        self._title.setProperty("words", "heading")
        self._title.setWordWrap(True)
        self._frame = PlainLabel()
        self._frame.setObjectName("record_frame")
        self._finish = self._button("finish", "Stop here", "Keep what was recorded until now")
        self._finish.clicked.connect(self.finish_wanted)
        self._seen_before.append(self.choices)
        self._seen_meanwhile += self._title, self._frame, self._finish
        self._lay_out((self._title, self.choices), self._frame, self._finish)
        self.choices.changed.connect(self._choices_changed)
        self._choices_changed()

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
        self._title.setText(f"Recording {name}")
        self._cancel.setEnabled(True)
        self.show_begun(frame_count)
        self.show_progress(0)

    def show_progress(self, count: int) -> None:
        """Show how many frames have been taken."""
        super().show_progress(count)
        self._frame.setText(f"frame {count:,} of {self._progress.maximum():,}")
        self._finish.setEnabled(count > 0)

    def show_finishing(self) -> None:
        """Say that all frames were taken, and that the file is being completed."""
        self._frame.setText("completing the file…")
        self._finish.setEnabled(False)
        self._cancel.setEnabled(False)

    def _choices_changed(self) -> None:
        self._start.setEnabled(not self.choices.lacks)
        self.say("")
