"""Looking at a run without touching it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.tape import NetworkTape
from rnnviz.data import Dataset
from rnnviz.training.observation.diagnostics.answers import ANSWERS
from rnnviz.training.observation.kinds.diagnostic import Diagnostic, Measurements, Numbers, Result
from rnnviz.training.observation.kinds.of_update import UpdateDiagnostic
from rnnviz.training.observation.kinds.of_window import StepContext, WindowDiagnostic
from rnnviz.training.observation.kinds.probe_cache import ProbeCache
from rnnviz.training.observation.kinds.watched_text import WatchedText
from rnnviz.training.observation.throttle import SHARE_OF_GLANCES, Throttle
from rnnviz.training.problems.problem import Problem
from rnnviz.training.record.series import DiagnosticSeries, DiagnosticSeriesView
from rnnviz.training.snapshot import WindowView


class DiagnosticsRunner:
    """Takes views of windows for the panels that somebody looks at.

    Parameters
    ----------
    network, dataset, problem
        Of the run.
    write
        Returns what the network writes; asked only where a text is wanted and there is none.
    series
        How the diagnostics' numbers went over the run, added to here.

    Attributes
    ----------
    watched_text
        What is looked at instead of the next window; None for that.
    """

    def __init__(
        self,
        network: Network,
        dataset: Dataset,
        problem: Problem[Dataset],
        write: Callable[[], str],
        series: dict[Diagnostic, DiagnosticSeries],
    ) -> None:
        self._network = network
        self._dataset = dataset
        self._problem = problem
        self._write = write
        self._probes = ProbeCache()
        self._throttle = Throttle()
        self._last_watched: frozenset[Diagnostic] = frozenset()
        self._throttle_of_updates = Throttle()
        self._throttle_of_glances = Throttle(share=SHARE_OF_GLANCES)
        self._series = series
        self.watched_text: WatchedText | None = None

    def release_unwatched(self, watched: frozenset[Diagnostic]) -> None:
        """Give back what is measured with, for what nobody watches any more.

        The series stay: they tell of the run, and are small.
        """
        self._probes.keep_only(watched)
        if self.watched_text is not None:
            self.watched_text.probes.keep_only(watched)

    def series(self, watched: frozenset[Diagnostic]) -> Mapping[Diagnostic, DiagnosticSeriesView]:
        """Return how the numbers of the diagnostics that are watched went over the run."""
        return {
            diagnostic: series.view()
            for diagnostic, series in self._series.items()
            if diagnostic in watched
        }

    def is_due(self, watched: frozenset[Diagnostic], idle: float = 0.0) -> bool:
        """Tell whether training can bear a look at this, for which it has `idle` seconds anyway.

        After a look at more than that, what a look costs is not known yet: it is tried out.
        """
        return watched < self._last_watched or self._throttle.is_due(idle)

    def note_updates(
        self,
        step: int,
        before: Mapping[str, Array],
        after: Mapping[str, Array],
        watched: frozenset[Diagnostic],
    ) -> None:
        """Follow what is watched of updates, right after a step's update, if that is due."""
        of_updates = [one for one in watched if isinstance(one, UpdateDiagnostic)]
        if not of_updates or not self._throttle_of_updates.is_due():
            return
        began = self._throttle_of_updates.began()
        for diagnostic in of_updates:
            self._follow(diagnostic, step, diagnostic.measure(before, after))
        self._throttle_of_updates.ended(began)

    def context(
        self,
        step: int,
        tape: NetworkTape,
        targets: NDArray[np.generic],
        probes: ProbeCache | None = None,
    ) -> StepContext:
        """Return what a window is measured in.

        Parameters
        ----------
        step, tape, targets, probes
            As in a `StepContext`; without probes, those for the windows that are read next.
        """
        return StepContext(
            step=step,
            tape=tape,
            targets=targets,
            network=self._network,
            dataset=self._dataset,
            problem=self._problem,
            write=self._write,
            probes=probes or self._probes,
        )

    def window(
        self,
        step: int,
        watched: frozenset[Diagnostic],
        read_next: Callable[[], StepContext],
    ) -> WindowView:
        """Copy and measure what the panels show of a window: all of it of this one.

        Parameters
        ----------
        step
            How many steps the weights have learned from.
        watched
            What to measure.
        read_next
            Returns the window that is read next, asked where there is no watched text; what was
            measured in it already is shown, watched or not.
        """
        began = self._throttle.began()
        text = self.watched_text
        context = read_next() if text is None else self._watched_context(step, text)
        # A panel that takes the place of another when a task begins has to have them at once.
        context.measure(ANSWERS)
        shown = sorted({*context.measured, *watched}, key=lambda one: one.name)
        measured: dict[Diagnostic, object] = {
            one: self._measured(one, context) for one in shown if isinstance(one, WindowDiagnostic)
        }
        view = self._view(context, measured, is_watched_text=text is not None)
        self._last_watched = watched
        self._throttle.ended(began)
        return view

    def glance(self, step: int, diagnostics: frozenset[Diagnostic]) -> WindowView | None:
        """Measure the watched text, and nothing that is followed over the run.

        Parameters
        ----------
        step
            How many steps the weights have learned from.
        diagnostics
            What to measure.

        Returns
        -------
        WindowView or None
            None where there is no watched text, or training cannot bear another glance yet.
        """
        text = self.watched_text
        if text is None or not self._throttle_of_glances.is_due():
            return None
        began = self._throttle_of_glances.began()
        context = self._watched_context(step, text)
        measured: dict[Diagnostic, object] = {
            one: context.measure(one) for one in diagnostics if isinstance(one, WindowDiagnostic)
        }
        view = self._view(context, measured, is_watched_text=True)
        self._throttle_of_glances.ended(began)
        return view

    def _watched_context(self, step: int, text: WatchedText) -> StepContext:
        return self.context(step, text.read(), text.targets, text.probes)

    def _view(
        self,
        context: StepContext,
        measured: Mapping[Diagnostic, object],
        *,
        is_watched_text: bool,
    ) -> WindowView:
        return WindowView(
            step=context.step,
            tokens=self._dataset.input_labels(context.tape.inputs[:, 0]),
            targets=self._dataset.target_labels(context.targets[:, 0]),
            streams=context.tape.batch_size,
            is_watched_text=is_watched_text,
            measured=Measurements(measured),
        )

    def _measured(self, diagnostic: WindowDiagnostic[Result], context: StepContext) -> Result:
        result = context.measure(diagnostic)
        if diagnostic.series is not None:
            self._follow(diagnostic, context.step, diagnostic.series(result))
        return result

    def _follow(self, diagnostic: Diagnostic, step: int, numbers: Numbers) -> None:
        """Add to the series of a diagnostic's numbers, where there are any."""
        labels, values = numbers
        if not labels:
            return
        series = self._series.get(diagnostic)
        if series is None or series.labels != labels:
            series = self._series[diagnostic] = DiagnosticSeries(labels)
        series.append(step, values)
