"""At which norm gradients were clipped, over the run."""

from __future__ import annotations

from rnnviz.training.observation.kinds.of_record import RecordDiagnostic
from rnnviz.training.record.threshold import threshold_view

THRESHOLD = RecordDiagnostic(
    "threshold", lambda record: threshold_view(record.state.journal, record.state.configuration)
)
"""As it was set, whether or not it was ever reached."""
