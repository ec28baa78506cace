"""The way of a gradient check: a copy from the run, a thread of its own, a dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rnnviz.core.gradient_check import ParameterCheck
from rnnviz.diagnostics.gradient_report import CheckSubject, GradientReport
from rnnviz.gui.gradient_check.dialog import GradientCheckDialog
from rnnviz.gui.gradient_check.thread import GradientCheckThread
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.destroying import destroy_later
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
            destroy_later(self._thread)
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
        self._shown_dialog().show_subject(subject)
        thread = self._thread = GradientCheckThread(subject, self)
        thread.progressed.connect(self._progressed)
        thread.found.connect(self._found)
        thread.reported.connect(self._reported)
        thread.failed.connect(self._failed)
        thread.start()

    def _progressed(self, fraction: float) -> None:
        if self.dialog is not None and self._is_of_now:
            self.dialog.show_progress(fraction)

    def _found(self, check: ParameterCheck) -> None:
        if self.dialog is not None and self._is_of_now:
            self.dialog.show_check(check)

    def _reported(self, report: GradientReport) -> None:
        if self.dialog is not None and self._is_of_now:
            self.dialog.show_report(report)

    def _failed(self, sentence: str) -> None:
        if self.dialog is not None and self._is_of_now:
            self.dialog.show_failure(sentence)

    @property
    def _is_of_now(self) -> bool:
        """Whether a signal comes from the check under way: one that was given up may be late."""
        return self._thread is not None and self.sender() is self._thread

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
