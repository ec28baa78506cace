"""Which earlier tokens every error is credited to."""

from __future__ import annotations

from rnnviz.diagnostics.credit import CreditMatrix, CreditProbe, credit_matrix
from rnnviz.training.observation.kinds.of_window import StepContext, WindowDiagnostic


def _measure(context: StepContext) -> CreditMatrix:
    network, length = context.network, context.tape.sequence_length
    probe = context.probes.of(CREDIT, length, lambda: CreditProbe(network, length))
    return credit_matrix(network, context.tape, probe)


CREDIT = WindowDiagnostic("credit", _measure)
"""Row t is the error in predicting a target, column k the state after a token was read."""
