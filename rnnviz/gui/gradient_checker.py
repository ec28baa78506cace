"""The way of a gradient check: a copy from the run, a thread of its own, a dialog."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rnnviz.diagnostics.gradient_report import CheckSubject
from rnnviz.gui.gradient_check_dialog import GradientCheckDialog
from rnnviz.gui.gradient_check_thread import GradientCheckThread
from rnnviz.gui.theme import Theme
from rnnviz.gui.trainer_thread import CopyForCheck, TrainerThread


class GradientChecker(QObject):
    """Joins run, check and dialog; the dialog is made when it is first wanted.

    Parameters
    ----------
    trainer
        The thread whose network is checked.
    theme
        Colours and type.
    window
        The window that the dialog belongs to.
    """

    def __init__(self, trainer: TrainerThread, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._trainer = trainer
        self._theme = theme
        self._window = window
        self._thread: GradientCheckThread | None = None
        self.dialog: GradientCheckDialog | None = None
        trainer.copied.connect(self._begin)

    def check(self) -> None:
        """Ask the run for a copy between two steps, and check that."""
        self._trainer.post(CopyForCheck())

    def stop(self) -> None:
        """End the check under way, and wait for it."""
        if self._thread is not None:
            self._thread.stop()
            # What it has already said would arrive later, beside the next check's.
            self._thread.blockSignals(True)
            self._thread.deleteLater()
            self._thread = None

    def _begin(self, subject: CheckSubject) -> None:
        self.stop()
        dialog = self._shown_dialog()
        dialog.show_subject(subject)
        thread = self._thread = GradientCheckThread(subject, self)
        thread.progressed.connect(dialog.show_progress)
        thread.found.connect(dialog.show_check)
        thread.reported.connect(dialog.show_report)
        thread.failed.connect(dialog.show_failure)
        thread.start()

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
