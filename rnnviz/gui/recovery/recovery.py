"""Autosaves in the window: has runs make them, and offers those that were left behind, once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject

from rnnviz.gui.controller import Controller
from rnnviz.gui.recovery.dialog import RecoveryDialog
from rnnviz.gui.recovery.thread import RecoveryThread
from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.storage.autosaves.found import Found
from rnnviz.storage.autosaves.names import remove
from rnnviz.storage.fault_reports import where_it_lies


class Recovery(QObject):
    """Begins to look when it is made.

    Parameters
    ----------
    controller
        Joins the runs and the window.
    autosave_seconds
        How often runs are to be autosaved while they train.
    recent_files
        The person's own, of the last times.

    Attributes
    ----------
    dialog
        Which offers what was found; None before it does, and after.
    """

    def __init__(
        self, controller: Controller, autosave_seconds: float, recent_files: Iterable[Path] = ()
    ) -> None:
        super().__init__(controller.window)
        self.setObjectName("recovery")
        self._window, self._theme = controller.window, controller.theme
        self._runs, self._rivals = controller.runs, controller.rivals
        self._seconds = autosave_seconds
        self.dialog: RecoveryDialog | None = None
        controller.closing.hurried.connect(self._leave_autosaves)
        controller.closing.ended.connect(self.close)
        self._thread = RecoveryThread({path.parent for path in recent_files}, self)
        self._thread.ready.connect(self._ready)
        self._thread.failed.connect(lambda why: self._window.messages.tell(why, "problem"))
        self._thread.found.connect(self._offer)
        self._thread.crashed.connect(self._tell_crashed)
        self._thread.start()

    def close(self) -> None:
        """Leave what nobody has decided about to the next start."""
        self._thread.stop()
        if self.dialog is not None:
            self.dialog.close()
        if self._thread.folder is not None:
            self._thread.folder.let_go()
        for left in self._thread.left:
            left.folder.let_go()

    def _leave_autosaves(self) -> None:
        self._runs.leaves_autosaves = True

    def _ready(self) -> None:
        if self._thread.folder is not None:
            self._runs.autosave_in(self._thread.folder, self._seconds)

    def _tell_crashed(self, reports: Sequence[Path]) -> None:
        newest = reports[-1]
        sentence = f"The last time, this program ended unexpectedly. {where_it_lies(newest)}"
        # The first run may have something to say before this is read.
        self._window.messages.stand(sentence, "problem", newest)

    def _offer(self) -> None:
        found = [one for left in self._thread.left for one in left.found]
        if not found or self._window.isHidden():
            return
        found.sort(key=lambda one: one.saved_at, reverse=True)
        dialog = self.dialog = RecoveryDialog(found, datetime.now(), self._theme, self._window)
        dialog.open_wanted.connect(self._open)
        dialog.finished.connect(self._decided)
        dialog.show()

    def _open(self, wanted: Sequence[Found]) -> None:
        begun = self._rivals.recover([one.path for one in wanted])
        if self.dialog is not None:
            for one in wanted:
                if one.path not in begun:
                    self.dialog.take_back(one)

    def _decided(self) -> None:
        """Remove what is to be discarded; give back what is left where nothing was opened."""
        dialog, self.dialog = self.dialog, None
        if dialog is None:
            return
        for one in dialog.discarded:
            remove(one.path)
        opened = dialog.opened
        for left in self._thread.left:
            # A run that is about to go on from one of them has not taken it yet.
            if not any(one in opened for one in left.found):
                left.folder.let_go()
        destroy_later(dialog)
