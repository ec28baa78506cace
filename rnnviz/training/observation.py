"""Looking at a step without touching it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.loss import softmax
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.tape import NetworkTape
from rnnviz.data import Dataset, TaskDataset
from rnnviz.diagnostics.credit import CreditProbe, credit_matrix
from rnnviz.diagnostics.gradient_flow import GradientFlow, gradient_flow, new_probe
from rnnviz.diagnostics.read_only import read_only
from rnnviz.diagnostics.saturation import Saturation, saturation
from rnnviz.diagnostics.spectrum import Spectrum, spectrum
from rnnviz.diagnostics.theory import gradient_theory
from rnnviz.diagnostics.updates import update_ratios
from rnnviz.training.commands import Diagnostic
from rnnviz.training.course import Course, CourseView
from rnnviz.training.pace import Pace
from rnnviz.training.snapshot import Answer, CreditView, TheoryView, WindowView
from rnnviz.training.unit_reader import UnitReader, UnitsView

Result = TypeVar("Result")


class Observer:
    """Takes views of a step's tape for the panels that somebody looks at.

    Parameters
    ----------
    network, dataset
        Of the run.
    unit_reader
        Reads a longer text than a window; None in a run on a task.
    """

    def __init__(
        self,
        network: Network,
        dataset: Dataset | TaskDataset,
        unit_reader: UnitReader | None = None,
    ) -> None:
        self._network = network
        self._dataset = dataset
        self._unit_reader = unit_reader
        self._probe: NetworkTape | None = None
        self._credit_probe: CreditProbe | None = None
        self._pace = Pace()
        self._latest: dict[Diagnostic, Any] = {}
        self._courses: dict[Diagnostic, Course] = {}
        self.is_behind = False
        """Whether the latest window has something that was measured at an earlier step."""

    def release_unwatched(self, watched: frozenset[Diagnostic]) -> None:
        """Give back what was measured, and measured with, for what nobody watches any more.

        The courses stay: they tell of the run, and are small.
        """
        self._latest = {one: result for one, result in self._latest.items() if one in watched}
        if Diagnostic.CREDIT not in watched:
            self._credit_probe = None
        if Diagnostic.UNITS not in watched and self._unit_reader is not None:
            self._unit_reader.release_buffers()

    def courses(self, watched: frozenset[Diagnostic]) -> Mapping[Diagnostic, CourseView]:
        """Return how the numbers of the diagnostics that are watched went over the run."""
        return {
            diagnostic: course.view()
            for diagnostic, course in self._courses.items()
            if diagnostic in watched
        }

    def _answers(self, tape: NetworkTape, targets: NDArray[Any]) -> tuple[Answer, ...]:
        """Read what the network answers to the first stream's task; nothing to a text's."""
        if not isinstance(self._dataset, TaskDataset):
            return ()
        task, first = self._dataset.task, tape.sequence_length - len(targets)
        outputs = tape.logits[first:, :1].astype(np.float64)
        expected = self._dataset.target_labels(targets[:, 0])
        wrong = [bool(task.are_wrong(*pair)[0]) for pair in _by_step(outputs, targets[:, :1])]
        if task.loss == "squared_error":
            given = tuple(f"{value:.2f}" for value in outputs[:, 0, 0].tolist())
            shares: list[list[float]] = [[] for _ in given]
        else:
            given = tuple(task.answers[index] for index in outputs[:, 0].argmax(axis=-1).tolist())
            shares = softmax(outputs[:, 0]).tolist()
        return tuple(
            Answer(step, right, said, not is_wrong, tuple(zip(task.answers, share, strict=False)))
            for step, (right, said, is_wrong, share) in enumerate(
                zip(expected, given, wrong, shares, strict=True), start=first
            )
        )

    def _measured(
        self,
        diagnostic: Diagnostic,
        measure: Callable[[], Result],
        *,
        at_once: bool,
    ) -> Result:
        """Measure a diagnostic anew, unless the latest result has to do for now."""
        latest: Result | None = self._latest.get(diagnostic)
        if latest is not None and not at_once and not self._pace.is_due(diagnostic):
            self.is_behind = True
            return latest
        began = self._pace.began()
        result = self._latest[diagnostic] = measure()
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

    def note_updates(
        self,
        step: int,
        before: Mapping[str, Array],
        after: Mapping[str, Array],
        *,
        at_once: bool = False,
    ) -> None:
        """Add to the course of the update ratios, right after a step's update.

        No window carries them, so that none is behind where they have to wait.
        """
        if not at_once and not self._pace.is_due(Diagnostic.UPDATES):
            return
        began = self._pace.began()
        measured = update_ratios(before, after)
        self._note(Diagnostic.UPDATES, step, measured.names, measured.ratios)
        self._pace.ended(Diagnostic.UPDATES, began)

    def _units_of(self, step: int, *, at_once: bool) -> UnitsView | None:
        reader = self._unit_reader
        if reader is None:
            return None
        return self._measured(Diagnostic.UNITS, lambda: reader.read(step), at_once=at_once)

    def _saturation_of(self, step: int, tape: NetworkTape, *, at_once: bool) -> Saturation:
        def measure() -> Saturation:
            measured = saturation(self._network, tape)
            self._note(Diagnostic.SATURATION, step, *measured.course())
            return measured

        return self._measured(Diagnostic.SATURATION, measure, at_once=at_once)

    def _spectrum_of(self, step: int, tape: NetworkTape, *, at_once: bool) -> Spectrum:
        """Measure the eigenvalues of the first stream, and note the radii."""

        def measure() -> Spectrum:
            measured = spectrum(self._network, tape)
            if not measured.is_too_large:
                radii = [(one.radius_of_weights, one.radius_of_jacobian) for one in measured.layers]
                labels = [(f"W{number}", f"J{number}") for number in range(1, 1 + len(radii))]
                self._note(Diagnostic.SPECTRUM, step, sum(labels, ()), np.ravel(radii))
            return measured

        return self._measured(Diagnostic.SPECTRUM, measure, at_once=at_once)

    def _theory_of(
        self, step: int, tape: NetworkTape, flow: GradientFlow, *, at_once: bool
    ) -> TheoryView:
        """Measure what the first stream's gradient is compared with, and keep both together."""

        def measure() -> TheoryView:
            theory = gradient_theory(self._network, tape, float(flow.from_last["h"][-1, -1]))
            return TheoryView(step, self._dataset.input_labels(tape.inputs[:, 0]), flow, theory)

        return self._measured(Diagnostic.THEORY, measure, at_once=at_once)

    def window(
        self,
        step: int,
        tape: NetworkTape,
        targets: NDArray[Any],
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
            As the window has them.
        watched
            What to measure.
        flow
            This step's gradient flow where it was measured already.
        at_once
            Whether everything is to be of this very step, however long that takes: training
            rests, and the picture stays.
        """
        self.is_behind = False
        states = None
        if Diagnostic.HIDDEN_STATE in watched:
            states = {
                name: read_only(np.stack([layer.states[name][1:, 0] for layer in tape.layers]))
                for name in tape.layers[0].states
            }
        if flow is None and Diagnostic.GRADIENT_FLOW in watched:
            flow = self.gradient_flow(tape)
        saturated = None
        if Diagnostic.SATURATION in watched:
            saturated = self._saturation_of(step, tape, at_once=at_once)
        spectra = None
        if Diagnostic.SPECTRUM in watched:
            spectra = self._spectrum_of(step, tape, at_once=at_once)
        theory = None
        if Diagnostic.THEORY in watched:
            flow = flow if flow is not None else self.gradient_flow(tape)
            theory = self._theory_of(step, tape, flow, at_once=at_once)
        view = WindowView(
            step=step,
            characters=self._dataset.input_labels(tape.inputs[:, 0]),
            targets=self._dataset.target_labels(targets[:, 0]),
            answers=self._answers(tape, targets),
            states=states,
            gradient_flow=flow,
            streams=tape.batch_size,
            saturation=saturated,
            units=self._units_of(step, at_once=at_once) if Diagnostic.UNITS in watched else None,
            spectrum=spectra,
            theory=theory,
        )
        return replace(view, credit=self._credit_of(view, tape, watched, at_once=at_once))

    def _credit_of(
        self,
        view: WindowView,
        tape: NetworkTape,
        watched: frozenset[Diagnostic],
        *,
        at_once: bool,
    ) -> CreditView | None:
        """Return the credit matrix of this step, or of an earlier one where it is dear."""
        if Diagnostic.CREDIT not in watched:
            return None

        def measure() -> CreditView:
            probe = self._credit_probe
            if probe is None or probe.sequence_length != tape.sequence_length:
                probe = self._credit_probe = CreditProbe(self._network, tape.sequence_length)
            matrix = credit_matrix(self._network, tape, probe)
            unasked = ("",) * (tape.sequence_length - len(view.targets))
            return CreditView(
                step=view.step,
                characters=view.characters[matrix.first :],
                targets=(*unasked, *view.targets)[matrix.first :],
                matrix=matrix,
                length=tape.sequence_length,
            )

        return self._measured(Diagnostic.CREDIT, measure, at_once=at_once)


def _by_step(outputs: Array, targets: NDArray[Any]) -> list[tuple[Array, NDArray[Any]]]:
    return [(outputs[t : t + 1], targets[t : t + 1]) for t in range(len(targets))]
