"""Between two snapshots, what changes smoothly is looked at in every other frame."""

from __future__ import annotations

from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_list import RunList


class Glances:
    """Has the runs glance at the watched text, one at a time and each in its turn.

    So it costs the same whether one run trains or eight do.

    Parameters
    ----------
    runs
        Those of the window.
    """

    def __init__(self, runs: RunList) -> None:
        self._runs = runs
        self._turn = 0
        self._were_due = False

    def are_due(self) -> bool:
        """Tell whether this frame is for a glance; to be called once a frame."""
        self._were_due = not self._were_due and bool(self._glancing)
        return self._were_due

    def take(self) -> bool:
        """Take note of what has come, and tell whether there is something newer to be seen."""
        has_come = [run.take_glance() for run in self._runs]
        return any(has_come)

    def ask(self) -> None:
        """Ask the next run for one."""
        waiting = self._glancing
        if waiting:
            self._turn = (self._turn + 1) % len(waiting)
            run = waiting[self._turn]
            run.thread.want_glance(run.glances_at)

    @property
    def _glancing(self) -> list[Run]:
        return [run for run in self._runs.compared if run.glances_at]
