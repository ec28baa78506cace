"""Whether a run that was done again is the run that a file holds, and where they part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.training.record.history import History
from rnnviz.training.state.bits import same_bits
from rnnviz.training.state.checkpoint import Checkpoint

_PARTS: dict[str, tuple[str, ...]] = {
    "weights": ("parameters",),
    "optimiser": ("slots", "optimizer_steps"),
    "hidden state": ("carried_state",),
    "place in the text": ("step", "tokens_seen", "epoch", "position"),
    "random numbers": ("rng",),
    "loss and gradient curves": ("history",),
    "best weights": ("best",),
    "written texts": ("samples",),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a run, and whether it came out again.

    Attributes
    ----------
    name
        What people call it.
    is_same
        Whether it did, in every bit.
    largest_difference
        Of its numbers, relative to the largest of them in either; 0 where nothing is a matter of
        size.
    """

    name: str
    is_same: bool
    largest_difference: float = 0.0


@dataclass(frozen=True, slots=True)
class ReplayCheck:
    """How a run came out that was done again.

    Attributes
    ----------
    parts
        Each part of it that the file has.
    kept_same, kept
        How many of the earlier states that the file has came out in every bit, and how many it has.
    first_step_apart
        The last step of the first interval whose loss is another one; None where none is.
    """

    parts: tuple[Part, ...]
    first_step_apart: int | None
    kept_same: int = 0
    kept: int = 0

    @property
    def is_same(self) -> bool:
        """Whether all of it came out, in every bit."""
        return self.kept_same == self.kept and all(part.is_same for part in self.parts)


def check_replay(found: Checkpoint, saved: Checkpoint) -> ReplayCheck:
    """Hold what came out against what was saved."""
    parts = []
    for name, fields in _PARTS.items():
        if fields == ("history",) and not saved.history:
            continue  # a model need not have a past
        pairs = [(getattr(found, field), getattr(saved, field)) for field in fields]
        if all(same_bits(one, other) for one, other in pairs):
            parts.append(Part(name, is_same=True))
        else:
            largest = max(_difference(one, other) for one, other in pairs)
            parts.append(Part(name, is_same=False, largest_difference=largest))
    return ReplayCheck(tuple(parts), _first_step_apart(found.history, saved.history))


def _difference(one: object, other: object) -> float:
    """Return how far numbers are apart, as a share of the largest; 0 for what is none."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray) and one.shape == other.shape:
        apart = np.abs(np.subtract(one, other, dtype=np.float64)).max(initial=0.0)
        largest = max(np.abs(each).max(initial=0.0) for each in (one, other))
        return float(apart / largest) if largest else 0.0
    if isinstance(one, Mapping) and isinstance(other, Mapping) and one.keys() == other.keys():
        return max((_difference(one[key], other[key]) for key in one), default=0.0)
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return max((_difference(a, b) for a, b in zip(one, other, strict=True)), default=0.0)
    return 0.0


def _first_step_apart(found: Mapping[str, Array], saved: Mapping[str, Array]) -> int | None:
    if not saved:
        return None
    views = [History.from_arrays(history).view() for history in (found, saved)]
    one, other = (view.loss.mean for view in views)
    count = min(len(one), len(other))
    apart = np.flatnonzero(one[:count] != other[:count])
    if len(apart):
        return int(views[1].steps[apart[0]])
    return None
