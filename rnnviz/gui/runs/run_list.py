"""The window's runs, and which of them is in front."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rnnviz.gui.runs.run import Run


class RunList:
    """Holds at least one run; panels of one run show the one in front.

    Parameters
    ----------
    runs
        At least one, of which the first is in front.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = list(runs)
        self._front = self._runs[0]

    def __iter__(self) -> Iterator[Run]:
        """Go through the runs."""
        return iter(self._runs)

    @property
    def front(self) -> Run:
        """The run that panels of one run show, and that the window's controls are about."""
        return self._front

    def stop(self) -> None:
        """End every run after the step that is under way, and wait for it."""
        for run in self._runs:
            run.thread.stop()
