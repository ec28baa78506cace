"""What the network writes."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.training.observation.kinds.of_record import RecordDiagnostic, RunRecord
from rnnviz.training.state.checkpoint import Sample
from rnnviz.training.text_generator import LiveText


@dataclass(frozen=True, slots=True)
class TextView:
    """What a run has written.

    Attributes
    ----------
    stream
        What it is writing now.
    samples
        What it wrote at earlier steps, in their order.
    """

    stream: LiveText
    samples: tuple[Sample, ...]


def _measure(record: RunRecord) -> TextView | None:
    """Return all there is; a network that only answers writes nothing."""
    stream = record.stream()
    return None if stream is None else TextView(stream, record.state.samples)


TEXT = RecordDiagnostic("text", _measure)
"""The text that is being written, and the samples that are kept."""
