"""Keeps what no file of the person's holds of a run, for the program that follows this one."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

from rnnviz.runs.messages import Autosaved, Noticed
from rnnviz.storage import StorageError, save_model
from rnnviz.storage.autosaves.names import file_in
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState, Snapshot
from rnnviz.training.trainer import Trainer

_SHARE = 0.01
"""Autosaves take no more than so much of the time."""


class Autosaver:
    """Writes the autosaves of a session's run when they are due, and removes them when they go.

    One is due every so often while the run trains, and when it stops. After one that took long
    there is none for longer. Of a network that a reset put away, which comes back when that is
    undone, the last one is left; it goes when the network can no longer come back, or when it is
    given up in another way.

    Parameters
    ----------
    session
        The run.
    tell
        Told of each autosave, and once why there can be none.
    clock
        Seconds, monotonic.

    Attributes
    ----------
    due
        By the clock: when `save` is to be called; infinity while there is nothing to do.
    """

    def __init__(
        self,
        session: Session,
        tell: Callable[[Autosaved | Noticed], None],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._session, self._tell, self._clock = session, tell, clock
        self._folder: Path | None = None
        self._place = ""
        self._seconds = math.inf
        self._cost = 0.0
        self._rests_until = -math.inf
        self._has_failed = False
        # By the run's id: up to which step a file of the person's holds it, and what was autosaved.
        self._held: dict[str, int] = {}
        self._autosaved: dict[str, tuple[int, int]] = {}
        self.due = math.inf

    def keep_in(self, folder: Path, place: str, seconds: float) -> None:
        """Autosave into this folder from now on, as what is trained in this place."""
        self._folder, self._place, self._seconds = folder, place, seconds

    def follow(self, snapshot: Snapshot) -> None:
        """Take note of how the run stands; what begins or stops makes an autosave due."""
        self._held.setdefault(snapshot.run_id, snapshot.progress.first_step)
        self._remove_given_up(snapshot)
        if self._folder is None:
            return
        if snapshot.state is RunState.RUNNING:
            self.due = min(self.due, self._clock() + self._pause)
        else:
            self.due = math.inf if self._is_kept else self._rests_until

    def save(self) -> None:
        """Autosave now, unless it is kept already; what goes wrong is told once."""
        began = self._clock()
        trainer = self._session.trainer
        if self._folder is not None and trainer is not None and not self._is_kept:
            self._write(self._folder, trainer)
        ended = self._clock()
        self._cost = ended - began
        self._rests_until = ended + self._cost / _SHARE
        is_running = self._session.state is RunState.RUNNING
        self.due = ended + self._pause if is_running else math.inf

    def saved(self, step: int) -> None:
        """Take note that a file of the person's holds the run up to a step."""
        run_id = self._session.run_id
        self._held[run_id] = step
        self._remove(run_id)

    def adopt(self, path: Path) -> None:
        """Take over the autosave that the run was opened from: no file of the person's holds it."""
        run_id, trainer = self._session.run_id, self._session.trainer
        self._held[run_id] = 0
        if self._folder is not None and trainer is not None:
            mine = file_in(self._folder, self._place, run_id)
            # At every moment it is in one place. Where it cannot be moved, it is written anew.
            with contextlib.suppress(OSError):
                os.replace(path, mine)
                self._autosaved[run_id] = _mark(trainer)
                self._tell(Autosaved(mine, trainer.step_count))

    @property
    def _pause(self) -> float:
        return max(self._seconds, self._cost / _SHARE)

    @property
    def _is_kept(self) -> bool:
        """Whether there is nothing in the run that would be lost."""
        trainer, run_id = self._session.trainer, self._session.run_id
        if trainer is None or trainer.step_count <= self._held.get(run_id, 0):
            return True
        return self._autosaved.get(run_id) == _mark(trainer)

    def _write(self, folder: Path, trainer: Trainer) -> None:
        run_id = self._session.run_id
        path = file_in(folder, self._place, run_id)
        try:
            save_model(path, trainer.checkpoint())
        except StorageError as error:
            self._fail(str(error).partition(": ")[2] or str(error))
        except MemoryError:
            self._fail("there is not enough memory.")
        else:
            self._has_failed = False
            self._autosaved[run_id] = _mark(trainer)
            self._tell(Autosaved(path, trainer.step_count))

    def _fail(self, clause: str) -> None:
        if not self._has_failed:
            self._has_failed = True
            self._tell(Noticed(f"Training cannot be autosaved: {clause} Save it by hand."))

    def _remove_given_up(self, snapshot: Snapshot) -> None:
        """Remove the autosaves of networks that will not be asked about any more."""
        back = (one for one in snapshot.undo.put_away if one.undos)
        reset = {one.run_id for one in takewhile(lambda one: one.by_reset, back)}
        for run_id in self._autosaved.keys() - reset - {snapshot.run_id}:
            self._remove(run_id)

    def _remove(self, run_id: str) -> None:
        if self._autosaved.pop(run_id, None) is not None and self._folder is not None:
            with contextlib.suppress(OSError):
                file_in(self._folder, self._place, run_id).unlink()


def _mark(trainer: Trainer) -> tuple[int, int]:
    """Return what tells one state of a run from the next: steps, and what was done between them."""
    return trainer.step_count, len(trainer.state.journal.entries)
