"""The export of everything in the window: joins what exports and those whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.past_view import PastView
from rnnviz.gui.window.shown_panels import ShownPanels

if TYPE_CHECKING:
    from rnnviz.gui.exporting.exporting import Exporting


class ExportView(QObject):
    """Opens what exports, and tells it when something else is seen.

    Parameters
    ----------
    window
        It has the action, and that which says whether model files are to have their past.
    theme
        Colours and type.
    runs
        Those of the window.
    shown
        The panels.
    past
        Tells what is seen.
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
        self._exporting: Exporting | None = None
        action = window.actions_by_name["action_export_all"]
        action.triggered.connect(lambda _checked=False: self.exporting.open())

    @property
    def exporting(self) -> Exporting:
        """What exports; made now, if nobody wanted it before."""
        if self._exporting is None:
            from rnnviz.gui.exporting.exporting import Exporting

            exporting = self._exporting = Exporting(
                self._runs,
                self._theme,
                self._window,
                lambda: self._shown.seen,
                self._window.actions_by_name["action_save_past"].isChecked,
            )
            messages = self._window.messages
            exporting.done.connect(messages.confirm)
            exporting.failed.connect(lambda said: messages.tell(said, "problem"))
            self._past.shown.connect(lambda _snapshot: exporting.follow())
        return self._exporting

    def close(self) -> None:
        """Give up what is being exported, and wait for that."""
        if self._exporting is not None:
            self._exporting.close()
