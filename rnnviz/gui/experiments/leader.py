"""Leads through an experiment: trains to each claim, stops there and points it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.wording.claims import finding_words
from rnnviz.training.claims.watch import Reached, Way, way_to_next
from rnnviz.training.snapshot import RunState, Snapshot


class ExperimentLeader:
    """Says what to train next, and shows what was found where a claim was reached.

    Parameters
    ----------
    panels
        All of them, by their object names.
    is_shown
        Tells whether an experiment's sentences are on the screen: without them nobody is led.
    bring_forward
        Lets these panels be seen first, where not all are seen at once.
    """

    def __init__(
        self,
        panels: Mapping[str, Panel],
        is_shown: Callable[[], bool],
        bring_forward: Callable[[Sequence[str]], None],
    ) -> None:
        self._panels = panels
        self._bring_forward = bring_forward
        self._is_shown = is_shown
        self._place = ("", 0)
        self.points_out = False
        """Whether something is pointed out at present."""

    def way(self, runs: Iterable[Reached]) -> Way | None:
        """Return the way to the next claim; None where there is none, or nobody is led."""
        return way_to_next(runs) if self._is_shown() else None

    def follow(self, snapshot: Snapshot) -> None:
        """Point out what was found where training has just come to a claim."""
        place = snapshot.run_id, snapshot.step
        if self.points_out and (place != self._place or snapshot.state is RunState.RUNNING):
            self.let_go()
        has_stopped = snapshot.state is RunState.FINISHED and place != self._place
        if not has_stopped or snapshot.claims is None or not self._is_shown():
            return
        self._place = place
        shows = {
            finding: [n for n, p in self._panels.items() if finding.claim.quantity in p.quantities]
            for finding in snapshot.claims.findings_at(snapshot.step)
        }
        # A panel has one thing to point out; a finding's first panel shows it best.
        pointed = {name: finding for finding, names in reversed(shows.items()) for name in names}
        if not pointed:
            return
        self.points_out = True
        first = [names[0] for names in shows.values() if names]
        self._bring_forward(list(dict.fromkeys([*first, *pointed])))
        for name, panel in self._panels.items():
            if name in pointed:
                panel.point_out(pointed[name], finding_words(pointed[name]))
            else:
                panel.step_back()

    def let_go(self) -> None:
        """Point nothing out any more."""
        if self.points_out:
            self.points_out = False
            for panel in self._panels.values():
                panel.stand_as_usual()
