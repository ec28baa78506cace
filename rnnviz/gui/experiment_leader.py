"""Leads through an experiment: trains to each claim, stops there and points it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rnnviz.gui.claim_wording import finding_words
from rnnviz.gui.panels.panel import Panel
from rnnviz.training.claims import Way
from rnnviz.training.commands import Train
from rnnviz.training.snapshot import RunState, Snapshot


class ExperimentLeader:
    """Says what to train next, and shows what was found where a claim was reached.

    Parameters
    ----------
    panels
        All of them, by their object names.
    is_shown
        Tells whether an experiment's sentences are on the screen: without them nobody is led.
    """

    def __init__(self, panels: Mapping[str, Panel], is_shown: Callable[[], bool]) -> None:
        self._panels = panels
        self._is_shown = is_shown
        self._place = (0, 0)
        self.points_out = False
        """Whether something is pointed out at present."""

    def way(self, snapshot: Snapshot | None) -> Way | None:
        """Return the way to the next claim; None where there is none, or nobody is led."""
        if snapshot is None or snapshot.claims is None or not self._is_shown():
            return None
        return snapshot.claims.way_to_next(snapshot.step)

    def training(self, snapshot: Snapshot | None) -> Train | None:
        """Return the training that comes to the next claim, at a speed that can be followed."""
        way = self.way(snapshot)
        if way is None or snapshot is None:
            return None
        return Train(way.stop - snapshot.step, way.steps_per_second)

    def follow(self, snapshot: Snapshot) -> None:
        """Point out what was found where training has just come to a claim."""
        place = snapshot.run_id, snapshot.step
        if self.points_out and (place != self._place or snapshot.state is RunState.RUNNING):
            self.let_go()
        has_stopped = snapshot.state is RunState.FINISHED and place != self._place
        if not has_stopped or snapshot.claims is None or not self._is_shown():
            return
        self._place = place
        pointed = set()
        for finding in snapshot.claims.findings_at(snapshot.step):
            for panel in self._panels.values():
                if finding.claim.quantity in panel.quantities and panel not in pointed:
                    panel.point_out(finding, finding_words(finding))
                    pointed.add(panel)
        if pointed:
            self.points_out = True
            for panel in self._panels.values():
                if panel not in pointed:
                    panel.step_back()

    def let_go(self) -> None:
        """Point nothing out any more."""
        if self.points_out:
            self.points_out = False
            for panel in self._panels.values():
                panel.stand_as_usual()
