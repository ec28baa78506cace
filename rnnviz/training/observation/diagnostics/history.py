"""The loss and the gradient's norm of all weights, before clipping and after, over the run."""

from __future__ import annotations

from rnnviz.training.observation.kinds.of_record import RecordDiagnostic

HISTORY = RecordDiagnostic("history", lambda record: record.state.history.view())
"""Of every step, in bounded memory."""
