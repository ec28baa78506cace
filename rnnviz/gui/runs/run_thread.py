"""The only bridge between the window and training: a thread that drives a session."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal
from threadpoolctl import threadpool_limits

from rnnviz.core.errors import RnnvizError
from rnnviz.data.text_files import read_text_file
from rnnviz.storage import MODEL_SUFFIXES, load_model, save_model
from rnnviz.training.commands import Command, NewRun, Restart, Resume
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState, Snapshot


@dataclass(frozen=True, slots=True)
class SaveModel:
    """Write the run, as it is between two steps, to a file."""

    path: Path


@dataclass(frozen=True, slots=True)
class OpenModel:
    """Go on from a model file; the present run stays where the file cannot be used."""

    path: Path


@dataclass(frozen=True, slots=True)
class CheckFile:
    """Read a model or a text and say whether it can be used; the run stays as it is."""

    path: Path


@dataclass(frozen=True, slots=True)
class CopyForCheck:
    """Hand out a copy of the network between two steps, to check its gradients elsewhere."""


ThreadCommand = Command | SaveModel | OpenModel | CheckFile | CopyForCheck

_BEGINNINGS = (NewRun, Restart, Resume, OpenModel)


class _GivenUpError(Exception):
    """Reading a text was given up because the window closes or another run was asked for."""


class TrainerThread(QThread):
    """Trains away from the window's thread.

    Commands go into a queue that the loop drains between steps, in order. Snapshots come out of a
    mailbox with one place: the newest wins. While training runs, one is made when it is asked
    for, so that the window sets the pace and a slow window costs no training.

    Parameters
    ----------
    parent
        The QObject that owns this thread. Call `stop` before it goes.

    Signals
    -------
    refused(str)
        A command could not be obeyed, and why; nothing has changed.
    noticed(str)
        Something that the person should know about the text or the model.
    loading(float, str)
        How far a text's reading has come, from 0 to 1, and what is being done; 1 when it ended.
    usable(str)
        The file at this path was read and can be opened.
    begun(str)
        A new run stands; the model file's path where it was opened from one, else empty.
    saved(str)
        The model was written to this path.
    copied(CheckSubject)
        The network as it is between two steps, with its next window: nobody else's.
    """

    refused = Signal(str)
    noticed = Signal(str)
    loading = Signal(float, str)
    usable = Signal(str)
    begun = Signal(str)
    saved = Signal(str)
    copied = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("trainer_thread")
        self._commands: deque[ThreadCommand] = deque()
        self._mailbox: deque[Snapshot] = deque(maxlen=1)
        self._wake = threading.Event()
        self._stopping = False
        self._wanted = True
        self._session = Session(progress=self._report_progress)

    def post(self, command: ThreadCommand) -> None:
        """Queue a command; safe from any thread."""
        self._commands.append(command)
        self._wake.set()

    def want_snapshot(self) -> None:
        """Have a snapshot of one of the next steps made; safe from any thread."""
        self._wanted = True

    def take_snapshot(self) -> Snapshot | None:
        """Return the newest snapshot, once; safe from any thread."""
        try:
            return self._mailbox.pop()
        except IndexError:
            return None

    def stop(self) -> None:
        """End the loop after the step that is under way, and wait for it."""
        self._stopping = True
        self._wake.set()
        self.wait()

    def run(self) -> None:
        """Obey, step and publish until stopped."""
        # One BLAS thread: a second gains nothing beside a window, which it freezes for seconds.
        with threadpool_limits(1, user_api="blas"):
            while not self._stopping:
                try:
                    self._loop()
                except Exception as error:  # noqa: BLE001  # it ends the run with a sentence
                    self._give_up(error)

    def _loop(self) -> None:
        session = self._session
        while not self._stopping:
            if self._commands:
                self._obey_all()
                # A step may take long: what the command did is shown before it.
                self._publish()
            wait = session.seconds_to_wait
            if wait != 0.0:
                self._wake.wait(wait)
                self._wake.clear()
                continue
            wanted, self._wanted = self._wanted, False
            snapshot = session.advance(look=wanted)
            if snapshot is not None:
                self._mailbox.append(snapshot)

    def _obey_all(self) -> None:
        while self._commands and not self._stopping:
            command = self._commands.popleft()
            try:
                self._obey(command)
            except _GivenUpError:
                pass
            except RnnvizError as error:
                self.refused.emit(str(error))
            except MemoryError:
                self.refused.emit("There is not enough memory for that; the run goes on as it was.")
        for notice in iter(self._next_notice, None):
            self.noticed.emit(notice)

    def _obey(self, command: ThreadCommand) -> None:
        match command:
            case SaveModel(path):
                save_model(path, self._session.checkpoint())
                self.saved.emit(str(path))
            case CheckFile(path):
                self._check_file(path)
            case CopyForCheck():
                self.copied.emit(self._session.check_subject())
            case OpenModel(path):
                self._begin(Resume(load_model(path)), str(path))
            case NewRun() | Restart() | Resume():
                self._begin(command, "")
            case _:
                self._session.apply(command)

    def _check_file(self, path: Path) -> None:
        try:
            if path.suffix.lower() in MODEL_SUFFIXES:
                load_model(path)
            else:
                read_text_file(path, self._report_progress)
        finally:
            self.loading.emit(1.0, "")
        self.usable.emit(str(path))

    def _begin(self, command: Command, path: str) -> None:
        try:
            self._session.apply(command)
        finally:
            self.loading.emit(1.0, "")
        self.begun.emit(path)
        # Further commands may be waiting, and reading texts takes time: show what has begun.
        self._publish()

    def _next_notice(self) -> str | None:
        return self._session.notices.popleft() if self._session.notices else None

    def _publish(self) -> None:
        snapshot = self._session.snapshot()
        if snapshot is not None:
            self._mailbox.append(snapshot)

    def _report_progress(self, fraction: float, what: str) -> None:
        if self._stopping or any(isinstance(command, _BEGINNINGS) for command in self._commands):
            raise _GivenUpError
        self.loading.emit(min(fraction, 0.999), what)

    def _give_up(self, error: Exception) -> None:
        """Turn a fault of ours into a sentence, and leave the window usable."""
        traceback.print_exception(error)
        if self._session.state is RunState.RUNNING:
            self._session.pause_after_fault()
        self.refused.emit(
            f"Something unexpected went wrong ({type(error).__name__}: {error}); training is "
            "paused. The model can still be saved."
        )
