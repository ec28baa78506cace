"""A thread that makes the window's folder for autosaves, and looks into those of others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

if TYPE_CHECKING:
    from rnnviz.storage.autosaves.folder import AutosaveFolder
    from rnnviz.storage.autosaves.found import Found


@dataclass(frozen=True, slots=True, eq=False)
class LeftBehind:
    """What a process left behind: nobody else is offered it meanwhile.

    Attributes
    ----------
    folder
        Its folder, which is claimed.
    found
        The autosaves in it, the newest first.
    """

    folder: AutosaveFolder
    found: tuple[Found, ...]


class RecoveryThread(QThread):
    """Looks once; reading models takes long, and so may loading what knows of folders and locks.

    Parameters
    ----------
    folders
        Where the person's own files lie: what was written in part is removed there.
    parent
        The QObject that owns this thread. Call `stop` before it goes.

    Attributes
    ----------
    folder
        For the autosaves of this process; None before it is there.
    left
        What processes left behind that are no more.

    Signals
    -------
    ready()
        There is a folder.
    failed(str)
        There is none, and why.
    found()
        Something was left behind; not told where nothing was.
    crashed(list of Path)
        Python itself crashed in processes that are no more: a report of each.
    """

    ready = Signal()
    failed = Signal(str)
    found = Signal()
    crashed = Signal(object)

    def __init__(self, folders: Iterable[Path] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folders = tuple(folders)
        self.setObjectName("recovery_thread")
        self.folder: AutosaveFolder | None = None
        self.left: list[LeftBehind] = []
        self._stopping = False

    def stop(self) -> None:
        """Have it look no further, and wait for that."""
        self._stopping = True
        self.wait()

    def run(self) -> None:
        """Look, and hand over what was found."""
        try:
            self._look()
        except Exception as error:  # noqa: BLE001  # it is handed over as a sentence
            from rnnviz.storage.fault_reports import report_fault

            self.failed.emit(report_fault(error, "training cannot be autosaved").sentence)

    def _look(self) -> None:
        from rnnviz.storage.atomic import tidy
        from rnnviz.storage.autosaves.folder import (
            AutosaveFolder,
            autosave_home,
            claim_left_behind,
        )
        from rnnviz.storage.autosaves.found import look_into
        from rnnviz.storage.errors import StorageError
        from rnnviz.storage.fault_reports import CRASH_SUFFIX, watch_for_crashes

        home = autosave_home()
        try:
            self.folder = AutosaveFolder.new(home)
            watch_for_crashes(self.folder.path / f"window{CRASH_SUFFIX}")
            self.ready.emit()
        except StorageError as error:
            self.failed.emit(f"Training cannot be autosaved: {_as_clause(error)}")
        claimed = claim_left_behind(home)
        if claimed.crashes:
            self.crashed.emit(claimed.crashes)
        for folder in claimed.folders:
            models = [] if self._stopping else folder.models
            found = tuple(one for path in models if (one := look_into(path)) is not None)
            self.left.append(LeftBehind(folder, found))
        if self.left:
            self.found.emit()
        for own in self._folders if not self._stopping else ():
            tidy(own)


def _as_clause(error: Exception) -> str:
    sentence = str(error)
    return sentence[:1].lower() + sentence[1:]
