"""Looking at a step without touching it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from rnnviz.core.network import Ids, Network, NetworkTape
from rnnviz.core.parameters import Array
from rnnviz.data import TokenVocabulary
from rnnviz.diagnostics.gradient_flow import GradientFlow, gradient_flow, new_probe
from rnnviz.diagnostics.read_only import read_only
from rnnviz.diagnostics.spectrum import Spectrum, spectrum
from rnnviz.diagnostics.theory import gradient_theory
from rnnviz.training.commands import Diagnostic
from rnnviz.training.course import Course, CourseView
from rnnviz.training.pace import Pace
from rnnviz.training.snapshot import TheoryView, WindowView

Result = TypeVar("Result")


class Observer:
    """Takes views of a step's tape for the panels that somebody looks at.

    Parameters
    ----------
    network, vocabulary
        Of the run.

    Attributes
    ----------
    has_waived
        Whether the latest view holds something of an earlier step, for it costs too much to be
        measured anew at every frame.
    """

    def __init__(self, network: Network, vocabulary: TokenVocabulary) -> None:
        self._network = network
        self._tokens = vocabulary.tokens
        self._probe: NetworkTape | None = None
        self._pace = Pace()
        self._courses: dict[Diagnostic, Course] = {}
        self._spectrum: Spectrum | None = None
        self._theory: TheoryView | None = None
        self.has_waived = False

    def courses(self, watched: frozenset[Diagnostic]) -> Mapping[Diagnostic, CourseView]:
        """Return how the numbers of the diagnostics that are watched went over the run."""
        return {
            diagnostic: course.view()
            for diagnostic, course in self._courses.items()
            if diagnostic in watched
        }

    def _measured(
        self,
        diagnostic: Diagnostic,
        latest: Result | None,
        measure: Callable[[], Result],
        *,
        at_once: bool,
    ) -> Result:
        """Measure a diagnostic anew, unless the latest result has to do for now."""
        if latest is not None and not at_once and not self._pace.is_due(diagnostic):
            self.has_waived = True
            return latest
        began = self._pace.began()
        result = measure()
        self._pace.ended(diagnostic, began)
        return result

    def _note(
        self, diagnostic: Diagnostic, step: int, labels: tuple[str, ...], values: Array
    ) -> None:
        """Add to the course of a diagnostic's numbers."""
        course = self._courses.get(diagnostic)
        if course is None or course.labels != labels:
            course = self._courses[diagnostic] = Course(labels)
        course.append(step, values)

    def gradient_flow(self, tape: NetworkTape) -> GradientFlow:
        """Measure the first stream's gradient through time, between backward and update."""
        if self._probe is None or self._probe.sequence_length != tape.sequence_length:
            self._probe = new_probe(self._network, tape.sequence_length)
        return gradient_flow(self._network, tape, self._probe)

    def _spectra(self, step: int, tape: NetworkTape, *, at_once: bool) -> Spectrum:
        """Measure the eigenvalues of the first stream, and note the radii where they are new."""
        result = self._measured(
            Diagnostic.SPECTRUM,
            self._spectrum,
            lambda: spectrum(self._network, tape),
            at_once=at_once,
        )
        if result is not self._spectrum and not result.is_too_large:
            radii = [(one.radius_of_weights, one.radius_of_jacobian) for one in result.layers]
            labels = [(f"W{number}", f"J{number}") for number in range(1, 1 + len(radii))]
            self._note(Diagnostic.SPECTRUM, step, sum(labels, ()), np.ravel(radii))
        self._spectrum = result
        return result

    def _theory_of(
        self, step: int, tape: NetworkTape, flow: GradientFlow, *, at_once: bool
    ) -> TheoryView:
        """Measure what the first stream's gradient is compared with, and keep both together."""

        def measure() -> TheoryView:
            theory = gradient_theory(self._network, tape, float(flow.from_last["h"][-1, -1]))
            return TheoryView(step, self._characters(tape.inputs), flow, theory)

        self._theory = self._measured(Diagnostic.THEORY, self._theory, measure, at_once=at_once)
        return self._theory

    def _characters(self, ids: Ids) -> tuple[str, ...]:
        """Return the first stream's tokens."""
        return tuple([self._tokens[index] for index in ids[:, 0].tolist()])

    def window(
        self,
        step: int,
        tape: NetworkTape,
        targets: Ids,
        watched: frozenset[Diagnostic],
        flow: GradientFlow | None = None,
        *,
        at_once: bool = False,
    ) -> WindowView:
        """Copy what the panels show of this step's window.

        Parameters
        ----------
        step
            The step that is being done.
        tape
            After backward, before the update.
        targets
            (T, B).
        watched
            What to measure.
        flow
            This step's gradient flow where it was measured already.
        at_once
            Whether everything is to be of this very step, however long that takes: training
            rests, and the picture stays.
        """
        self.has_waived = False
        states = None
        if Diagnostic.HIDDEN_STATE in watched:
            states = {
                name: read_only(np.stack([layer.states[name][1:, 0] for layer in tape.layers]))
                for name in tape.layers[0].states
            }
        if flow is None and Diagnostic.GRADIENT_FLOW in watched:
            flow = self.gradient_flow(tape)
        spectra = None
        if Diagnostic.SPECTRUM in watched:
            spectra = self._spectra(step, tape, at_once=at_once)
        theory = None
        if Diagnostic.THEORY in watched:
            flow = flow if flow is not None else self.gradient_flow(tape)
            theory = self._theory_of(step, tape, flow, at_once=at_once)
        return WindowView(
            step=step,
            characters=self._characters(tape.inputs),
            targets=self._characters(targets),
            states=states,
            gradient_flow=flow,
            streams=tape.batch_size,
            spectrum=spectra,
            theory=theory,
        )
