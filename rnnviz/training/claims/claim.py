"""What is claimed of a run: a measured quantity, a bound, after how many steps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnviz.training.claims.quantities import QUANTITIES, MeasurableRun


@dataclass(frozen=True, slots=True)
class Claim:
    """One measured quantity and its bounds.

    Attributes
    ----------
    quantity
        A key of `QUANTITIES`.
    step
        After how many training steps.
    above, below
        Bounds, of which at least one is given.
    lag
        Steps back, for the quantities that need them; else 0.
    """

    quantity: str
    step: int
    above: float | None = None
    below: float | None = None
    lag: int = 0

    def holds(self, measured: float) -> bool:
        """Tell whether a measurement lies within the bounds; NaN never does."""
        low = -math.inf if self.above is None else self.above
        high = math.inf if self.below is None else self.below
        return low < measured < high


@dataclass(frozen=True, slots=True)
class Finding:
    """What was measured for one claim.

    Attributes
    ----------
    claim
        What was claimed.
    measured
        What was found.
    """

    claim: Claim
    measured: float

    @property
    def holds(self) -> bool:
        """Whether it bears the claim out."""
        return self.claim.holds(self.measured)


def found(claim: Claim, run: MeasurableRun) -> Finding:
    """Measure what is claimed of a run that stands at the claim's step."""
    with np.errstate(all="ignore"):
        return Finding(claim, QUANTITIES[claim.quantity].measure(run, claim.lag))
