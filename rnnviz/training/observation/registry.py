"""How a window's diagnostics are measured: one line for each, and a small function for some.

A new one is a pure function in ``rnnviz.diagnostics``, a line in `MEASURERS`, and the field of
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
from rnnviz.data import Dataset, TaskDataset
from rnnviz.diagnostics.credit import CreditProbe, credit_matrix
from rnnviz.diagnostics.gradient_flow import GradientFlow
from rnnviz.diagnostics.read_only import read_only
from rnnviz.diagnostics.saturation import Saturation, saturation
from rnnviz.diagnostics.spectrum import Spectrum, spectrum
from rnnviz.diagnostics.theory import gradient_theory
from rnnviz.training.commands import Diagnostic
from rnnviz.training.observation.probe_cache import Instruments
from rnnviz.training.observation.unit_reader import UnitReader, UnitsView
from rnnviz.training.snapshot import CreditView, TheoryView

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A window that was read forward and backward, and what it is looked at with.

    Attributes
    ----------
    step, characters, targets
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
    characters: tuple[str, ...]
    targets: tuple[str, ...]
    network: Network
    dataset: Dataset | TaskDataset
    tape: NetworkTape
    flow: Callable[[], GradientFlow]
    write: Callable[[], str]
    instruments: Instruments


@dataclass(frozen=True, slots=True)
class Measurer(Generic[Result]):
    """How one diagnostic is measured.

    Attributes
    ----------
    field
        Of `WindowView`, which carries the result.
    measure
        Called where somebody watches.
    course
        Takes from a result the labels and numbers that are followed over the run; without labels
        there is nothing to follow.
    """

    field: str
    measure: Callable[[Look], Result]
    course: Callable[[Result], tuple[tuple[str, ...], Array]] | None = None


def _states(look: Look) -> dict[str, Array]:
    layers = look.tape.layers
    return {
        name: read_only(np.stack([layer.states[name][1:, 0] for layer in layers]))
        for name in layers[0].states
    }


def _saturation(look: Look) -> Saturation:
    return saturation(look.network, look.tape)


def _spectrum(look: Look) -> Spectrum:
    return spectrum(look.network, look.tape)


def _theory(look: Look) -> TheoryView:
    flow = look.flow()
    theory = gradient_theory(look.network, look.tape, float(flow.from_last["h"][-1, -1]))
    return TheoryView(look.step, look.characters, flow, theory)


def _credit(look: Look) -> CreditView:
    length = look.tape.sequence_length
    probe = look.instruments.of(
        Diagnostic.CREDIT, length, lambda: CreditProbe(look.network, length)
    )
    matrix = credit_matrix(look.network, look.tape, probe)
    unasked = ("",) * (length - len(look.targets))
    return CreditView(
        characters=look.characters[matrix.first :],
        targets=(*unasked, *look.targets)[matrix.first :],
        matrix=matrix,
        length=length,
    )


def _units(look: Look) -> UnitsView | None:
    """Read a longer text than a window; a task has none."""
    dataset = look.dataset
    if isinstance(dataset, TaskDataset):
        return None
    reader = look.instruments.of(
        Diagnostic.UNITS,
        look.tape.sequence_length,
        lambda: UnitReader(look.network, dataset, look.write),
    )
    return reader.read(look.step)


MEASURERS: Mapping[Diagnostic, Measurer[Any]] = {
    Diagnostic.HIDDEN_STATE: Measurer("states", _states),
    Diagnostic.GRADIENT_FLOW: Measurer("gradient_flow", lambda look: look.flow()),
    Diagnostic.SATURATION: Measurer("saturation", _saturation, course=Saturation.course),
    Diagnostic.SPECTRUM: Measurer("spectrum", _spectrum, course=Spectrum.course),
    Diagnostic.THEORY: Measurer("theory", _theory),
    Diagnostic.CREDIT: Measurer("credit", _credit),
    Diagnostic.UNITS: Measurer("units", _units),
}
"""What a window carries only while somebody looks at it."""
