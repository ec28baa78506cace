"""Diagnostics of what a step does to the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rnnviz.core.parameters import Array
from rnnviz.training.observation.kinds.diagnostic import Diagnostic, Numbers


@dataclass(frozen=True, slots=True, eq=False)
class UpdateDiagnostic(Diagnostic):
    """Numbers measured of an update, which are followed over the run.

    After an update was measured comes a rest of nine times as long (`Throttle`).

    Attributes
    ----------
    measure
        Takes the parameters as they were before the update, and as they are after it.
    """

    measure: Callable[[Mapping[str, Array], Mapping[str, Array]], Numbers]
