"""The start of the window: painted first, furnished a moment later."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from rnnviz.gui.style import fonts
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.gui.window.system_signals import SystemSignals

if TYPE_CHECKING:
    from rnnviz.gui.controller import Controller
    from rnnviz.gui.recovery.recovery import Recovery
    from rnnviz.runs.process import WorkerProcess

_EXPOSURE_POLL_MS = 2
_SECONDS_BETWEEN_COLLECTIONS = 0.2
_RECOVERY_DELAY_MS = 400


def run_window(
    file: Path | None = None,
    experiment: str | None = None,
    worker: WorkerProcess | None = None,
    lesson: str | None = None,
    autosave_seconds: float | None = None,
    reset_settings: bool = False,
) -> int:
    """Open the window and return the process's exit status when it is closed.

    Parameters
    ----------
    file
        A model or a text to begin with.
    experiment
        An experiment to begin with: its name, or its file's path.
    worker
        Trains; None to train in this process.
    lesson
        A lesson to begin with: its name, or its file's or folder's path.
    autosave_seconds
        How often to autosave what trains, and then to offer what was autosaved before; None for
        never.
    reset_settings
        Set aside what the window remembers, and begin with the defaults.
    """
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("rnnviz")
    application.setApplicationDisplayName("rnnviz")
    window, furnish = new_window(
        application, worker, autosave_seconds, reset_settings=reset_settings
    )
    window.show()
    sys.excepthook = partial(_tell_fault, window)
    signals = SystemSignals(furnish.close_for_system)
    # The session ends: the desktop asks all programs, and may not wait for an answer.
    application.commitDataRequest.connect(furnish.autosave)
    application.saveStateRequest.connect(furnish.autosave)

    def begin() -> None:
        furnish.load()
        furnish(file, experiment, lesson)

    when_painted(window, begin)
    status = application.exec()
    # With the window open where its display has gone, as at the end of a session.
    furnish.end()
    signals.restore()
    return status


def _tell_fault(
    window: MainWindow,
    _kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """Say a fault of ours in one sentence."""
    from rnnviz.storage.fault_reports import report_fault

    window.messages.tell_fault(report_fault(error.with_traceback(trace), "the window goes on"))


def when_painted(window: MainWindow, act: Callable[[], object]) -> None:
    """Act once the window stands on the screen; what is slow to load comes after its painting."""
    handle = window.windowHandle()
    if handle is not None and handle.isExposed():
        QTimer.singleShot(0, act)
    else:
        QTimer.singleShot(_EXPOSURE_POLL_MS, lambda: when_painted(window, act))


def new_window(
    application: QApplication,
    worker: WorkerProcess | None = None,
    autosave_seconds: float | None = None,
    *,
    reset_settings: bool = False,
) -> tuple[MainWindow, Furnish]:
    """Make the bare window, and the function that furnishes and starts it.

    Training goes on in the worker, or where there is none, in a thread of this process. Autosaves
    and settings are as `run_window` has them.
    """
    settings = WindowSettings(reset=reset_settings)
    theme = Theme(settings.scheme, application)
    theme.apply(application)
    window = MainWindow(theme)
    theme.setParent(window)
    if settings.geometry is not None:
        window.restoreGeometry(settings.geometry)
    if settings.remark is not None:
        window.messages.stand(settings.remark.text, settings.remark.kind)
    return window, Furnish(window, theme, settings, worker, autosave_seconds)


class Furnish:
    """Puts controls and panels into the window and starts the first run.

    The imports are here: NumPy and the plots take longer to load than the window to be painted.
    """

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        settings: WindowSettings,
        worker: WorkerProcess | None = None,
        autosave_seconds: float | None = None,
    ) -> None:
        self._window, self._theme, self._settings = window, theme, settings
        self._worker = worker
        self._autosave_seconds = autosave_seconds
        self.controller: Controller | None = None
        self.recovery: Recovery | None = None

    def load(self) -> None:
        """Load what the window is furnished with, and have it never looked through for garbage.

        It stays until the end. There is so much of it that each time a picture was held up, by
        60 ms. No run is part of it yet: what belongs to one is to be found when it is garbage.
        """
        if self._worker is not None:
            self._worker.wake()
        from pyqtgraph.util.garbage_collector import GarbageCollector

        import rnnviz.gui.controller  # noqa: F401  # for `__call__`

        gc.freeze()
        # Where another thread happens to look for garbage, it destroys what is the window's: now
        # and then that was the end of the program. From here on the window's own thread looks.
        self._collector = GarbageCollector(_SECONDS_BETWEEN_COLLECTIONS)

    def __call__(
        self,
        file: Path | None = None,
        experiment: str | None = None,
        lesson: str | None = None,
    ) -> Controller:
        """Furnish and start; return what joins window and training."""
        if self._worker is not None:
            self._worker.wake()
        from rnnviz.gui.controller import Controller
        from rnnviz.gui.runs.run_list import RunList
        from rnnviz.runs.client import InProcessClient, WorkerClient

        if self._worker is None:
            runs = RunList(InProcessClient)
        else:
            runs = RunList(WorkerClient, WorkerClient(self._worker))
        controller = self.controller = Controller(self._window, self._theme, self._settings, runs)
        if self._settings.layout is not None:
            self._window.restore_layout(self._settings.layout)
        if self._autosave_seconds is not None:
            # What it loads and looks for must not delay what the person has asked for.
            timer = QTimer(self._window, singleShot=True, interval=_RECOVERY_DELAY_MS)
            timer.setObjectName("recovery_timer")
            timer.timeout.connect(partial(self._recover, self._autosave_seconds))
            runs.front.thread.begun.connect(lambda _path: self.recovery or timer.start())
        controller.start(file, experiment, lesson)
        if (problem := fonts.problem()) and not self._window.messages.text:
            self._window.messages.tell(problem, "problem")
        return controller

    def _recover(self, autosave_seconds: float) -> None:
        """Autosave from now on, and offer what was autosaved before."""
        from rnnviz.gui.recovery.recovery import Recovery

        if self.controller is None or self.controller.closing.has_ended:
            return
        if self.recovery is None:
            recent = self._settings.recent_files
            self.recovery = Recovery(self.controller, autosave_seconds, recent)

    def autosave(self, *_asked: object) -> None:
        """Keep at once what no file holds."""
        if self.controller is not None:
            self.controller.runs.autosave()

    def end(self) -> None:
        """Have what works for the window end, and keep what no file holds, if it is open still."""
        if self.controller is not None:
            self.controller.closing.end_unasked()

    def close_for_system(self) -> None:
        """Keep what no file holds, then close as the close button does."""
        if self.controller is None:
            # Nothing can be lost yet.
            self._window.close()
            return
        self.autosave()
        self.controller.close_for_system()
