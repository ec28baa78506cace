"""How a window's diagnostics are measured: one line for each, and a small function for some.

A new one is a pure function in ``rnnviz.diagnostics``, a line in `DIAGNOSTICS`, and the field of
`WindowView` that it fills.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.tape import NetworkTape
from rnnviz.data import Dataset
from rnnviz.diagnostics.credit import CreditProbe, credit_matrix
from rnnviz.diagnostics.gradient_flow import GradientFlow
from rnnviz.diagnostics.read_only import read_only
from rnnviz.diagnostics.saturation import Saturation, saturation
from rnnviz.diagnostics.spectrum import Spectrum, spectrum
from rnnviz.diagnostics.theory import gradient_theory
from rnnviz.training.commands import Diagnostic
from rnnviz.training.observation.probe_cache import ProbeCache
from rnnviz.training.observation.unit_reader import LEAST_HELD_OUT, READ, UnitReader, UnitsView
from rnnviz.training.snapshot import CreditView, TheoryView

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class StepContext:
    """A window that was read forward and backward, and what it is looked at with.

    Attributes
    ----------
    step, tokens, targets
        As in a `WindowView`.
    network, dataset
        Of the run.
    tape
        The network's, of this window.
    flow
        Returns the gradient flow, measured when it is first asked for.
    write
        Returns what the network writes.
    instruments
        Of the run.
    """

    step: int
    tokens: tuple[str, ...]
    targets: tuple[str, ...]
    network: Network
    dataset: Dataset
    tape: NetworkTape
    flow: Callable[[], GradientFlow]
    write: Callable[[], str]
    instruments: ProbeCache


@dataclass(frozen=True, slots=True)
class DiagnosticSpec(Generic[Result]):
    """How one diagnostic is measured.

    Attributes
    ----------
    field
        Of `WindowView`, which carries the result.
    measure
        Called where somebody watches.
    series
        Takes from a result the labels and numbers that are followed over the run; without labels
        there is nothing to follow.
    """

    field: str
    measure: Callable[[StepContext], Result]
    series: Callable[[Result], tuple[tuple[str, ...], Array]] | None = None


def _states(look: StepContext) -> dict[str, Array]:
    layers = look.tape.layers
    return {
        name: read_only(np.stack([layer.states[name][1:, 0] for layer in layers]))
        for name in layers[0].states
    }


def _saturation(look: StepContext) -> Saturation:
    return saturation(look.network, look.tape)


def _spectrum(look: StepContext) -> Spectrum:
    return spectrum(look.network, look.tape)


def _theory(look: StepContext) -> TheoryView:
    flow = look.flow()
    theory = gradient_theory(look.network, look.tape, flow.last_norm)
    return TheoryView(look.step, look.tokens, flow, theory)


def _credit(look: StepContext) -> CreditView:
    length = look.tape.sequence_length
    probe = look.instruments.of(
        Diagnostic.CREDIT, length, lambda: CreditProbe(look.network, length)
    )
    matrix = credit_matrix(look.network, look.tape, probe)
    unasked = ("",) * (length - len(look.targets))
    return CreditView(
        tokens=look.tokens[matrix.first :],
        targets=(*unasked, *look.targets)[matrix.first :],
        matrix=matrix,
        length=length,
    )


def _units(look: StepContext) -> UnitsView | None:
    """Read a longer text than a window, where there is one."""
    dataset = look.dataset
    text = dataset.text_to_read(READ, LEAST_HELD_OUT)
    if text is None:
        return None
    reader = look.instruments.of(
        Diagnostic.UNITS,
        look.tape.sequence_length,
        lambda: UnitReader(look.network, dataset.vocabulary, *text, look.write),
    )
    return reader.read(look.step)


DIAGNOSTICS: Mapping[Diagnostic, DiagnosticSpec[Any]] = {
    Diagnostic.HIDDEN_STATE: DiagnosticSpec("states", _states),
    Diagnostic.GRADIENT_FLOW: DiagnosticSpec("gradient_flow", lambda look: look.flow()),
    Diagnostic.SATURATION: DiagnosticSpec("saturation", _saturation, series=Saturation.series),
    Diagnostic.SPECTRUM: DiagnosticSpec("spectrum", _spectrum, series=Spectrum.series),
    Diagnostic.THEORY: DiagnosticSpec("theory", _theory),
    Diagnostic.CREDIT: DiagnosticSpec("credit", _credit),
    Diagnostic.UNITS: DiagnosticSpec("units", _units),
}
"""What a window carries only while somebody looks at it."""
