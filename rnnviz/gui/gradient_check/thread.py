"""A second thread for what takes seconds and must not hold up training: the gradient check."""

from __future__ import annotations

import time
import traceback

from PySide6.QtCore import QObject, QThread, Signal

from rnnviz.core.gradient_check import ParameterCheck
from rnnviz.diagnostics.gradient_report import CheckSubject, check

_SECONDS_BETWEEN_REPORTS = 0.03


class _GivenUpError(Exception):
    """The check was cancelled, or the window closes."""


class GradientCheckThread(QThread):
    """Checks one subject and says what it finds; training goes on meanwhile.

    The trainer's thread has bounded the threads of matrix products to one for the whole program.

    Parameters
    ----------
    subject
        The network to check: nobody else's.
    parent
        The QObject that owns this thread. Call `stop` before it goes.

    Signals
    -------
    progressed(float)
        How far the check has come, from 0 to 1; some 30 times a second at most.
    found(ParameterCheck)
        One parameter was compared.
    reported(GradientReport)
        All were.
    failed(str)
        The check could not be done, and why.
    """

    progressed = Signal(float)
    found = Signal(object)
    reported = Signal(object)
    failed = Signal(str)

    def __init__(self, subject: CheckSubject, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gradient_check_thread")
        self._subject = subject
        self._stopping = False
        self._reported_at = 0.0

    def stop(self) -> None:
        """Give the check up before the next loss is measured, and wait for that."""
        self._stopping = True
        self.wait()

    def run(self) -> None:
        """Check, and hand over whatever comes of it."""
        try:
            self.reported.emit(check(self._subject, self._report_progress, self._tell))
        except _GivenUpError:
            pass
        except MemoryError:
            self.failed.emit("There is not enough memory to check the gradients of this network.")
        except Exception as error:  # noqa: BLE001  # it is handed over as a sentence
            traceback.print_exception(error)
            self.failed.emit(
                f"Something unexpected went wrong ({type(error).__name__}: {error}); the run is "
                "as it was."
            )

    def _tell(self, result: ParameterCheck) -> None:
        self.found.emit(result)

    def _report_progress(self, fraction: float) -> None:
        if self._stopping:
            raise _GivenUpError
        now = time.monotonic()
        if now - self._reported_at > _SECONDS_BETWEEN_REPORTS:
            self._reported_at = now
            self.progressed.emit(fraction)
