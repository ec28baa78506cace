"""Computes the record of a step beside the window."""

from __future__ import annotations

import contextlib

from PySide6.QtCore import QObject, QThread, Signal
from threadpoolctl import threadpool_limits

from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.gui.widgets.destroying import destroy_later


class _Work(QThread):
    def __init__(self, subject: StepSubject, parent: QObject) -> None:
        super().__init__(parent)
        self._subject = subject
        self.record: StepRecord | None = None

    def run(self) -> None:
        """Compute it; a second BLAS thread would hold the window up."""
        with threadpool_limits(1, user_api="blas"), contextlib.suppress(MemoryError):
            self.record = record_step(self._subject)


class Recorder(QObject):
    """Has a step recorded in a thread of its own; the newest wish counts.

    Signals
    -------
    recorded(StepRecord)
        The record of the subject that was asked for last.
    failed()
        There is not enough memory for it.
    """

    recorded = Signal(object)
    failed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work: _Work | None = None
        self._old: list[_Work] = []

    @property
    def is_busy(self) -> bool:
        """Whether a record is wanted and not there yet."""
        return self._work is not None

    def record(self, subject: StepSubject) -> None:
        """Compute a record, and give up any that is being computed."""
        self.give_up()
        work = self._work = _Work(subject, self)
        work.finished.connect(self._finished)
        work.start()

    def give_up(self) -> None:
        """Want no record any more; what is being computed ends by itself."""
        if self._work is not None:
            self._old.append(self._work)
            self._work = None

    def wait(self) -> None:
        """Wait until nothing is computed any more."""
        for work in [*self._old, *filter(None, [self._work])]:
            work.wait()

    def _finished(self) -> None:
        work = self.sender()
        assert isinstance(work, _Work)
        is_wanted = work is self._work
        if is_wanted:
            self._work = None
        elif work in self._old:
            self._old.remove(work)
        if is_wanted and work.record is not None:
            self.recorded.emit(work.record)
        elif is_wanted:
            self.failed.emit()
        # It says so before it has ended: who destroys it then, now and then ends the program.
        work.wait()
        destroy_later(work)
