"""The way of a gradient check: a copy from the run, a thread of its own, a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rnnviz.diagnostics.gradient_report import CheckSubject
from rnnviz.gui.gradient_check.dialog import GradientCheckDialog
from rnnviz.gui.gradient_check.thread import GradientCheckThread
from rnnviz.gui.style.theme import Theme
from rnnviz.runs.messages import CopyForCheck, Request


class GradientChecker(QObject):
    """Joins run, check and dialog; the dialog is made when it is first wanted.

    Parameters
    ----------
    post
        Asks the run whose network is checked.
    theme
        Colours and type.
    window
        The window that the dialog belongs to.
    """

    def __init__(self, post: Callable[[Request], None], theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._post = post
        self._theme = theme
        self._window = window
        self._thread: GradientCheckThread | None = None
        self._closed = False
        self.dialog: GradientCheckDialog | None = None

    def check(self) -> None:
        """Ask the run for a copy between two steps, and check that."""
        self._post(CopyForCheck())

    def stop(self) -> None:
        """End the check under way, and wait for it."""
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def close(self) -> None:
        """Stop for good: a copy that is still on its way is not checked."""
        self._closed = True
        self.stop()
        if self.dialog is not None:
            self.dialog.hide()

    def begin(self, subject: CheckSubject) -> None:
        """Check a copy that has come, and show the dialog."""
        if self._closed:
            return
        self.stop()
        dialog = self._shown_dialog()
        dialog.show_subject(subject)
        thread = self._thread = GradientCheckThread(subject, self)
        thread.hear(thread.progressed, dialog.show_progress)
        thread.hear(thread.found, dialog.show_check)
        thread.hear(thread.reported, dialog.show_report)
        thread.hear(thread.failed, dialog.show_failure)
        thread.hear(thread.finished, self._forget)
        thread.start()

    def _forget(self) -> None:
        self._thread = None

    def _shown_dialog(self) -> GradientCheckDialog:
        if self.dialog is None:
            self.dialog = GradientCheckDialog(self._theme, self._window)
            self.dialog.check_wanted.connect(self.check)
            self.dialog.stop_wanted.connect(self._cancel)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        return self.dialog

    def _cancel(self) -> None:
        self.stop()
        if self.dialog is not None:
            self.dialog.show_cancelled()
