"""The file of a run: which it is, what of the run it does not hold yet, and how one is chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from rnnviz.gui.runs.run_thread import RunThread
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.runs.messages import SaveModel
from rnnviz.storage import MODEL_SUFFIXES
from rnnviz.training.snapshot import Snapshot

_FILTER_MODEL = "Models (*.rnnviz *.safetensors)"
_FILTER_ALL = "Models and texts (*)"


class RunFile(QObject):
    """Knows the run's file and how much training no file holds, and fills the file menu.

    Parameters
    ----------
    window
        Bears the file's name, and the menu.
    settings
        Where files are remembered from start to start.
    thread
        Saves, and says when it has.
    open_file
        Opens a file that was chosen.

    Attributes
    ----------
    path
        The file that the run was opened from or saved to last; None while there is none.
    saved_step
        The step up to which a file holds the run, or at which it began.
    """

    def __init__(
        self,
        window: MainWindow,
        settings: WindowSettings,
        thread: RunThread,
        open_file: Callable[[Path], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._thread = thread
        self._open_file = open_file
        self.path: Path | None = None
        self._snapshot: Snapshot | None = None
        self.saved_step = 0
        self._saved_before_reset = 0
        self._steps_before_reset = 0
        self._is_undoing = False
        self._after_saving: Callable[[], None] | None = None
        thread.saved.connect(self._saved)
        window.toolbar.file_menu.aboutToShow.connect(self._fill_menu)
        self._fill_menu()

    # -- how far the run has come -------------------------------------------------------------

    @property
    def is_behind(self) -> bool:
        """Whether there is training that no file holds, of this run or of one that was reset."""
        snapshot = self._snapshot
        return snapshot is not None and (snapshot.step > self.saved_step or self.reset_is_behind)

    @property
    def reset_is_behind(self) -> bool:
        """Whether a reset has put training away that no file holds."""
        is_kept = self._snapshot is not None and self._snapshot.can_undo_reset
        return is_kept and self._steps_before_reset > self._saved_before_reset

    @property
    def unsaved(self) -> str:
        """What no file holds, in words."""
        if self._snapshot is not None and self._snapshot.step > self.saved_step:
            return (
                f"what came after step {self.saved_step:,}" if self.saved_step else "its training"
            )
        return "the training before the reset"

    def follow(self, snapshot: Snapshot, *, new_run: bool) -> None:
        """Take note of how far the run has come."""
        before, self._snapshot = self._snapshot, snapshot
        if not new_run:
            return
        saved_step = self.saved_step
        self._all_is_saved(snapshot)
        if self._is_undoing:
            self.saved_step, self._is_undoing = self._saved_before_reset, False
        elif before is not None and before.step:
            self._saved_before_reset, self._steps_before_reset = saved_step, before.step

    def undo_reset(self) -> None:
        """Expect the run that a reset put away: no more of it is saved than was before."""
        self._is_undoing = True

    def begin(self, path: Path | None) -> None:
        """Take another run's file, if it has one."""
        self.path = path
        self._name_window()
        if path is not None:
            self._settings.remember_file(path)

    def lose(self) -> None:
        """Let go of what no file holds: the process that had it is gone."""
        self._steps_before_reset = 0
        if self._snapshot is not None:
            self.saved_step = max(self.saved_step, self._snapshot.step)
        self.give_up()

    # -- saving and opening -------------------------------------------------------------------

    def save(self, path: Path | None = None, *, then: Callable[[], None] | None = None) -> None:
        """Save to `path`, or to the run's file, or ask for one; do something once it is saved."""
        self._after_saving = then or self._after_saving
        path = path or self.path
        if path is None:
            self.ask_where_to_save()
        else:
            self._thread.post(SaveModel(path))

    def give_up(self) -> None:
        """Forget what was to be done after saving: it has failed."""
        self._after_saving = None

    def ask_where_to_save(self) -> None:
        """Save where the person says."""
        title = Path(self._snapshot.title).stem.lower() if self._snapshot else "model"
        suggestion = str(self.path or Path.home() / f"{title}{MODEL_SUFFIXES[0]}")
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Save the model", suggestion, _FILTER_MODEL
        )
        if path:
            self.save(Path(path) if Path(path).suffix else Path(path + MODEL_SUFFIXES[0]))
        else:
            self.give_up()

    def ask_what_to_open(self) -> None:
        """Open what the person says."""
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Open a model or a text", "", f"{_FILTER_ALL};;{_FILTER_MODEL}"
        )
        if path:
            self._open_file(Path(path))

    def _saved(self, path: str) -> None:
        self.begin(Path(path))
        if self._snapshot is not None:
            self._all_is_saved(self._snapshot)
        self._window.messages.confirm(f"Saved {Path(path).name}.")
        act, self._after_saving = self._after_saving, None
        if act is not None:
            act()

    def _all_is_saved(self, snapshot: Snapshot) -> None:
        self.saved_step = snapshot.step
        self._name_window()

    def _name_window(self) -> None:
        if self._snapshot is None:
            return
        name = self.path.name if self.path else self._snapshot.title
        self._window.setWindowTitle(f"{name} — rnnviz")

    def _fill_menu(self) -> None:
        menu, actions = self._window.toolbar.file_menu, self._window.actions_by_name
        menu.clear()
        for name in ("action_new", "action_new_seed", "action_open"):
            menu.addAction(actions[name])
        recent = menu.addMenu("Recent files")
        recent.setObjectName("recent_files")
        for path in self._settings.recent_files:
            action = recent.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(partial(self._open_recent, path))
        recent.setEnabled(not recent.isEmpty())
        menu.addSeparator()
        for name in ("action_save", "action_save_as"):
            menu.addAction(actions[name])
        menu.addSeparator()
        menu.addAction(actions["action_undo_reset"])
        menu.addAction(actions["action_use_best"])
        menu.addAction(actions["action_check_gradients"])
        menu.addSeparator()
        menu.addAction(actions["action_quit"])

    def _open_recent(self, path: Path, _checked: bool = False) -> None:
        self._open_file(path)
