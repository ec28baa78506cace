"""What the network writes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rnnviz.training.observation.kinds.of_record import RecordDiagnostic, RunRecord
from rnnviz.training.state.checkpoint import Sample
from rnnviz.training.text_generator import LiveText


@dataclass(frozen=True, slots=True)
class TextView:
    """What a run has written.

    Attributes
    ----------
    stream
        What it is writing: now, or at the step of the past that is seen.
    samples
        What it wrote at earlier steps, in their order.
    stream_of_now
        What it is writing now, where that is seen beside its past; else None.
    """

    stream: LiveText
    samples: tuple[Sample, ...]
    stream_of_now: LiveText | None = None

    @property
    def of_now(self) -> TextView:
        """The same of the network as it is now."""
        return replace(self, stream=self.stream_of_now or self.stream, stream_of_now=None)


def _measure(record: RunRecord) -> TextView | None:
    """Return all there is; a network that only answers writes nothing."""
    stream = record.stream()
    if stream is None:
        return None
    return TextView(stream, record.state.samples, record.stream_of_now())


TEXT = RecordDiagnostic("text", _measure)
"""The text that is being written, and the samples that are kept."""
