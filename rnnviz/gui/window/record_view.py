"""Recording in the window: loaded when it is first wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.past_view import PastView
from rnnviz.gui.window.shown_panels import ShownPanels

if TYPE_CHECKING:
    from rnnviz.gui.recording.recording import Recording


class RecordView(QObject):
    """Opens what records, and tells it and the timeline about each other.

    Parameters
    ----------
    window
        What is recorded; it has the action.
    theme
        Colours and type.
    runs
        Those of the window.
    shown
        The panels, any of which can be recorded by itself.
    past
        Rests while a film of it is recorded.
    """

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
        self._recording: Recording | None = None
        action = window.actions_by_name["action_record"]
        action.triggered.connect(lambda _checked=False: self.recording.open())

    @property
    def recording(self) -> Recording:
        """What records; made now, if nobody wanted it before."""
        if self._recording is None:
            from rnnviz.gui.recording.recording import Recording

            window = self._window
            recording = self._recording = Recording(
                self._runs,
                self._theme,
                window,
                lambda: self._shown.seen,
                lambda: window.timeline.bar.scale.logarithmic,
            )
            recording.filming.connect(self._past.control.hold)
            recording.done.connect(window.messages.confirm)
            recording.failed.connect(lambda said: window.messages.tell(said, "problem"))
            self._past.shown.connect(recording.follow)
        return self._recording

    def close(self) -> None:
        """Give up what is being recorded, and wait for that."""
        if self._recording is not None:
            self._recording.close()
