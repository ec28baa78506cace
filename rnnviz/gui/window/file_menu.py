"""The file menu: what is begun, opened and saved, and the files of before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings

_BEGINNINGS = ("action_new", "action_new_seed", "action_open")
_SAVINGS = ("action_save", "action_save_as")
_THE_REST = ("action_undo_reset", "action_use_best", "action_check_gradients")


class FileMenu(QObject):
    """Fills the menu anew whenever it is opened.

    Parameters
    ----------
    window
        With the menu and the actions.
    settings
        Where files are remembered from start to start.
    open_file
        Opens a file that was chosen.
    """

    def __init__(
        self, window: MainWindow, settings: WindowSettings, open_file: Callable[[Path], None]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._open_file = open_file
        window.toolbar.file_menu.aboutToShow.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        menu, actions = self._window.toolbar.file_menu, self._window.actions_by_name
        menu.clear()
        for name in _BEGINNINGS:
            menu.addAction(actions[name])
        recent = menu.addMenu("Recent files")
        recent.setObjectName("recent_files")
        for path in self._settings.recent_files:
            action = recent.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._open_recent, path))
        recent.setEnabled(not recent.isEmpty())
        menu.addSeparator()
        for name in _SAVINGS:
            menu.addAction(actions[name])
        menu.addSeparator()
        for name in _THE_REST:
            menu.addAction(actions[name])
        menu.addSeparator()
        menu.addAction(actions["action_quit"])

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self._open_file(path)
