"""A session from within: the program runs as it does for a person, and a random one uses it."""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import random
import signal
import sys
import traceback
from pathlib import Path

from hand import Hand
from log import Log
from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from sessions import Session
from user import User
from watch import Complaints, Watchdog, growth, memory_mb, open_files, what_is_left

from rnnviz.gui.application import run_window
from rnnviz.gui.controller import Controller
from rnnviz.gui.window.main_window import MainWindow
from rnnviz.runs.process import WorkerProcess

_LOOK_MS = 50
_SETTLE_MS = 1500
_BETWEEN_LOOKS_AT_MEMORY = 50
_LOOKS_TO_JUDGE, _MOST_GROWTH_MB = 12, 50.0
"""In its first 600 actions a session sees most things for the first time."""
_MOST_HANDLES = 40
"""So many more open files may be left than when the window opened: those of Qt, and the two ends of
each pipe within this process that its last runs had, until they are garbage."""
_WAIT_MS, _MOST_WAITS = 5, 1000
_AUTOSAVE_SECONDS = 2.0
"""Far more often than a person has it."""


class Player(QObject):
    """Has a user act, one thing after the other, until the session is to end.

    Parameters
    ----------
    session
        What is to be done.
    log
        Is told of everything before it is done.
    """

    def __init__(self, session: Session, log: Log) -> None:
        super().__init__()
        self._session, self._log = session, log
        acts = Path(session.acts).read_text().splitlines() if session.acts else []
        self._known = [json.loads(act) for act in acts]
        self._chance = random.Random(f"{session.seed}/{session.number}")
        self._steps: list = []
        self._within: list[QWidget | None] = []
        self._waits = 0
        self._done = 0
        self._memory: list[float] = []
        self._ends = False
        self.complaints = Complaints(log)
        self.watchdog = Watchdog(log, session.limit_ms / 1000, session.by)
        self.window: MainWindow | None = None

    def wait_for_window(self) -> None:
        """Begin to act once the first snapshot is shown."""
        for window in QApplication.topLevelWidgets():
            controller = window.findChild(Controller)
            if isinstance(window, MainWindow) and controller and controller.snapshot is not None:
                self.window = window
                controller.closing.ended.connect(self._closed)
                self.user = User(self._chance, window)
                self.hand = Hand(window)
                QTimer.singleShot(_SETTLE_MS, self._begin)
                return
        QTimer.singleShot(_LOOK_MS, self.wait_for_window)

    def _begin(self) -> None:
        self.watchdog.beat()
        self.watchdog.phase, self.watchdog.window = "acting", self.window
        self._tick()

    def _tick(self) -> None:
        """Do the next thing. What it opens may have an event loop of its own, which comes here."""
        if self.watchdog.phase != "acting" or not self.window.isVisible():
            return
        if self._within and self._within[-1] is _in_the_way() and self._waits < _MOST_WAITS:
            # A step is being done: the tools of Qt that do it let events come by.
            self._waits += 1
            QTimer.singleShot(_WAIT_MS, self._tick)
            return
        self._waits = 0
        if self._steps:
            self._take_step(_WAIT_MS)
            return
        self.complaints.look()
        if self._done == self._session.actions or (self._session.acts and not self._known):
            self._end()
            return
        self.watchdog.beat()
        try:
            act = self._known.pop(0) if self._known else self.user.think(self._done)
        except Exception:  # noqa: BLE001  # a fault of the stage's own, which must not end the play
            self._log.fault("stage", traceback.format_exc())
            QTimer.singleShot(_WAIT_MS, self._tick)
            return
        self._log.action = act.get("n", self._session.first + self._done)
        if act["do"] == "end":
            self._end()
            return
        self._log.add(**{key: value for key, value in act.items() if key not in ("n", "t")})
        self._done += 1
        if self._done % _BETWEEN_LOOKS_AT_MEMORY == 0:
            self._memory.append(round(memory_mb(), 1))
            self._log.add(memory=self._memory[-1])
        self.watchdog.skip()
        self._steps = self.hand.steps_of(act)
        self._take_step(act["pause"])

    def _take_step(self, pause: int) -> None:
        """Do one thing, with the next one to come even if it opens an event loop of its own."""
        QTimer.singleShot(pause, self._tick)
        if self._steps:
            self._within.append(_in_the_way())
            try:
                self._steps.pop(0)()
            finally:
                self._within.pop()

    # -- the end ----------------------------------------------------------------------------------

    def _end(self) -> None:
        """Close the window, answer what it asks, or have the process be killed."""
        if self._ends:
            return
        self._ends = True
        self._log.add(do="end", how=self._session.end)
        grown = growth(self._memory)
        self._log.add(grown=round(grown, 1))
        if len(self._memory) >= _LOOKS_TO_JUDGE and grown > _MOST_GROWTH_MB:
            self._log.fault("memory", f"grew by {grown:.0f} MB: {self._memory}")
        if self._session.end == "kill":
            self.watchdog.stop()
            os.kill(os.getpid(), signal.SIGKILL)
        self._close()

    def _close(self) -> None:
        if self.watchdog.phase != "acting":
            return
        QTimer.singleShot(300, self._close)
        modal = QApplication.activeModalWidget()
        if isinstance(modal, QMessageBox):
            discard = modal.button(QMessageBox.StandardButton.Discard)
            (discard or modal.buttons()[-1]).click()
        elif modal is not None:
            modal.close()
        elif (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        elif self._session.end == "term":
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            self.window.close()

    def _closed(self) -> None:
        """Watch no longer: what ends now does so out of sight."""
        self.complaints.look()
        self.watchdog.beat()

    @Slot(QUrl)
    def opened(self, url: QUrl) -> None:
        """Take note of what a desktop would open."""
        self._log.add(desktop=url.toString())


def _in_the_way() -> QWidget | None:
    """Return what stands before everything else, and has an event loop of its own."""
    return QApplication.activePopupWidget() or QApplication.activeModalWidget()


def play(session: Session) -> None:
    """Run the program as its command does, with a user in front of it."""
    crash = Path(os.environ["RNNVIZ_STAGE_CRASH"]).open("wb", buffering=0)  # noqa: SIM115  # to the end
    faulthandler.enable(crash)
    faulthandler.register(signal.SIGUSR1, crash, all_threads=True)
    log = Log(Path(session.log))
    log.action = session.first - 1
    worker = WorkerProcess()
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    application = QApplication(sys.argv[:1])
    player = Player(session, log)
    for scheme in ("file", "http", "https"):
        QDesktopServices.setUrlHandler(scheme, player, "opened")
    QTimer.singleShot(0, player.wait_for_window)
    before = len(open_files())
    try:
        status = run_window(worker=worker, autosave_seconds=_AUTOSAVE_SECONDS)
    finally:
        worker.kill()
    player.watchdog.stop()
    player.complaints.look()
    left = what_is_left(str(Path.cwd().parent))
    log.add(left=left, status=status, before=before)
    if left["threads"]:
        log.fault("thread left", "\n".join(left["threads"]))
    if left["own"] or len(left["files"]) > before + _MOST_HANDLES:
        log.fault("handle left", "\n".join(left["own"] or left["files"]))
    player.window = player.user = player.hand = player.watchdog.window = None
    sys.excepthook = sys.__excepthook__
    gc.collect()
    application.processEvents()
