"""Keeps what no file of the person's holds of a run, for the program that follows this one."""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from rnnviz.runs.messages import Autosaved, Noticed
from rnnviz.storage import StorageError, save_model
from rnnviz.storage.autosaves.names import file_in, remove
from rnnviz.storage.autosaves.own_file import OwnFile, note_own_file
from rnnviz.storage.fault_reports import report_fault
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState, Snapshot
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.trainer import Trainer

_SHARE = 0.01
"""Autosaves take no more than so much of the time."""
_PATIENCE = 30.0
"""A disk that takes longer, in seconds, is said not to answer."""
_SECONDS_TO_FINISH = 4.0


@dataclass(slots=True, eq=False)
class _Writing:
    """An autosave on its way to the disk: when it has ended, how, and what it took."""

    run_id: str
    path: Path
    mark: tuple[int, int]
    own: OwnFile | None
    checkpoint: Checkpoint
    began: float
    seconds: float
    error: str = ""
    has_ended: bool = False


class Autosaver:
    """Writes the autosaves of a session's run when they are due, and removes them when they go.

    One is due every so often while the run trains, and when it stops. After one that took long
    there is none for longer. The run is copied between two steps; a thread writes it, so that a
    disk that does not answer holds nobody up. Of a network that a reset put away, which comes back
    when that is undone, the last one is left; it goes when the network can no longer come back, or
    when it is given up in another way.

    Parameters
    ----------
    session
        The run.
    tell
        Told of each autosave, and once why there can be none; in the thread of who calls.
    wake
        Called in another thread, when `due` is earlier than it was.
    clock, processor_clock
        Seconds, monotonic, and those for which this thread had a processor.
    start
        Does some work in a thread that it returns.

    Attributes
    ----------
    due
        By the clock: when `save` is to be called; infinity while there is nothing to do.
    """

    def __init__(
        self,
        session: Session,
        tell: Callable[[Autosaved | Noticed], None],
        wake: Callable[[], None],
        clock: Callable[[], float] = time.perf_counter,
        processor_clock: Callable[[], float] = time.thread_time,
        start: Callable[[Callable[[], None]], threading.Thread | None] | None = None,
    ) -> None:
        self._session, self._tell, self._wake = session, tell, wake
        self._clock, self._processor_clock = clock, processor_clock
        self._start = start or _in_thread
        self._folder: Path | None = None
        self._place = ""
        self._seconds = math.inf
        self._cost = 0.0
        self._rests_until = -math.inf
        self._has_failed = False
        self._is_urgent = False
        self._writing: _Writing | None = None
        self._thread: threading.Thread | None = None
        # By the run's id: its file of the person's, up to which step one holds it, and what was
        # autosaved.
        self._own: dict[str, OwnFile | None] = {}
        self._followed = ""
        self._held: dict[str, int] = {}
        self._autosaved: dict[str, tuple[int, int]] = {}
        self._wanted: set[str] = set()
        self.due = math.inf

    def keep_in(self, folder: Path, place: str, seconds: float) -> None:
        """Autosave into this folder from now on, as what is trained in this place."""
        self._folder, self._place, self._seconds = folder, place, seconds

    def follow(self, snapshot: Snapshot) -> None:
        """Take note of how the run stands; what begins or stops makes an autosave due."""
        self._held.setdefault(snapshot.run_id, snapshot.progress.first_step)
        # A reset leaves the file as it is.
        self._own.setdefault(snapshot.run_id, self._own.get(self._followed))
        self._followed = snapshot.run_id
        self._remove_given_up(snapshot)
        # Of one that is being written it is known when it has ended.
        if self._folder is not None and self._writing is None:
            self._set_due(is_running=snapshot.state is RunState.RUNNING)

    def save(self) -> None:
        """Autosave what is not kept, or hear what became of the one that is being written.

        What goes wrong is told once.
        """
        if self._writing is not None:
            self._hear(self._writing)
            return
        trainer, writing = self._session.trainer, None
        if self._folder is not None and trainer is not None and not self._is_kept:
            writing = self._write(self._folder, trainer)
        if writing is None:
            self._set_due(is_running=self._session.state is RunState.RUNNING)
        elif writing.has_ended:
            self._hear(writing)

    def save_at_once(self) -> None:
        """Autosave as soon as can be: the process may be about to end."""
        self._is_urgent = self._writing is not None
        self.save()

    def save_last(self) -> None:
        """Autosave, and wait until that is done."""
        self.finish()
        self.save_at_once()
        self.finish()

    def finish(self) -> None:
        """Wait for what is being written."""
        if self._thread is not None:
            self._thread.join(_SECONDS_TO_FINISH)

    def begun(self, path: Path | None) -> None:
        """Take note that a network has begun, with the file that it has, if it has one."""
        self.has_file(None if path is None else OwnFile.at(path), self._session.run_id)

    @property
    def own_file(self) -> OwnFile | None:
        """The file that the network has, as it was when the network was in it."""
        return self._own.get(self._session.run_id)

    def has_file(self, own: OwnFile | None, run_id: str) -> None:
        """Take note of the file that a network has, if it has one."""
        self._own[run_id] = own

    def saved(self, step: int, run_id: str) -> None:
        """Take note that a file of the person's holds a network up to a step."""
        self._held[run_id] = step
        self._remove(run_id)

    def adopt(self, path: Path) -> None:
        """Take over the autosave that the run was opened from: no file of the person's holds it.

        The file that it has, if any, is noted with it.
        """
        run_id, trainer = self._session.run_id, self._session.trainer
        self._held[run_id] = 0
        if self._folder is not None and trainer is not None:
            mine = file_in(self._folder, self._place, run_id)
            # At every moment it is in one place. Where it cannot be moved, it is written anew.
            with contextlib.suppress(OSError, StorageError):
                note_own_file(mine, self._own.get(run_id))
                os.replace(path, mine)
                note_own_file(path, None)
                self._autosaved[run_id] = _mark(trainer)
                self._tell(Autosaved(mine, trainer.step_count))

    @property
    def _is_kept(self) -> bool:
        """Whether there is nothing in the run that would be lost."""
        trainer, run_id = self._session.trainer, self._session.run_id
        if trainer is None or trainer.step_count <= self._held.get(run_id, 0):
            return True
        return self._autosaved.get(run_id) == _mark(trainer)

    def _set_due(self, *, is_running: bool) -> None:
        if is_running:
            pause = max(self._seconds, self._cost / _SHARE)
            self.due = min(self.due, self._clock() + pause)
        else:
            self.due = math.inf if self._is_kept else self._rests_until

    def _write(self, folder: Path, trainer: Trainer) -> _Writing | None:
        """Copy the run, and begin to write it; None where there is no memory for that."""
        run_id, began = self._session.run_id, self._processor_clock()
        try:
            checkpoint = trainer.checkpoint()
        except MemoryError:
            self._fail("there is not enough memory.")
            return None
        took = self._processor_clock() - began
        path, now = file_in(folder, self._place, run_id), self._clock()
        writing = self._writing = _Writing(
            run_id, path, _mark(trainer), self._own.get(run_id), checkpoint, now, took
        )
        # Before it begins: its thread says itself when it has ended.
        self.due = now + _PATIENCE
        self._thread = self._start(lambda: self._write_in_thread(writing))
        return writing

    def _write_in_thread(self, writing: _Writing) -> None:
        began = self._processor_clock()
        try:
            note_own_file(writing.path, writing.own)
            save_model(writing.path, writing.checkpoint)
        except StorageError as error:
            writing.error = str(error).partition(": ")[2] or str(error)
        except MemoryError:
            writing.error = "there is not enough memory."
        except Exception as error:  # noqa: BLE001  # it becomes a sentence
            fault = report_fault(error, "the run goes on")
            writing.error = fault.sentence[:1].lower() + fault.sentence[1:]
        writing.seconds += self._processor_clock() - began
        writing.has_ended = True
        self.due = -math.inf
        self._wake()

    def _hear(self, writing: _Writing) -> None:
        """Take note of what became of an autosave, and of when the next one is due."""
        now = self._clock()
        # In this order: should it end just now, that is heard then.
        self.due = now + _PATIENCE
        if not writing.has_ended:
            if now - writing.began >= _PATIENCE:
                self._fail("the disk does not answer.")
            return
        self._writing = self._thread = None
        self._cost = writing.seconds
        self._rests_until = now + self._cost / _SHARE
        if writing.error:
            self._fail(writing.error)
        else:
            self._take_note(writing)
        self.due = math.inf
        urgent, self._is_urgent = self._is_urgent, False
        if urgent:
            self.save()
        elif self._session.state is RunState.RUNNING:
            # From when it was copied: what came while it was written is not in it.
            self.due = max(writing.began + self._seconds, self._rests_until)
        else:
            self._set_due(is_running=False)

    def _take_note(self, writing: _Writing) -> None:
        """Know an autosave that was written, unless it is of no use any more."""
        self._has_failed = False
        run_id, step = writing.run_id, writing.mark[0]
        self._autosaved[run_id] = writing.mark
        if run_id not in self._wanted or step <= self._held.get(run_id, 0):
            self._remove(run_id)
        else:
            self._tell(Autosaved(writing.path, step))

    def _fail(self, clause: str) -> None:
        self._rests_until = self._clock() + max(self._seconds, self._cost / _SHARE)
        if not self._has_failed:
            self._has_failed = True
            self._tell(Noticed(f"Training cannot be autosaved: {clause} Save it by hand."))

    def _remove_given_up(self, snapshot: Snapshot) -> None:
        """Remove the autosaves of networks that will not be asked about any more."""
        back = (one for one in snapshot.undo.put_away if one.undos)
        reset = {one.run_id for one in takewhile(lambda one: one.by_reset, back)}
        self._wanted = reset | {snapshot.run_id}
        for run_id in self._autosaved.keys() - self._wanted:
            self._remove(run_id)

    def _remove(self, run_id: str) -> None:
        if self._autosaved.pop(run_id, None) is not None and self._folder is not None:
            remove(file_in(self._folder, self._place, run_id))


def _mark(trainer: Trainer) -> tuple[int, int]:
    """Return what tells one state of a run from the next: steps, and what was done between them."""
    return trainer.step_count, len(trainer.state.journal.entries)


def _in_thread(work: Callable[[], None]) -> threading.Thread:
    # Nobody waits at the end for a disk that does not answer.
    thread = threading.Thread(target=work, name="autosave", daemon=True)
    thread.start()
    return thread
