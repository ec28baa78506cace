"""What is claimed of a run: a measured quantity, a bound, after how many steps."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.training.claims.goal import Goal, measured
from rnnviz.training.claims.quantities import MeasurableRun


@dataclass(frozen=True, slots=True)
class Claim(Goal):
    """One measured quantity and its bounds, of which at least one is given, at one step.

    Attributes
    ----------
    step
        After how many training steps.
    """

    step: int


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
    return Finding(claim, measured(claim, run))
