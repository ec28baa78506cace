"""Which step of its past the run in front shows; knows no widget."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from rnnviz.gui.runs.run_list import RunList
from rnnviz.runs.messages import CopyForBranch
from rnnviz.training.commands import ComeBack, LookAt
from rnnviz.training.past.timeline import TimelineView
from rnnviz.training.snapshot import Snapshot

FILM_STEPS_PER_SECOND = 100
"""At single speed."""
_FRAME_MS = 40
# So few steps between two pictures are computed for each; else a picture is of what is at hand.
_FEW = 40


class TimelineControl(QObject):
    """Asks the run in front for steps of its past, one at a time; the newest wish counts.

    Parameters
    ----------
    runs
        Those of the window.
    clock
        Seconds, monotonic.

    Signals
    -------
    film_changed(bool)
        The film runs now, or it does not.
    """

    film_changed = Signal(bool)

    def __init__(self, runs: RunList, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__()
        self._runs = runs
        self._clock = clock
        self._waits_for = ""
        self._wish: LookAt | None = None
        self._is_beside_now = False
        self._speed = 1.0
        self._film_from = self._film_since = 0.0
        self._is_held = False
        self._film = QTimer(self, interval=_FRAME_MS)
        self._film.setObjectName("film_timer")
        self._film.timeout.connect(self._show_next)

    @property
    def view(self) -> TimelineView | None:
        """The way of the run in front; None before there is a run."""
        snapshot = self._runs.front.snapshot
        return None if snapshot is None else snapshot.timeline

    def hold(self, held: bool) -> None:
        """Let somebody else decide what is seen, who asks the run itself; or decide again."""
        self.stop_film()
        self._is_held = held
        self._wish = None

    def look_at(self, step: int, exactly: bool = True) -> None:
        """Show the run in front as it was after a step, or near it."""
        self.stop_film()
        self._ask(LookAt(step, exactly, self._is_beside_now))

    def set_beside_now(self, on: bool) -> None:
        """Show the network of now beside its past, or the past alone."""
        self._is_beside_now = on
        view = self.view
        if view is not None and view.wanted is not None and not self._film.isActive():
            self._ask(LookAt(view.wanted, beside_now=on))

    def come_back(self) -> None:
        """Show the run in front as it is now."""
        self.stop_film()
        self._wish = None
        if not self._is_held:
            self._runs.front.post(ComeBack())

    def go(self, *, later: bool) -> None:
        """Go to the next step that is at hand or marked, or to the one before."""
        view = self.view
        if view is None:
            return
        at = view.last if view.seen is None else view.seen
        # What happened at a mark is what one looks for.
        stops = np.union1d(view.kept, np.array([mark.step for mark in view.marks], np.int64))
        stops = stops[stops > at] if later else stops[(stops >= view.first) & (stops < at)]
        if not later and (len(stops) or at > view.first):
            self.look_at(int(stops[-1]) if len(stops) else view.first)
        elif later and len(stops) and stops[0] < view.last:
            self.look_at(int(stops[0]))
        elif later and view.seen is not None:
            self.come_back()

    def branch(self) -> None:
        """Have a copy of what is seen made, for a rival to go on with; the run itself is of now."""
        if not self._is_held:
            self._runs.front.post(CopyForBranch())
        self.come_back()

    def follow(self, snapshot: Snapshot) -> None:
        """Take note of what is shown of the run in front; ask for what is wanted next."""
        wish, self._wish = self._wish, None
        self._waits_for = ""
        if wish is not None:
            self._ask(wish)

    def _ask(self, wish: LookAt) -> None:
        front = self._runs.front
        if self._is_held:
            return
        if self._waits_for == front.identity:
            self._wish = wish
            return
        self._waits_for = front.identity
        front.post(wish)

    # -- the film -----------------------------------------------------------------------------

    def set_film_speed(self, speed: float) -> None:
        """Show so many times a hundred steps a second."""
        if self._film.isActive():
            self._begin_film(self._film_step)
        self._speed = speed

    def toggle_film(self) -> None:
        """Show step after step, from what is seen or from the beginning; or hold."""
        view = self.view
        if self._film.isActive():
            self.stop_film()
        elif view is not None and view.last > view.first and not self._is_held:
            self._begin_film(view.first if view.seen is None else view.seen)
            self._film.start()
            self.film_changed.emit(True)

    def stop_film(self) -> None:
        """Hold the film, where it runs."""
        if self._film.isActive():
            self._film.stop()
            self.film_changed.emit(False)

    def _begin_film(self, step: float) -> None:
        self._film_from, self._film_since = step, self._clock()

    @property
    def _steps_per_second(self) -> float:
        return FILM_STEPS_PER_SECOND * self._speed

    @property
    def _film_step(self) -> float:
        return self._film_from + (self._clock() - self._film_since) * self._steps_per_second

    def _show_next(self) -> None:
        view = self.view
        if view is None:
            self.stop_film()
        elif self._film_step >= view.last:
            self.come_back()
        else:
            few = self._steps_per_second * _FRAME_MS / 1000 <= _FEW
            self._ask(LookAt(int(self._film_step), few, self._is_beside_now))
