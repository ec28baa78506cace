"""Computes the record of a step beside the window."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QThread, Signal, SignalInstance
from threadpoolctl import threadpool_limits

from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.gui.jobs.thread import JobThread


class _RecordThread(JobThread):
    NO_MEMORY = "There is not enough memory to write this step out."

    recorded = Signal(object)

    def __init__(self, subject: StepSubject, parent: QObject) -> None:
        super().__init__("record_thread", parent)
        self._subject = subject

    def _work(self) -> None:
        # A second BLAS thread would hold the window up.
        with threadpool_limits(1, user_api="blas"):
            record = record_step(self._subject)
        self.recorded.emit(record)


class Recorder(QObject):
    """Has a step recorded in a thread of its own; the newest wish counts.

    Signals
    -------
    recorded(StepRecord)
        The record of the subject that was asked for last.
    failed(str)
        It could not be recorded, and why.
    """

    recorded = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: _RecordThread | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a record is wanted and not there yet."""
        return self._thread is not None

    def record(self, subject: StepSubject) -> None:
        """Compute a record, and give up any that is being computed."""
        self.give_up()
        thread = self._thread = _RecordThread(subject, self)
        thread.hear(thread.recorded, partial(self._tell, self.recorded))
        thread.hear(thread.failed, partial(self._tell, self.failed))
        thread.start()

    def give_up(self) -> None:
        """Want no record any more; what is being computed ends by itself."""
        if self._thread is not None:
            self._thread.give_up()
            self._thread = None

    def wait(self) -> None:
        """Wait until nothing is computed any more."""
        for thread in self.findChildren(QThread):
            thread.wait()

    def _tell(self, signal: SignalInstance, told: object) -> None:
        self._thread = None
        signal.emit(told)
