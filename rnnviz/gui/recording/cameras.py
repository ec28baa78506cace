"""Who takes a recording's frames: of a run's past, each of its own step, or of what is shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import groupby

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from rnnviz.gui.recording.plan import FilmPlan
from rnnviz.gui.runs.run_list import RunList
from rnnviz.storage.video.frames import Frame
from rnnviz.training.commands import ComeBack, LookAt
from rnnviz.training.snapshot import Snapshot

_PATIENCE_MS = 1000
_SETTLING_MS = 400
# So often a step is asked for again that something else took away.
_ATTEMPTS = 5
_MOST_SILENCE = 60
"""So often it is waited for an answer: on a busy machine it may take its time."""


class LostError(Exception):
    """What is recorded is no longer there; the message is the end of a sentence about it."""


class Camera(QObject):
    """Takes frames, one after the other, as fast as there is room for them.

    Parameters
    ----------
    take
        Returns what can be seen now; may raise `LostError`.
    has_room
        Tells whether another frame may be taken; who knows that says so with `go_on`.

    Signals
    -------
    took(object, int)
        A frame, and how many times it is shown.
    ended()
        That was the last one.
    failed(str)
        No more can be taken, and why.
    """

    took = Signal(object, int)
    ended = Signal()
    failed = Signal(str)

    def __init__(
        self,
        take: Callable[[], Frame],
        has_room: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._take = take
        self._has_room = has_room
        self._runs_on = True

    def start(self) -> None:
        """Begin with the first frame."""
        raise NotImplementedError

    def go_on(self) -> None:
        """Take the next frame, where one waits for room."""

    def follow(self, snapshot: Snapshot) -> None:
        """Take note of what was drawn of the run in front."""

    def stop(self) -> None:
        """Take no more."""
        self._runs_on = False


class FilmCamera(Camera):
    """Takes each frame when the run in front is drawn as it was after that frame's step.

    When it stops, the timeline is back where it was.

    Parameters
    ----------
    runs
        Those of the window; the one in front is filmed.
    film
        The steps.
    frame_count
        How many frames.
    take, has_room
        As for any camera.
    """

    def __init__(
        self,
        runs: RunList,
        film: FilmPlan,
        frame_count: int,
        take: Callable[[], Frame],
        has_room: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(take, has_room, parent)
        self._runs = runs
        self._run = runs.front
        self._run_id = "" if self._run.snapshot is None else self._run.snapshot.run_id
        self._seen_before = self._view_seen()
        snapshot = self._run.snapshot
        self._is_beside_now = snapshot is not None and snapshot.window_of_now is not None
        # Few steps in many frames: some frames are of one step, and are one picture.
        self._left = [(step, len(list(same))) for step, same in groupby(film.steps(frame_count))]
        self._left.reverse()
        self._waits_for: int | None = None
        self._known_when_asked: Snapshot | None = None
        self._is_taking = self._has_settled = False
        self._attempts = 0
        self._patience = QTimer(self, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._ask_again)

    def start(self) -> None:
        """Ask for the first step."""
        self.go_on()

    def go_on(self) -> None:
        """Ask for the next step, unless one is on its way."""
        is_due = self._runs_on and bool(self._left) and not self._is_taking
        if not is_due or self._waits_for is not None or not self._has_room():
            return
        self._waits_for, self._attempts = self._left[-1][0], 0
        self._patience.start()
        self._ask()

    def follow(self, snapshot: Snapshot) -> None:
        """Take the frame, if what was drawn is its step."""
        if not self._runs_on:
            return
        if self._runs.front is not self._run or snapshot.run_id != self._run_id:
            self._fail("another run is shown now")
            return
        view = snapshot.timeline
        is_there = view.seen is not None and view.seen == view.wanted == self._waits_for
        if is_there and self._waits_for is not None:
            self._is_there(self._waits_for)

    def _is_there(self, seen: int) -> None:
        self._waits_for, self._is_taking = None, True
        self._patience.stop()
        # Once all has its place: words that have changed may have moved others, most of all where
        # the past comes in place of now.
        wait = 0 if self._has_settled else _SETTLING_MS
        QTimer.singleShot(wait, self, lambda: self._take_frame(seen))
        self._has_settled = True

    def stop(self) -> None:
        """Take no more, and show what was seen before."""
        if not self._runs_on:
            return
        super().stop()
        self._patience.stop()
        if self._run in list(self._runs):
            before = self._seen_before
            self._run.post(ComeBack() if before is None else self._wish(before))

    def _take_frame(self, seen: int) -> None:
        if not self._runs_on:
            return
        self._is_taking = False
        snapshot = self._run.snapshot
        if snapshot is None or snapshot.timeline.seen != seen:
            self.go_on()  # something else has come in between
            return
        try:
            frame = self._take()
        except LostError as error:
            self._fail(str(error))
            return
        _, times = self._left.pop()
        if self._left:
            # The next step is computed while this frame is compressed.
            self.took.emit(frame, times)
            self.go_on()
        else:
            self.stop()
            self.took.emit(frame, times)
            self.ended.emit()

    def _ask(self) -> None:
        if self._waits_for is not None:
            self._known_when_asked = self._run.snapshot
            self._run.post(self._wish(self._waits_for))

    def _wish(self, step: int) -> LookAt:
        return LookAt(step, beside_now=self._is_beside_now)

    def _ask_again(self) -> None:
        """Ask once more for a step that is not even on its way; what is computed may take long."""
        snapshot, step = self._run.snapshot, self._waits_for
        if snapshot is None or step is None or snapshot.timeline.wanted == step:
            return
        seen, is_answered = snapshot.timeline.seen, snapshot is not self._known_when_asked
        if is_answered and seen is not None and seen == snapshot.timeline.wanted and seen < step:
            # Nobody knows how this one came about: the nearest before it is all there is.
            self._is_there(seen)
            return
        self._attempts += 1
        if self._attempts >= (_ATTEMPTS if is_answered else _MOST_SILENCE):
            self._fail(f"step {step:,} cannot be shown")
        elif is_answered:
            self._ask()

    def _fail(self, reason: str) -> None:
        self.stop()
        self.failed.emit(_given_up(reason))

    def _view_seen(self) -> int | None:
        snapshot = self._run.snapshot
        return None if snapshot is None else snapshot.timeline.wanted


class LiveCamera(Camera):
    """Takes what is on the screen, so many times a second, as far as the window can bear it.

    Where a frame could not be taken in time, the one before is shown twice.

    Parameters
    ----------
    frame_count, frames_per_second
        How many frames, and how fast they follow each other.
    take, has_room
        As for any camera.
    clock
        Seconds, monotonic.
    """

    def __init__(
        self,
        frame_count: int,
        frames_per_second: int,
        take: Callable[[], Frame],
        has_room: Callable[[], bool],
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(take, has_room)
        self._count = frame_count
        self._rate = frames_per_second
        self._clock = clock
        self._began_at = 0.0
        self._shown = 0
        self._last: Frame | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Take the first frame now."""
        self._began_at = self._clock()
        self._tick()

    def stop(self) -> None:
        """Take no more."""
        super().stop()
        self._timer.stop()

    def _tick(self) -> None:
        began = self._clock()
        # The frame that is due, and all before it that were missed.
        due = min(int((began - self._began_at) * self._rate) + 1, self._count)
        if due > self._shown and self._has_room():
            if self._last is not None and due > self._shown + 1:
                self.took.emit(self._last, due - self._shown - 1)
            try:
                self._last = self._take()
            except LostError as error:
                self.stop()
                self.failed.emit(_given_up(str(error)))
                return
            self.took.emit(self._last, 1)
            self._shown = due
        if self._shown >= self._count:
            self.stop()
            self.ended.emit()
            return
        now = self._clock()
        # The window has as much time for itself as a frame took.
        at = max(self._began_at + due / self._rate, now + (now - began))
        self._timer.start(round(1000 * (at - now)))


def _given_up(reason: str) -> str:
    return f"The recording was given up: {reason}."
