"""What there is to be said about a run's way, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rnnviz.training.configuration import Value
from rnnviz.training.record.threshold import NO_THRESHOLD, ThresholdView

MarkKind = Literal["setting", "failure", "best used", "best", "text", "clipping"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened.

    Attributes
    ----------
    step
        After how many steps.
    kind
        What: a setting was changed, a step failed and the run went back, the best weights were
        taken back, the held-out loss was the least so far, a text was kept, clipping became
        frequent.
    name, value
        Of a setting: which, and what it became; else empty.
    since
        Of a setting that a hand moved while the run went on: the step at which that began; else
        None.
    """

    step: int
    kind: MarkKind
    name: str = ""
    value: Value = ""
    since: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TimelineView:
    """A run's way from its first step to now.

    Attributes
    ----------
    first, last
        The first step that can be seen again, and the step of now.
    kept
        The steps that can be seen at once, ascending; read only.
    marks
        What happened, by steps.
    seen
        The step that is seen; None for now.
    wanted
        The step that is being computed, where another one is seen meanwhile; else `seen`.
    reached
        How far that has come.
    memory_needed
        Bytes that one state takes where not even one has room; else 0.
    bytes_in_file
        About what the past adds to a model file that is saved with it.
    thresholds
        At which norm gradients were clipped on the way.
    """

    first: int
    last: int
    kept: NDArray[np.int64]
    marks: tuple[Mark, ...]
    seen: int | None = None
    wanted: int | None = None
    reached: int | None = None
    memory_needed: int = 0
    bytes_in_file: int = 0
    thresholds: ThresholdView = NO_THRESHOLD
