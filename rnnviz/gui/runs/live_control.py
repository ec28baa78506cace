"""What acts at once: on the run in front, on those that are compared, or on all."""

from __future__ import annotations

import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_list import RunList
from rnnviz.runs.messages import OpenModel
from rnnviz.training.claims.goal import Goal
from rnnviz.training.commands import Change, SetSpeed, Write
from rnnviz.training.configuration import Value
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.kinds.diagnostic import Diagnostic

_TOGETHER = 1.0
"""In seconds: changes of one setting that follow each other so closely are one, as of a key."""


class LiveControl:
    """Tells each run what is changed, written and measured while it trains; knows no widget.

    Parameters
    ----------
    runs
        Those of the window.
    clock
        Seconds, monotonic.
    """

    def __init__(self, runs: RunList, clock: Callable[[], float] = time.monotonic) -> None:
        self._runs = runs
        self._clock = clock
        self._changed, self._changed_at = ("", ""), 0.0
        self._goals: tuple[Goal, ...] = ()
        self._of_front: frozenset[Diagnostic] = frozenset()
        self._of_rivals: frozenset[Diagnostic] = frozenset()
        self._known: WeakKeyDictionary[Run, str] = WeakKeyDictionary()

    def change(self, name: str, value: Value, is_held: bool = False) -> None:
        """Change a live setting of the run in front; all are watched with the same text.

        Parameters
        ----------
        name, value
            Of the setting.
        is_held
            Whether the hand that changed it last has not let go since: both are one change.
        """
        if name == "watched_text":
            for run in self._runs:
                run.watch_text(str(value))
            return
        now, changed = self._clock(), (self._runs.front.identity, name)
        is_close = is_held or now - self._changed_at <= _TOGETHER
        goes_on = is_close and changed == self._changed
        self._changed, self._changed_at = changed, now
        self._runs.front.post(Change(name, value, goes_on))

    def change_writing(self, name: str, value: Value) -> None:
        """Change how a text is written, of all that write beside each other."""
        for run in self._runs.compared:
            run.post(Change(name, value))

    def write(self, length: int) -> None:
        """Have all that write beside each other write a fresh text."""
        for run in self._runs.compared:
            run.post(Write(length))

    def set_speed(self, steps_per_second: float | None) -> None:
        """Limit the speed of all."""
        for run in self._runs:
            run.post(SetSpeed(steps_per_second))

    def watch_shown(self) -> None:
        """Watch what is shown of the run in front, as far as it can be written down."""
        snapshot = self._runs.front.snapshot
        if snapshot is None or snapshot.window is None:
            return
        configuration, window = snapshot.configuration, snapshot.window
        written = configuration.source.written(configuration.level, window.tokens, window.targets)
        self.change("watched_text", written)

    def share_watched(self, run: Run) -> None:
        """Have all watched with what a model has brought along, where nothing was watched before.

        To be called where a run has another snapshot.
        """
        snapshot = run.snapshot
        if snapshot is None or self._known.get(run) == snapshot.run_id:
            return
        self._known[run] = snapshot.run_id
        others = [other for other in self._runs if other is not run]
        has_brought = isinstance(run.last_beginning, OpenModel) and run.watched_text
        if has_brought and not any(other.watched_text for other in others):
            for other in others:
                other.watch_text(run.watched_text)

    def let_go(self) -> None:
        """Show again the windows that are read next."""
        self.change("watched_text", "")

    def measure(self, of_front: frozenset[Diagnostic], of_rivals: frozenset[Diagnostic]) -> None:
        """Have measured what is seen of the run in front, and of those compared with it."""
        self._of_front, self._of_rivals = of_front, of_rivals
        self._watch()

    def pursue(self, goals: tuple[Goal, ...]) -> None:
        """Have measured how every run stands to these goals, and to no others."""
        self._goals = goals
        self._watch()

    def _watch(self) -> None:
        compared = self._runs.compared
        # How several stand is said from their losses, whatever is shown of them.
        always = frozenset({HISTORY}) if len(self._runs) > 1 else frozenset()
        for run in self._runs:
            seen = self._of_rivals if run in compared else frozenset()
            watched = self._of_front if run is self._runs.front else seen
            run.watch(watched | always, self._goals)
