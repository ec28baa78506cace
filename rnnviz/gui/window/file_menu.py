"""The file menu: what is begun, opened and saved, and the files of before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMenu

from rnnviz.data.files import readable_name
from rnnviz.gui.widgets.plain import plain_tip
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings

_BEGINNINGS = ("action_new", "action_new_seed", "action_open", "action_open_folder")
_SAVINGS = (
    *("action_save", "action_save_as", "action_save_all", "action_save_past"),
    *("action_export_model", "action_export_all"),
)
_WATCHING = ("action_watch", "action_let_go")
_CHANGES = (
    *("action_undo", "action_redo"),
    *("action_copy_settings", "action_paste_settings"),
)
_THE_REST = ("action_use_best", "action_check_gradients")
_PAST = (
    *("action_earlier", "action_later", "action_film", "action_record"),
    *("action_beside_now", "action_branch", "action_back_to_now"),
)
_END = ("action_quit",)


class FileMenu(QObject):
    """Fills the menu, and its list of recent files anew whenever it is opened.

    Parameters
    ----------
    window
        With the menu and the actions.
    settings
        Where files are remembered from start to start.
    open_file
        Opens a file, or a folder of texts, that was chosen.
    """

    def __init__(
        self, window: MainWindow, settings: WindowSettings, open_file: Callable[[Path], None]
    ) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._open_file = open_file
        menu, actions = window.toolbar.file_menu, window.actions_by_name
        self._recent = QMenu("Recent files", menu)
        self._recent.setObjectName("recent_files")
        # Of files with the same name, only the folders tell which is which.
        self._recent.setToolTipsVisible(True)
        menu.addActions([actions[name] for name in _BEGINNINGS])
        menu.addMenu(self._recent)
        for names in (_SAVINGS, _CHANGES, _THE_REST, _WATCHING, _PAST, _END):
            menu.addSeparator()
            menu.addActions([actions[name] for name in names])
        menu.aboutToShow.connect(self._list_recent)
        actions["action_open_folder"].triggered.connect(self._ask_for_texts)
        self._list_recent()

    def _ask_for_texts(self, _checked: bool = False) -> None:
        path = QFileDialog.getExistingDirectory(self._window, "Open a folder of texts")
        if path:
            self._open_file(Path(path))

    def _list_recent(self) -> None:
        self._recent.clear()
        for path in self._settings.recent_files:
            action = self._recent.addAction(readable_name(path).replace("&", "&&"))
            action.setToolTip(plain_tip(str(path)))
            action.triggered.connect(partial(self._open_recent, path))
        self._recent.setEnabled(not self._recent.isEmpty())

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self._open_file(path)
