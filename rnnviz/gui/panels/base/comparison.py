"""What a panel that compares draws of several runs: a curve each, in the looks of its sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.gui.panels.base.shown_run import ShownRun
from rnnviz.gui.plotting import PlotView, RunCurve
from rnnviz.gui.plotting.axes.transform import Span
from rnnviz.gui.plotting.items.item import PlotItem
from rnnviz.gui.style.palette import Flow
from rnnviz.training.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What a run's curve shows.

    Attributes
    ----------
    x, y
        (n,) its points, in data units.
    span
        What of y is to be seen: from where to where.
    words
        What is to be said of this curve beside the run's name.
    """

    x: Array
    y: Array
    span: Span
    words: str = ""


class Comparison:
    """One curve for each of several runs, and none at all where there is only one.

    Parameters
    ----------
    view
        The plot that shows it.
    name
        What is compared; a table's columns are called after it and the run.
    flow
        Whether it flows forward or comes back.
    trace
        Returns a run's curve, from its snapshot and that of the run in front; None where it has
        none that can stand beside.
    alone
        What shows the same of the run in front, where there is no other.
    hollow, open_ended
        As a `RunCurve` has them. Where there are rings alone, runs are named at other curves.
    is_one_of_several
        Whether a run has further curves in the same plot, which have names of their own: then each
        is hidden alone.
    """

    def __init__(  # noqa: PLR0913  # keywords: what is compared, and how it looks
        self,
        view: PlotView,
        name: str,
        flow: Flow,
        trace: Callable[[Snapshot, Snapshot], Trace | None],
        *,
        alone: Sequence[PlotItem],
        hollow: bool = False,
        open_ended: bool = False,
        is_one_of_several: bool = False,
    ) -> None:
        self.view = view
        self.name = name
        self._trace = trace
        self._alone = alone
        self._add = partial(view.add_run_curve, "", flow, hollow=hollow, open_ended=open_ended)
        self._hollow = hollow
        self._is_one_of_several = is_one_of_several
        self._curves: list[RunCurve] = []
        self._named: tuple[object, ...] = ()

    def show(
        self,
        front: ShownRun,
        compared: Sequence[ShownRun],
        place: Callable[[Snapshot, Array], Array],
    ) -> list[Trace]:
        """Draw the runs' curves; return those not hidden. One run is left to the panel itself.

        Parameters
        ----------
        front, compared
            As `Panel.show_runs` has them.
        place
            Returns where values of x stand on the axis, which may be otherwise in each run, and
            not-a-number where that is unknown.
        """
        runs = compared if len(compared) > 1 else ()
        for item in self._alone:
            item.set_visible(not runs)
        found = [(run, self._trace(run.snapshot, front.snapshot)) for run in runs]
        traces = [
            (run, _placed(trace, place(run.snapshot, trace.x)))
            for run, trace in found
            if trace is not None
        ]
        while len(self._curves) < len(traces):
            self._curves.append(self._add())
        self._name(front, traces)
        for curve, shown in zip_longest(self._curves, traces):
            if shown is not None:
                curve.set_data(shown[1].x, shown[1].y)
            elif len(curve.x):
                curve.clear()
        drawn = zip(self._curves, traces, strict=False)
        return [trace for curve, (_, trace) in drawn if curve.visible]

    def _name(self, front: ShownRun, traces: Sequence[tuple[ShownRun, Trace]]) -> None:
        """Give each run's curve its looks and its name, where they are others than before."""
        labels = [f"{run.name}, {one.words}" if one.words else run.name for run, one in traces]
        runs = [run for run, _ in traces]
        # Its name is to stay while it trains.
        groups = ["now" if run.is_of_now else run.name for run in runs]
        if self._is_one_of_several:
            groups = [f"{name}, {one.words}" for name, (_, one) in zip(groups, traces, strict=True)]
        named = (self.name, front.identity, labels, [(run.identity, run.sign) for run in runs])
        if named == self._named:
            return
        self._named = named
        for curve, run, label, group in zip(self._curves, runs, labels, groups, strict=False):
            curve.take_sign(run.sign, in_front=run.identity == front.identity)
            curve.name = f"{self.name}, {label}"
            curve.set_label(None if self._hollow else label)
            # All that is of one run is hidden with its name.
            curve.set_group(group)
        self.view.settle_labels()


def _placed(trace: Trace, x: Array) -> Trace:
    """Return a trace at other values of x, as far as they are known."""
    known = np.isfinite(x)
    return replace(trace, x=x[known], y=trace.y[known])


def spans(traces: Sequence[Trace]) -> tuple[Span, Span] | None:
    """Return from where to where x and y reach in all of them; None of nothing."""
    full = [trace for trace in traces if len(trace.x) and trace.span[0] <= trace.span[1]]
    if not full:
        return None
    low, high = zip(*(trace.span for trace in full), strict=True)
    first = min(float(trace.x[0]) for trace in full)
    last = max(float(trace.x[-1]) for trace in full)
    return (first, last), (min(low), max(high))
