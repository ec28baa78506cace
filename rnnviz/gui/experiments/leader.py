"""Leads through an experiment: trains to each claim, stops there and points it out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.panels.base.shown_run import Found, ShownRun
from rnnviz.training.claims.claim import Claim
from rnnviz.training.claims.watch import Reached, Way, way_to_next
from rnnviz.training.snapshot import RunState

# Where all runs are in one of these, and one of them has come where it was sent, all have stopped.
_AT_REST = {RunState.FINISHED, RunState.PAUSED, RunState.FAILED}


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
    put_in_front
        Has the run of this identity be the one that panels of one run show.
    """

    def __init__(
        self,
        panels: Mapping[str, Panel],
        is_shown: Callable[[], bool],
        bring_forward: Callable[[Sequence[str]], None],
        put_in_front: Callable[[str], None],
    ) -> None:
        self._panels = panels
        self._bring_forward = bring_forward
        self._put_in_front = put_in_front
        self._is_shown = is_shown
        self._front = ""
        self._stop: frozenset[tuple[str, int]] = frozenset()
        self.led_to: Callable[[], Collection[Claim] | None] = lambda: None
        """Tells which claims alone one is led to; None for all."""
        self.points_out = False
        """Whether something is pointed out at present."""
        self._shows: list[str] = []

    def way(self, runs: Iterable[Reached]) -> Way | None:
        """Return the way to the next claim; None where there is none, or nobody is led."""
        if not self._is_shown():
            return None
        led_to = self.led_to()
        if led_to is not None:
            runs = [Reached(run.step, run.claims and run.claims.only(led_to)) for run in runs]
        return way_to_next(runs)

    def follow(self, front: ShownRun, compared: Sequence[ShownRun]) -> None:
        """Point out what was found where training has just come to a claim.

        Parameters
        ----------
        front, compared
            As `Panel.show_runs` has them. Where nothing was found of the one in front, one comes
            there of which something was.
        """
        stop = frozenset((run.snapshot.run_id, run.snapshot.step) for run in compared)
        states = {run.snapshot.state for run in compared}
        have_stopped = RunState.FINISHED in states and states <= _AT_REST
        # What was found now is nowhere to be seen in the past.
        have_stopped = have_stopped and not front.snapshot.is_of_past
        is_other_stop, is_other_front = stop != self._stop, front.identity != self._front
        if self.points_out and (is_other_stop or is_other_front or not have_stopped):
            self.let_go()
        if not have_stopped or not (is_other_stop or is_other_front) or not self._is_shown():
            return
        self._stop, self._front = stop, front.identity
        found = _found(front, compared)
        if not found:
            return
        first = found[0].run
        if is_other_stop and first is not front:
            # Which comes back here, with that run in front.
            self._put_in_front(first.identity)
        else:
            self._point_out(front, found)

    def _point_out(self, front: ShownRun, found: Sequence[Found]) -> None:
        seen_in = {
            name: [
                one
                for one in found
                if one.finding.claim.quantity in panel.quantities
                and (one.run is front or panel.compares)
            ]
            for name, panel in self._panels.items()
        }
        shows = [[name for name, seen in seen_in.items() if one in seen] for one in found]
        if not any(shows):
            return
        self.points_out = True
        # A finding's first panel shows it best.
        first = [names[0] for names in shows if names]
        others = [name for names in shows for name in names]
        self._shows = list(dict.fromkeys([*first, *others]))
        self._bring_forward(self._shows)
        for name, panel in self._panels.items():
            # Of one run, a panel has one thing to point out.
            by_run = {one.run.identity: one for one in reversed(seen_in[name])}
            own = by_run.pop(front.identity, None)
            panel.point_out(own, list(by_run.values()))

    def bring_forward_again(self) -> None:
        """Let what is pointed out be seen where panels stand otherwise now; all else is veiled."""
        if self.points_out:
            self._bring_forward(self._shows)

    def let_go(self) -> None:
        """Point nothing out any more."""
        if self.points_out:
            self.points_out = False
            for panel in self._panels.values():
                panel.stand_as_usual()


def _found(front: ShownRun, compared: Sequence[ShownRun]) -> list[Found]:
    """Return what was found of the step at which each run stands, of the one in front first."""
    return [
        Found(run, finding)
        for run in sorted(compared, key=lambda run: run is not front)
        if run.snapshot.claims is not None
        for finding in run.snapshot.claims.findings_at(run.snapshot.step)
    ]
