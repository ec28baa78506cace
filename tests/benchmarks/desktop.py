"""A window as a person has it before them, with settings of its own, and time that passes in it."""

from __future__ import annotations

import tempfile

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from rnnviz.gui.application import new_window
from rnnviz.gui.controller import Controller
from rnnviz.runs.process import WorkerProcess


def wait(seconds: float) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def open_window(size: str, *, dark: bool | None = None, present: bool = False) -> Controller:
    """Open the program at a size such as ``1440x900``, in a theme if that matters."""
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, tempfile.mkdtemp("rnnviz")
    )
    application = QApplication([])
    window, furnish = new_window(application, WorkerProcess())
    window.resize(*(int(side) for side in size.split("x")))
    window.show()
    furnish.load()
    controller = furnish(None)
    wait(1)
    if dark is not None and dark != controller.theme.is_dark:
        window.actions_by_name["action_theme"].trigger()
    if present:
        window.actions_by_name["action_present"].trigger()
    return controller
