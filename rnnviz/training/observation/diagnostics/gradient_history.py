"""How far back the gradient reached, over the run."""

from __future__ import annotations

from rnnviz.training.observation.kinds.of_record import RecordDiagnostic

GRADIENT_HISTORY = RecordDiagnostic(
    "gradient_history", lambda record: record.state.gradient_history.view()
)
"""Of the steps at which it is due, watched or not."""
