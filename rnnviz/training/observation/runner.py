"""Looking at a run without touching it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.tape import NetworkTape
from rnnviz.data import Dataset
from rnnviz.diagnostics.gradient_flow import GradientFlow, gradient_flow, new_probe
from rnnviz.diagnostics.updates import update_ratios
from rnnviz.training.commands import Diagnostic
from rnnviz.training.observation.probe_cache import ProbeCache
from rnnviz.training.observation.registry import DIAGNOSTICS, StepContext
from rnnviz.training.observation.throttle import Throttle
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
    """

    def __init__(
        self,
        network: Network,
        dataset: Dataset,
        problem: Problem[Any],
        write: Callable[[], str],
        series: dict[Diagnostic, DiagnosticSeries],
    ) -> None:
        self._network = network
        self._dataset = dataset
        self._problem = problem
        self._write = write
        self._instruments = ProbeCache()
        self._pace = Throttle()
        self._pace_of_updates = Throttle()
        self._series = series

    def release_unwatched(self, watched: frozenset[Diagnostic]) -> None:
        """Give back what is measured with, for what nobody watches any more.

        The series stay: they tell of the run, and are small.
        """
        self._instruments.keep_only(watched)

    def series(self, watched: frozenset[Diagnostic]) -> Mapping[Diagnostic, DiagnosticSeriesView]:
        """Return how the numbers of the diagnostics that are watched went over the run."""
        return {
            diagnostic: series.view()
            for diagnostic, series in self._series.items()
            if diagnostic in watched
        }

    def gradient_flow(self, tape: NetworkTape) -> GradientFlow:
        """Measure the first stream's gradient through time, after backward."""
        length = tape.sequence_length
        probe = self._instruments.of(
            Diagnostic.GRADIENT_FLOW, length, lambda: new_probe(self._network, length)
        )
        return gradient_flow(self._network, tape, probe)

    def is_due(self, idle: float = 0.0) -> bool:
        """Tell whether training can bear another look, for which it has `idle` seconds anyway."""
        return self._pace.is_due(idle)

    def note_updates(
        self, step: int, before: Mapping[str, Array], after: Mapping[str, Array]
    ) -> None:
        """Add to the course of the update ratios, right after a step's update, if that is due."""
        if not self._pace_of_updates.is_due():
            return
        began = self._pace_of_updates.began()
        measured = update_ratios(before, after)
        self._note(Diagnostic.UPDATES, step, measured.names, measured.ratios)
        self._pace_of_updates.ended(began)

    def window(
        self,
        step: int,
        tape: NetworkTape,
        targets: NDArray[Any],
        watched: frozenset[Diagnostic],
        flow: GradientFlow | None = None,
    ) -> WindowView:
        """Copy and measure what the panels show of a window: all of it of this one.

        Parameters
        ----------
        step
            How many steps the weights have learned from; the window is the next one's.
        tape
            After backward.
        targets
            As the window has them.
        watched
            What to measure.
        flow
            The window's gradient flow where it was measured already: it is then shown, watched or
            not.
        """
        began = self._pace.began()
        wanted = watched if flow is None else watched | {Diagnostic.GRADIENT_FLOW}
        look = StepContext(
            step=step,
            tokens=self._dataset.input_labels(tape.inputs[:, 0]),
            targets=self._dataset.target_labels(targets[:, 0]),
            network=self._network,
            dataset=self._dataset,
            tape=tape,
            flow=functools.cache(lambda: self.gradient_flow(tape) if flow is None else flow),
            write=self._write,
            instruments=self._instruments,
        )
        measured = {
            measurer.field: self._measured(one, look) if one in wanted else None
            for one, measurer in DIAGNOSTICS.items()
        }
        view = WindowView(
            step=step,
            tokens=look.tokens,
            targets=look.targets,
            answers=self._problem.answers(self._dataset, tape, targets),
            streams=tape.batch_size,
            measured=frozenset(wanted & DIAGNOSTICS.keys()),
            **measured,
        )
        self._pace.ended(began)
        return view

    def _measured(self, diagnostic: Diagnostic, look: StepContext) -> Any:
        measurer = DIAGNOSTICS[diagnostic]
        result = measurer.measure(look)
        if measurer.series is not None:
            self._note(diagnostic, look.step, *measurer.series(result))
        return result

    def _note(
        self, diagnostic: Diagnostic, step: int, labels: tuple[str, ...], values: Array
    ) -> None:
        """Add to the course of a diagnostic's numbers, where there are any."""
        if not labels:
            return
        series = self._series.get(diagnostic)
        if series is None or series.labels != labels:
            series = self._series[diagnostic] = DiagnosticSeries(labels)
        series.append(step, values)
