"""Between two snapshots, what changes smoothly is looked at in every frame."""

from __future__ import annotations

from rnnviz.gui.runs.run_list import RunList


class Glances:
    """Has the runs glance at the watched text, one in a frame and each in its turn.

    So a frame costs the same whether one run trains or eight do.

    Parameters
    ----------
    runs
        Those of the window.
    """

    def __init__(self, runs: RunList) -> None:
        self._runs = runs
        self._turn = 0

    def take(self) -> bool:
        """Take note of what has come, and tell whether there is something newer to be seen."""
        has_come = [run.take_glance() for run in self._runs]
        return any(has_come)

    def ask(self) -> None:
        """Ask the next run for one; to be called once a frame."""
        waiting = [run for run in self._runs.compared if run.glances_at]
        if waiting:
            self._turn = (self._turn + 1) % len(waiting)
            run = waiting[self._turn]
            run.thread.want_glance(run.glances_at)
