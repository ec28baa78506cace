"""How far each step moves each parameter."""

from __future__ import annotations

from collections.abc import Mapping

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.updates import update_ratios
from rnnviz.training.observation.kinds.diagnostic import Numbers
from rnnviz.training.observation.kinds.of_update import UpdateDiagnostic


def _measure(before: Mapping[str, Array], after: Mapping[str, Array]) -> Numbers:
    measured = update_ratios(before, after)
    return measured.names, measured.ratios


UPDATES = UpdateDiagnostic("updates", _measure)
"""The norm of the update beside the parameter's own, by parameter."""
