"""Diagnostics of the run as it was recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from rnnviz.training.observation.kinds.diagnostic import (
    CarriedDiagnostic,
    Diagnostic,
    Measurements,
    Result,
)
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.text_generator import LiveText


@dataclass(frozen=True, slots=True, eq=False)
class RunRecord:
    """What there is of a run between two steps, watched or not.

    Attributes
    ----------
    state
        The run's.
    stream
        Returns the text that is being written; None where the network writes none.
    stream_of_now
        Returns what the network of now writes, where it is seen beside its past; else None.
    """

    state: TrainingState
    stream: Callable[[], LiveText | None]
    stream_of_now: Callable[[], LiveText | None]


@dataclass(frozen=True, slots=True, eq=False)
class RecordDiagnostic(CarriedDiagnostic[Result], Generic[Result]):
    """What is taken from the run's record, for every snapshot.

    Attributes
    ----------
    measure
        Called where somebody watches; what it returns is not written to again.
    """

    measure: Callable[[RunRecord], Result]


def measure_record(record: RunRecord, watched: frozenset[Diagnostic]) -> Measurements:
    """Take from a run's record what is watched of it."""
    return Measurements(
        {one: one.measure(record) for one in watched if isinstance(one, RecordDiagnostic)}
    )
