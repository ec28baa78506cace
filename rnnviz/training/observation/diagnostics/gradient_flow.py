"""The gradient of one window, travelling back through time."""

from __future__ import annotations

from rnnviz.diagnostics.gradient_flow import GradientFlow, gradient_flow, new_probe
from rnnviz.training.observation.kinds.of_window import StepContext, WindowDiagnostic


def _measure(context: StepContext) -> GradientFlow:
    network, length = context.network, context.tape.sequence_length
    probe = context.probes.of(GRADIENT_FLOW, length, lambda: new_probe(network, length))
    return gradient_flow(network, context.tape, probe)


GRADIENT_FLOW = WindowDiagnostic("gradient_flow", _measure, at_every_frame=True)
"""The first stream's."""
