"""The window, as those who decide about a run know it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from rnnviz.gui.controls.form import ControlForm
from rnnviz.gui.experiments.leader import ExperimentLeader
from rnnviz.gui.panels.base.player import Player
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.gui.window.messages import MessageBar
from rnnviz.gui.window.preferences import WindowSettings
from rnnviz.gui.window.shown_panels import ShownPanels
from rnnviz.training.claims.watch import Reached, Way
from rnnviz.training.configuration import Value

_FILTER_MODEL = "Models (*.rnnviz *.safetensors)"
_FILTER_VOCABULARY = "Vocabularies (*.json)"
_FILTER_ALL = "Models and texts (*)"


class RunView:
    """Hands on to widgets what was decided, and asks them what the person has done.

    Parameters
    ----------
    window
        With the messages and the toolbar.
    settings
        What is remembered from start to start.
    form
        Holds what was edited and is not in force.
    shown
        Knows what is seen.
    leader
        Knows the way to an experiment's next claim.
    """

    def __init__(
        self,
        window: MainWindow,
        settings: WindowSettings,
        form: ControlForm,
        shown: ShownPanels,
        leader: ExperimentLeader,
    ) -> None:
        self._window = window
        self._settings = settings
        self._form = form
        self._shown = shown
        self._leader = leader

    @property
    def messages(self) -> MessageBar:
        """What is said."""
        return self._window.messages

    @property
    def draft(self) -> Mapping[str, Value]:
        """The structural settings that were edited and are not in force."""
        return self._form.draft

    @property
    def player(self) -> Player | None:
        """What plays beside the run and is seen instead of it."""
        return self._shown.player

    def forget_draft(self) -> None:
        """Show the settings in force."""
        self._form.forget_draft()

    def show_at_once(self, name: str, value: Value) -> None:
        """Show the value of a setting, whatever the person chose last."""
        self._form.editor(name).show_at_once(value)

    def ask_about_draft(self) -> None:
        """Ask whether the run is to be given up for what was edited."""
        self._form.ask_about_draft()

    def show_running(self, running: bool) -> None:
        """Show what Train would do, and the controls of what it would do it to."""
        self._window.set_about_run(self.player is None)
        self._window.toolbar.show_running(running)

    def way_on(self, runs: Iterable[Reached]) -> Way | None:
        """Return the way of all runs to an experiment's next claim; None where none leads."""
        return self._leader.way(runs)

    def ask_where_to_save(self, suggestion: Path) -> Path | None:
        """Return where the person wants the model; None for nowhere."""
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Save the model", str(suggestion), _FILTER_MODEL
        )
        return Path(path) if path else None

    def ask_where_to_export(self, suggestion: Path) -> tuple[str, Path] | None:
        """Return as what the person wants the network for others, and where; None for nowhere."""
        from rnnviz.storage.travel.exports import EXPORTS

        filters = {f"{kind.title} (*{kind.suffixes[0]})": to for to, kind in EXPORTS.items()}
        path, chosen = QFileDialog.getSaveFileName(
            self._window, "Export the model for other programs", str(suggestion), ";;".join(filters)
        )
        return (filters[chosen], Path(path)) if path else None

    def ask_what_to_open(self) -> list[Path]:
        """Return what the person wants to open."""
        paths, _ = QFileDialog.getOpenFileNames(
            self._window, "Open models or a text", "", f"{_FILTER_ALL};;{_FILTER_MODEL}"
        )
        return [Path(path) for path in paths]

    def ask_for_vocabulary(self, folder: Path) -> Path | None:
        """Return the file that says which tokens a network reads; None for none."""
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Which tokens does it read?", str(folder), _FILTER_VOCABULARY
        )
        return Path(path) if path else None

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""
        QGuiApplication.clipboard().setText(text)

    def copied(self) -> str:
        """Return the text on the clipboard; empty where there is none."""
        return QGuiApplication.clipboard().text()

    def ask_for_folder(self) -> Path | None:
        """Return the folder in which several are to be saved; None for nowhere."""
        path = QFileDialog.getExistingDirectory(self._window, "Save all models into a folder")
        return Path(path) if path else None

    def take_name(self, name: str) -> None:
        """Be called after the run."""
        if name:
            # In a title, Qt would take the one for its own mark, and two of them for one.
            name = name.replace("[*]", "[*][*]")
            self._window.setWindowTitle(f"{name} — rnnviz")

    def remember_file(self, path: Path) -> None:
        """Offer a file at the next start."""
        self._settings.remember_file(path)
