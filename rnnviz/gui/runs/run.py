"""One run in the window: who it is, what it is told through, how it stands, what its file is."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from rnnviz.gui.runs.run_file import RunFile
from rnnviz.gui.runs.run_thread import RunThread
from rnnviz.gui.style.sign import SIGNS, Sign
from rnnviz.runs.client import Client
from rnnviz.runs.messages import BEGINNINGS, Autosaved, OpenModel, Recover, Request
from rnnviz.storage.autosaves.names import remove
from rnnviz.training.claims.goal import Goal
from rnnviz.training.claims.watch import ClaimsView, Reached
from rnnviz.training.commands import Change, NewRun, Restart, Train, Undo, Watch
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.snapshot import Glance, RunState, Snapshot
from rnnviz.training.state.origin import Origin
from rnnviz.training.undo.view import Done, UndoView

# In no more than every so many-th frame, lest a slow window does nothing else; more often, where
# so few steps lie between two.
_FRAMES_PER_PICTURE = 5
_FRAMES_TO_FOLLOW = 2
_STEPS_TO_FOLLOW = 3


class Run:
    """A place in which networks are trained, one after the other.

    Parameters
    ----------
    client
        Knows where its loop runs.
    number
        Its place among the window's runs, from 1: names of its controls end in it.
    clock
        Seconds, monotonic.

    Attributes
    ----------
    identity
        Of this place, and of no other in any window. Each network that is begun in it has a
        `Snapshot.run_id` of its own.
    number
        Its place among the window's runs.
    sign
        How it is told from others.
    title
        What an experiment calls it; empty where it is called after its settings, or its fork.
    is_compared
        Whether panels that compare runs show it though it is not in front.
    thread
        Drives the client.
    snapshot
        The newest; None before there is one.
    glanced
        As a glance at the watched text has seen it since; None where none has.
    file
        What is saved of it, and where.
    watched_text
        What it is watched with, or was told to be: a snapshot says so later.
    last_beginning
        What its network was told to begin with.
    autosaved
        What was kept last of what no file holds; it may not be there any more.
    lost
        What is left of the training that ended with its process; None once that was decided about.
    """

    def __init__(
        self, client: Client, number: int = 1, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.identity = uuid4().hex
        self.number = number
        self.sign: Sign = SIGNS[0]
        self.title = ""
        self.is_compared = True
        self.thread = RunThread(client)
        self.snapshot: Snapshot | None = None
        self.glanced: Snapshot | None = None
        self.file = RunFile()
        self.watched_text = ""
        self.last_beginning: Request = NewRun(Configuration())
        self.autosaved: Autosaved | None = None
        self.lost: Autosaved | None = None
        self.thread.autosaved.connect(self._note_autosaved)
        self._glance: Glance | None = None
        self._beginning: NewRun | None = None
        self._follows = True
        self._clock = clock
        self._asked_at, self._frames_since_asked = -math.inf, _FRAMES_PER_PICTURE
        self._is_asked = False
        self._watched: Watch | None = None
        self._training, self._training_ends = Train(), math.inf
        self._told_done = 0

    def post(self, request: Request) -> None:
        """Queue a request; they are obeyed in order."""
        if isinstance(request, NewRun | OpenModel):
            self.last_beginning = request
        if isinstance(request, BEGINNINGS):
            self.lost = None
        if isinstance(request, NewRun):
            # What follows is told to that network.
            self._beginning = request
            self.watched_text = request.configuration.watched_text
        elif isinstance(request, Restart):
            self.file.restart()
        elif isinstance(request, Train):
            snapshot = self.snapshot if self._beginning is None else None
            step = 0 if snapshot is None else snapshot.step
            self._training = request
            self._training_ends = math.inf if request.steps is None else step + request.steps
        self.thread.post(request)

    def open_model(self, path: Path, watched_text: str, vocabulary: Path | None = None) -> None:
        """Go on from a model, watched with this text, or with its own where this one is empty."""
        self.post(OpenModel(path, vocabulary))
        if watched_text:
            self.watch_text(watched_text)

    def recover(self, path: Path, watched_text: str) -> None:
        """Go on from an autosave, which no file of the person's holds; else as `open_model`."""
        self.file.recover()
        self.post(Recover(path))
        if watched_text:
            self.watch_text(watched_text)

    def watch_text(self, text: str) -> None:
        """Have it watched with a text; with an empty one, let go what it is watched with."""
        self.watched_text = text
        self.post(Change("watched_text", text))

    def undo_reset(self) -> None:
        """Take the network back that the last reset put away, if there is one."""
        undos = self.file.undos_to_before_reset
        if undos:
            self.file.undo_reset()
        for _ in range(undos):
            self.post(Undo())

    def take_done(self) -> Done | None:
        """Return what was undone or done again since this was asked last; None if nothing was."""
        done = None if self.snapshot is None else self.snapshot.undo.last
        if done is None or done.number == self._told_done:
            return None
        self._told_done = done.number
        return done

    def give_up_beginning(self) -> None:
        """Take note that what was to begin does not: the one before is there still."""
        self._beginning = None
        self.file.is_recovering = False

    def discard_lost(self) -> None:
        """Remove what is left of the training that ended with its process."""
        if self.lost is not None:
            remove(self.lost.path)
            self.lost = None

    def _note_autosaved(self, autosaved: Autosaved) -> None:
        self.autosaved = autosaved

    @property
    def begins(self) -> bool:
        """Whether another network is about to take the place of the one that is there."""
        return self._beginning is not None

    @property
    def is_untouched(self) -> bool:
        """Whether it is the default one as it began, and nobody has named, saved or left it."""
        snapshot, file = self.snapshot, self.file
        return (
            snapshot is not None
            and snapshot.step == 0
            and snapshot.state is not RunState.RUNNING
            and snapshot.configuration == Configuration()
            and not (self.begins or self.title or file.path or file.is_behind or file.is_recovering)
        )

    @property
    def claims(self) -> ClaimsView | None:
        """How what is claimed of it stands, or of the network that begins; None of nothing."""
        if self._beginning is not None:
            return ClaimsView.of_none_measured(self._beginning.claims)
        return None if self.snapshot is None else self.snapshot.claims

    @property
    def reached(self) -> Reached | None:
        """How far it is, for who leads it on; None where it cannot be led."""
        if self._beginning is not None:
            return Reached(0, self.claims)
        snapshot = self.snapshot
        if snapshot is None or snapshot.state is RunState.FAILED:
            return None
        return Reached(snapshot.step, snapshot.claims)

    @property
    def training_left(self) -> Train | None:
        """What is left of the training that it was last told to do; None where it is done."""
        if self._training.steps is None or self.snapshot is None:
            return self._training
        left = int(self._training_ends) - self.snapshot.step
        return dataclasses.replace(self._training, steps=left) if left > 0 else None

    def take_snapshot(self) -> Snapshot | None:
        """Take note of the newest snapshot, and return it, once."""
        snapshot = self.thread.take_snapshot()
        if snapshot is not None:
            before, self.snapshot = self.snapshot, snapshot
            is_new = before is None or before.run_id != snapshot.run_id
            self.file.follow(snapshot, new_run=is_new)
            if is_new:
                self._beginning = None
            if snapshot.origins:
                self.title = ""
            text = snapshot.configuration.watched_text
            # One of before a change says again what was so before.
            if before is None or text != before.configuration.watched_text:
                self.watched_text = text
            steps = _STEPS_TO_FOLLOW if before is None else snapshot.step - before.step
            self._follows = steps <= _STEPS_TO_FOLLOW
            self._is_asked = False
            self._keep_glance()
        return snapshot

    def take_glance(self) -> bool:
        """Take note of the newest glance, and tell whether it shows something newer."""
        glance = self.thread.take_glance()
        if glance is None:
            return False
        self._glance = glance
        self._keep_glance()
        return self.glanced is not None

    def _keep_glance(self) -> None:
        """Keep what a glance has seen as long as it is newer than the snapshot."""
        snapshot = self.snapshot
        glanced = None if snapshot is None else snapshot.with_glance(self._glance)
        self.glanced = None if glanced is snapshot else glanced

    @property
    def run_id(self) -> str:
        """Of its network, as `Snapshot.run_id` has it; empty before there is one."""
        return "" if self.snapshot is None else self.snapshot.run_id

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Which runs its network has left as a branch, the last one first."""
        return () if self.snapshot is None else self.snapshot.origins

    @property
    def glances_at(self) -> frozenset[Diagnostic]:
        """What there is to be seen of a watched text between two snapshots."""
        snapshot = self.snapshot
        window = None if snapshot is None or snapshot.is_of_past else snapshot.window
        is_watched = window is not None and window.is_watched_text
        if self._watched is None or self._follows or not (is_watched and self.trains):
            return frozenset()
        return frozenset(one for one in self._watched.diagnostics if one.at_every_frame)

    def watch(self, diagnostics: frozenset[Diagnostic], goals: tuple[Goal, ...] = ()) -> None:
        """Have the next snapshots carry these; said once."""
        watched = Watch(diagnostics, goals)
        if watched != self._watched:
            self._watched = watched
            self.post(watched)

    def count_frame(self, seconds_per_picture: Callable[[], float]) -> None:
        """Ask for the next snapshot where it is time for one; to be called once a frame."""
        self._frames_since_asked += 1
        if self._is_asked:
            return
        # From one wish to the next: how long one takes does not make pictures rarer.
        now, frames = self._clock(), self._frames_since_asked
        is_time = frames >= _FRAMES_PER_PICTURE and now - self._asked_at >= seconds_per_picture()
        if is_time or (self._follows and frames >= _FRAMES_TO_FOLLOW):
            self._asked_at, self._frames_since_asked = now, 0
            self._is_asked = True
            self.thread.want_snapshot()

    @property
    def trains(self) -> bool:
        """Whether it trains now; a network that is about to give way does not count."""
        if self.snapshot is None or self._beginning is not None:
            return False
        return self.snapshot.state is RunState.RUNNING

    def lose(self) -> None:
        """Take note that the process that trained is gone, with all that no file holds."""
        # What it sent last has not been taken yet, and says that it trains.
        self.take_snapshot()
        self.thread.take_glance()
        self.file.lose()
        self._beginning = None
        kept = self.autosaved
        self.lost = kept if kept is not None and kept.path.exists() else None
        if self.snapshot is not None:
            self.snapshot = dataclasses.replace(
                self.snapshot, state=RunState.PAUSED, undo=UndoView()
            )
            self.glanced = self._glance = None
