"""What theory says of a window's gradient."""

from __future__ import annotations

from rnnviz.diagnostics.theory import GradientTheory, gradient_theory
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.kinds.of_window import StepContext, WindowDiagnostic


def _measure(context: StepContext) -> GradientTheory | None:
    """Set theory beside the gradient flow; return None where it would take too long."""
    flow = context.measure(GRADIENT_FLOW)
    return gradient_theory(context.network, context.tape, flow.last_norm)


THEORY = WindowDiagnostic("theory", _measure)
"""Of the same window as the gradient flow beside it: bounds hold for no other."""
