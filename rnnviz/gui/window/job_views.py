"""The jobs in the window, each loaded when it is first wanted: exporting and recording."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import QObject

from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.past_view import PastView
from rnnviz.gui.window.shown_panels import ShownPanels

if TYPE_CHECKING:
    from rnnviz.gui.jobs.job import Job


class JobView(QObject):
    """Opens a job, tells it what is shown, and has the window tell what comes of it.

    Parameters
    ----------
    window
        It has the action.
    theme
        Colours and type.
    runs
        Those of the window.
    shown
        The panels.
    past
        Tells what is seen.
    """

    ACTION: ClassVar[str]

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        runs: RunList,
        shown: ShownPanels,
        past: PastView,
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._runs = window, theme, runs
        self._shown, self._past = shown, past
        self._job: Job[Any, Any] | None = None
        action = window.actions_by_name[self.ACTION]
        action.triggered.connect(lambda _checked=False: self.job.open())

    @property
    def job(self) -> Job[Any, Any]:
        """The job; made now, if nobody wanted it before."""
        if self._job is None:
            self._job = self._new_job()
            messages = self._window.messages
            self._job.done.connect(messages.confirm)
            self._job.failed.connect(lambda said: messages.tell(said, "problem"))
            self._past.shown.connect(self._job.follow)
        return self._job

    def close(self) -> None:
        """Give up what is under way, and wait for that."""
        if self._job is not None:
            self._job.close()

    @abstractmethod
    def _new_job(self) -> Job[Any, Any]:
        """Load the job, and make it."""


class ExportView(JobView):
    """Exports everything in the window, with or without the runs' past as model files have it."""

    ACTION = "action_export_all"

    def _new_job(self) -> Job[Any, Any]:
        from rnnviz.gui.exporting.exporting import Exporting

        with_past = self._window.actions_by_name["action_save_past"].isChecked
        return Exporting(self._runs, self._theme, self._window, lambda: self._shown.seen, with_past)


class RecordView(JobView):
    """Records the window or a panel of it; the timeline rests while a film of it is recorded."""

    ACTION = "action_record"

    def _new_job(self) -> Job[Any, Any]:
        from rnnviz.gui.recording.recording import Recording

        recording = Recording(
            self._runs,
            self._theme,
            self._window,
            lambda: self._shown.seen,
            lambda: self._window.timeline.bar.scale.logarithmic,
        )
        recording.filming.connect(self._past.control.hold)
        return recording
