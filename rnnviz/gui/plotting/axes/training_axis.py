"""What several plots have in common: those over the course of training, and those of a window."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.gui.plotting.axes.axis import Axis
from rnnviz.gui.plotting.axes.transform import Span
from rnnviz.training.record.progress import Unit
from rnnviz.training.snapshot import Snapshot

STEPS = Axis(label="training step", whole=True, floor=1.0, switchable=True)
"""The axis of all plots over training."""

AXES: dict[Unit, Axis] = {
    "steps": STEPS,
    "tokens": Axis(label="tokens trained on", whole=True, floor=1.0, switchable=True),
    "seconds": Axis(label="seconds of training", floor=1e-3, switchable=True),
}
"""What such plots can be drawn over, on a linear axis or a logarithmic one."""

_BEGINNINGS = ("", " since the fork", " since the fork, or the start")
_TITLES = {axis.label + beginning for axis in AXES.values() for beginning in _BEGINNINGS}

FEWEST_STEPS = 100
"""They show at least so many steps: the first ones would else fill the whole width."""

LARGEST_MARKED = 20
"""A curve of so many points, or fewer, has a dot at each; of one alone there is no line to see."""


POSITIONS = Axis(name="position", whole=True, first=1)
"""The axis of what was read in one window, counted from 1 as its units are; data count from 0."""


def is_over_training(axis: Axis) -> bool:
    """Tell whether the course of training is laid along an axis."""
    return axis.title in _TITLES


@dataclass(frozen=True, slots=True)
class TrainingAxis:
    """What training is drawn over, and from where it is counted.

    It alone turns a run's steps into places on the axis.

    Attributes
    ----------
    unit
        Steps, tokens or seconds.
    forks
        By `Snapshot.run_id`, the step from which a run is counted, where it is not counted from its
        start. Empty where none is: then nothing is said of forks.
    has_others
        Whether others, which are counted from their start, are shown beside those.
    """

    unit: Unit = "steps"
    forks: Mapping[str, int] = field(default_factory=dict)
    has_others: bool = False

    @property
    def axis(self) -> Axis:
        """What it means."""
        axis = AXES[self.unit]
        if not self.forks:
            return axis
        # A logarithm has no room for what lies before the fork.
        beginning = _BEGINNINGS[1 + self.has_others]
        return replace(axis, label=axis.label + beginning, switchable=False)

    @property
    def over_steps(self) -> TrainingAxis:
        """The same of steps."""
        return replace(self, unit="steps")

    def fork_of(self, snapshot: Snapshot) -> int:
        """Return the step from which a run is counted."""
        return self.forks.get(snapshot.run_id, 0)

    def along(self, snapshot: Snapshot, steps: Array) -> Array:
        """Return where a run's steps, shape ``(n,)``, stand; not-a-number where it is unknown."""
        reached, origin = snapshot.progress.at(steps, self.unit), self._origin(snapshot)
        return reached - origin if origin else reached

    def place(self, snapshot: Snapshot, step: int) -> float:
        """Return where one step of a run stands."""
        return float(self.along(snapshot, np.array([float(step)]))[0])

    def span(self, snapshot: Snapshot) -> Span:
        """Return from where to where the axis has to reach for a run."""
        step = max(snapshot.step, 1)
        reached = float(snapshot.progress.at(np.array([float(step)]), self.unit)[0])
        end = reached * max(FEWEST_STEPS / step, 1.0) or 1.0
        origin = self._origin(snapshot)
        return (-origin, end - origin) if math.isfinite(origin) else (0.0, end)

    def in_words(self, snapshot: Snapshot, first: int, last: int) -> str:
        """Return a stretch of a run's steps as it is counted here, such as ``steps 1 to 5``."""
        fork = self.forks.get(snapshot.run_id)
        numbers = sorted({first - (fork or 0), last - (fork or 0)})
        words = " to ".join(STEPS.format(number) for number in numbers)
        since = "" if fork is None else _BEGINNINGS[1]
        return f"step{'s' if len(numbers) > 1 else ''} {words}{since}"

    def _origin(self, snapshot: Snapshot) -> float:
        """Return how far a run was at the step from which it is counted."""
        fork = self.fork_of(snapshot)
        if not fork:
            return 0.0
        return float(snapshot.progress.at(np.array([float(fork)]), self.unit)[0])
