"""Diagnostics of one window, which was read forward and backward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.data import Dataset
from rnnviz.training.observation.kinds.diagnostic import (
    CarriedDiagnostic,
    Diagnostic,
    Measurements,
    Numbers,
    Result,
)
from rnnviz.training.observation.kinds.probe_cache import ProbeCache
from rnnviz.training.problems.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class WindowDiagnostic(CarriedDiagnostic[Result], Generic[Result]):
    """What is measured of a window: of all that are watched together, or of none.

    After a window was measured comes a rest of nine times as long (`Throttle`), unless training
    rests anyway.

    Attributes
    ----------
    measure
        Called where somebody watches. What it needs it takes from the context: the network, the
        tape after backward, the text or task, a probe that is made once, and the results of other
        diagnostics of the same window.
    series
        Takes from a result the numbers that are followed over the run; None where none are.
    reads_own_text
        Whether it only comes along with the window, and is of a text of its own.
    """

    measure: Callable[[StepContext], Result]
    series: Callable[[Result], Numbers] | None = None
    reads_own_text: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class StepContext:
    """A window that was read forward and backward, and what it is looked at with.

    Attributes
    ----------
    step
        How many steps the weights have learned from; the window is the next one's, or the watched
        text.
    tape
        The network's, of this window, after backward.
    targets
        As the window has them.
    network, dataset, problem
        Of the run.
    write
        Returns what the network writes; asked only where a text is wanted and there is none.
    probes
        For windows like this.
    """

    step: int
    tape: NetworkTape
    targets: NDArray[np.generic]
    network: Network
    dataset: Dataset
    problem: Problem[Dataset]
    write: Callable[[], str]
    probes: ProbeCache
    _results: dict[Diagnostic, object] = field(default_factory=dict, init=False)

    def measure(self, diagnostic: WindowDiagnostic[Result]) -> Result:
        """Return what a diagnostic measures of this window, however often it is asked for."""
        if diagnostic not in self._results:
            self._results[diagnostic] = diagnostic.measure(self)
        return self.measured[diagnostic]

    @property
    def measured(self) -> Measurements:
        """What was measured of this window so far."""
        return Measurements(self._results)
