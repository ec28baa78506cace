"""What a page asks for, and when it is done."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from rnnviz.diagnostics.one_step.phases import PhaseKind
from rnnviz.training.claims.goal import Goal
from rnnviz.training.configuration import Value


class Deed(Enum):
    """Something that a person does in the window, which says so itself."""

    ADD_RIVAL = "add a rival"
    CHECK_GRADIENTS = "check gradients"
    OPEN_INSIDE = "open inside"
    ANSWER_BY_HAND = "answer by hand"


@dataclass(frozen=True, slots=True)
class Phase:
    """A place in Inside.

    Attributes
    ----------
    kind
        What is done there.
    t
        At which time step, from 1; 0 for the first one of this kind.
    """

    kind: PhaseKind
    t: int = 0


@dataclass(frozen=True, slots=True)
class Reach:
    """A run is to come to something.

    Attributes
    ----------
    goal
        What is measured, and its bounds.
    run
        The name of the one of the page's runs that has to; empty where any will do.
    """

    goal: Goal
    run: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number is asked for that the program measures as well.

    Attributes
    ----------
    goal
        What is measured; without bounds.
    within
        An answer may be off by this share of what is measured.
    """

    goal: Goal
    within: float

    def is_right(self, answer: float, measured: float) -> bool:
        """Tell whether a number is near enough to the measured one."""
        return abs(answer - measured) <= self.within * abs(measured)


@dataclass(frozen=True, slots=True)
class BestUnit:
    """The unit is asked for that follows a feature best.

    Attributes
    ----------
    feature
        As the panel of units calls it.
    """

    feature: str

    def is_right(self, unit: int, strengths: Sequence[float], chance: float) -> bool:
        """Tell whether a unit follows the feature nearly as well as the best one does.

        Parameters
        ----------
        unit
            From 1, as people count.
        strengths
            |r| of each unit with the feature.
        chance
            What the best of them reaches by chance in one of twenty tries; NaN where unknown.
        """
        if not 1 <= unit <= len(strengths):
            return False
        strength = strengths[unit - 1]
        return strength >= _NEARLY * max(strengths) and not strength <= chance


@dataclass(frozen=True, slots=True)
class Choose:
    """A setting of the run in front is to have a value.

    Attributes
    ----------
    setting
        Its name.
    above, below
        Bounds of a number; None for none.
    value
        What it is to be; None where bounds say that.
    """

    setting: str
    above: float | None = None
    below: float | None = None
    value: Value | None = None

    def holds(self, value: Value) -> bool:
        """Tell whether it has such a value."""
        if self.value is not None or isinstance(value, str):
            return value == self.value
        low = -math.inf if self.above is None else self.above
        high = math.inf if self.below is None else self.below
        return low < value < high


@dataclass(frozen=True, slots=True)
class Do:
    """Something is to be done in the window.

    Attributes
    ----------
    deed
        What.
    phase
        Where in Inside; None where that does not matter.
    """

    deed: Deed
    phase: Phase | None = None

    def is_done_by(self, deed: Deed, phase: Phase | None = None) -> bool:
        """Tell whether something that was done is this."""
        if deed is not self.deed or self.phase is None or phase is None:
            return deed is self.deed and self.phase is None
        return phase.kind == self.phase.kind and self.phase.t in (0, phase.t)


Wish = Reach | Number | BestUnit | Choose | Do
"""What a page can ask for."""


@dataclass(frozen=True, slots=True)
class ShowMe:
    """How the program does itself what a page asks for, before it answers where one is asked.

    Attributes
    ----------
    change
        Settings that it changes first.
    train
        How many steps it trains at the most; fewer where it is done sooner.
    """

    change: Mapping[str, Value] = field(default_factory=dict)
    train: int = 0


@dataclass(frozen=True, slots=True)
class Todo:
    """The one thing to do on a page.

    Attributes
    ----------
    say
        What the person reads.
    wish
        When it is done.
    show_me
        How the program does it.
    """

    say: str
    wish: Wish
    show_me: ShowMe


# Between units that follow a feature equally well, which is first is chance.
_NEARLY = 0.95
