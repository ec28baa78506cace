"""A second thread for what takes seconds and must not hold up training: the gradient check."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from rnnviz.core.gradient_check import ParameterCheck
from rnnviz.diagnostics.gradient_report import CheckSubject, check
from rnnviz.gui.jobs.thread import GivenUpError, JobThread

_SECONDS_BETWEEN_REPORTS = 0.03


class GradientCheckThread(JobThread):
    """Checks one subject and says what it finds; training goes on meanwhile.

    The trainer's thread has bounded the threads of matrix products to one for the whole program.

    Parameters
    ----------
    subject
        The network to check: nobody else's.
    parent
        As of any such thread.

    Signals
    -------
    progressed(float)
        How far the check has come, from 0 to 1; some 30 times a second at most.
    found(ParameterCheck)
        One parameter was compared.
    reported(GradientReport)
        All were.
    """

    NO_MEMORY = "There is not enough memory to check the gradients of this network."

    progressed = Signal(float)
    found = Signal(object)
    reported = Signal(object)

    def __init__(self, subject: CheckSubject, parent: QObject | None = None) -> None:
        super().__init__("gradient_check_thread", parent)
        self._subject = subject
        self._reported_at = 0.0

    def _work(self) -> None:
        self.reported.emit(check(self._subject, self._report_progress, self._tell))

    def _tell(self, result: ParameterCheck) -> None:
        self.found.emit(result)

    def _report_progress(self, fraction: float) -> None:
        if self._given_up:
            raise GivenUpError
        now = time.monotonic()
        if now - self._reported_at > _SECONDS_BETWEEN_REPORTS:
            self._reported_at = now
            self.progressed.emit(fraction)
