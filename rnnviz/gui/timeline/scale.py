"""Where a step lies on the timeline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class StepScale:
    """From steps to places and back.

    Attributes
    ----------
    first, last
        The steps at its ends.
    logarithmic
        Whether the first steps are given more room, as in the logarithm of how many were done.
    """

    first: int = 0
    last: int = 0
    logarithmic: bool = False

    def place(self, step: float) -> float:
        """Return where a step lies, from 0 to 1."""
        length = self.last - self.first
        done = min(max(step - self.first, 0.0), length)
        if not length:
            return 1.0
        return math.log1p(done) / math.log1p(length) if self.logarithmic else done / length

    def places(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return where each of many steps lies, from 0 to 1."""
        import numpy as np  # the window is painted before it is loaded

        length = self.last - self.first
        done = np.clip(steps - self.first, 0, length)
        if not length:
            return np.ones(len(steps))
        return np.log1p(done) / math.log1p(length) if self.logarithmic else done / length

    def step(self, place: float) -> int:
        """Return the step that lies nearest to a place."""
        length, place = self.last - self.first, min(max(place, 0.0), 1.0)
        done = math.expm1(place * math.log1p(length)) if self.logarithmic else place * length
        return self.first + round(done)
