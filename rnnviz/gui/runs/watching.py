"""Which text the runs are watched with."""

from __future__ import annotations

from rnnviz.gui.runs.run_list import RunList
from rnnviz.training.commands import Change


class Watching:
    """Has all runs watched with the same text, so that they compare; knows no widget.

    Parameters
    ----------
    runs
        Those of the window.
    """

    def __init__(self, runs: RunList) -> None:
        self._runs = runs

    def watch_shown(self) -> None:
        """Watch what is shown of the run in front, as far as it can be written down."""
        snapshot = self._runs.front.snapshot
        if snapshot is None or snapshot.window is None:
            return
        configuration, window = snapshot.configuration, snapshot.window
        self.watch(configuration.source.written(configuration.level, window.tokens, window.targets))

    def let_go(self) -> None:
        """Show again the windows that are read next."""
        self.watch("")

    def watch(self, text: str) -> None:
        """Watch this text; an empty one is none."""
        for run in self._runs:
            run.post(Change("watched_text", text))
