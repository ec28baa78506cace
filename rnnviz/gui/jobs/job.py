"""How a job that writes files goes: asked for in a dialog, written in a thread, ended in order."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtWidgets import QWidget

from rnnviz.gui.jobs.dialog import JobDialog
from rnnviz.gui.jobs.thread import WritingThread
from rnnviz.gui.style.theme import Theme
from rnnviz.training.snapshot import Snapshot


class Work(Protocol):
    """What is under way."""

    @property
    def thread(self) -> WritingThread[Any]:
        """Who writes it."""


OwnWork = TypeVar("OwnWork", bound=Work)
OwnDialog = TypeVar("OwnDialog", bound=JobDialog)


class Job(QObject, Generic[OwnWork, OwnDialog]):
    """Does one piece of work at a time.

    Parameters
    ----------
    theme
        Colours and type.
    window
        What the dialog belongs to.

    Attributes
    ----------
    dialog
        None before anybody wanted it.

    Signals
    -------
    done(str)
        What was asked for is done, or given up, and no dialog is there to say so.
    failed(str)
        It could not be done, and no dialog is there to say why.
    """

    done = Signal(str)
    failed = Signal(str)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._work: OwnWork | None = None
        self.dialog: OwnDialog | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether something is being done."""
        return self._work is not None

    def open(self) -> OwnDialog:
        """Ask what is to be done, or show how far that has come."""
        if self.dialog is None:
            self.dialog = self._new_dialog()
            self.dialog.start_wanted.connect(self._ask_where)
            self.dialog.cancel_wanted.connect(self.cancel)
        if self._work is None:
            self._offer(self.dialog)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        return self.dialog

    @abstractmethod
    def follow(self, snapshot: Snapshot) -> None:
        """Take note of what was drawn of the run in front."""

    @abstractmethod
    def cancel(self) -> None:
        """Leave nothing of what is being done."""

    def close(self) -> None:
        """Give up what is being done, and wait for that."""
        if self._work is not None:
            self._end(self._work)
        for thread in self.findChildren(QThread):
            thread.wait()
        if self.dialog is not None:
            self.dialog.hide()

    @abstractmethod
    def _new_dialog(self) -> OwnDialog:
        """Make the dialog: it is wanted for the first time."""

    @abstractmethod
    def _offer(self, dialog: OwnDialog) -> None:
        """Say what can be done now."""

    @abstractmethod
    def _ask_where(self) -> None:
        """Ask where to, and begin."""

    @abstractmethod
    def _written(self, work: OwnWork) -> None:
        """Say what was written; the work is no longer under way."""

    def _begin(self, work: OwnWork) -> None:
        """Have a thread write; what comes of it is heard of from now on."""
        self._work = work
        work.thread.hear(work.thread.written, lambda: self._complete(work))
        work.thread.hear(work.thread.failed, lambda sentence: self._fail(work, sentence))
        work.thread.start()

    def _complete(self, work: OwnWork) -> None:
        self._forget(work)
        self._written(work)

    def _fail(self, work: OwnWork, sentence: str) -> None:
        if work is self._work:
            self._end(work)
            self._tell(sentence, problem=True)

    def _end(self, work: OwnWork) -> None:
        work.thread.give_up()
        self._forget(work)

    def _forget(self, _work: OwnWork) -> None:
        self._work = None
        if self.dialog is not None:
            self.dialog.show_ended()

    def _tell(self, sentence: str, *, problem: bool = False, folder: Path | None = None) -> None:
        """Say it where the person looks: in the dialog, or where that is closed, in the window."""
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.say(sentence, problem=problem, folder=folder)
        else:
            (self.failed if problem else self.done).emit(sentence)
