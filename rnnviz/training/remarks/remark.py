"""What there can be to remark on, each with the numbers that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Place(Enum):
    """Where a loss stands among those that need no network, from the worst on."""

    WORSE_THAN_UNIFORM = auto()
    AT_UNIFORM = auto()
    BELOW_UNIFORM = auto()
    BELOW_UNIGRAM = auto()
    BELOW_BIGRAM = auto()
    ABOVE_ENTROPY = auto()
    AT_ENTROPY = auto()
    BELOW_ENTROPY = auto()


@dataclass(frozen=True, slots=True)
class LossFarAbove:
    """The loss is far worse than the uniform guess's.

    Attributes
    ----------
    loss, uniform
        In nats per token.
    has_been_lower
        Whether it has been at the uniform guess's: steps that are too large led away from there.
    """

    loss: float
    uniform: float
    has_been_lower: bool


@dataclass(frozen=True, slots=True)
class LossAmongReferences:
    """The loss has a place among those that need no network.

    Attributes
    ----------
    place
        Which; from ``ABOVE_ENTROPY`` on only where the true entropy is known.
    loss
        In nats per token.
    references
        What it is compared with, by the names that a text's reference lines have.
    """

    place: Place
    loss: float
    references: Mapping[str, float]


class BesideGuess(Enum):
    """How a loss compares with that of a guess."""

    FAR_WORSE = auto()
    WORSE = auto()
    ALIKE = auto()
    BELOW = auto()


@dataclass(frozen=True, slots=True)
class LossBesideGuess:
    """The loss stands beside that of who has learned nothing of what was read.

    Attributes
    ----------
    beside
        How.
    loss, chance
        The run's and the guess's, in the source's unit.
    guess
        What the guess is called.
    """

    beside: BesideGuess
    loss: float
    chance: float
    guess: str


@dataclass(frozen=True, slots=True)
class AnswersTested:
    """The network was tested, and does not guess.

    Attributes
    ----------
    wrong, sequences
        How many of how many were answered wrongly.
    is_solved
        Whether their share is below `rnnviz.training.score.SOLVED`.
    """

    wrong: int
    sequences: int
    is_solved: bool


@dataclass(frozen=True, slots=True)
class LossStandsStill:
    """The mean loss is where it was.

    Attributes
    ----------
    now, before
        Its means over the last steps, and over as many before them.
    steps
        Over how many.
    """

    now: float
    before: float
    steps: int


@dataclass(frozen=True, slots=True)
class GradientLeft:
    """What is left of the last error's gradient some steps back.

    Attributes
    ----------
    steps_back
        How many.
    share
        The median of its sizes there, as shares of its first size.
    windows
        Of how many windows.
    state
        What the state by which it travels is called, where there are several; else empty.
    radius
        Of W, where it is above 1 though the gradient vanishes; else None.
    saturated
        The share of the window's hidden states that saturate, where it is large; else None.
    """

    steps_back: int
    share: float
    windows: int
    state: str
    radius: float | None
    saturated: float | None


@dataclass(frozen=True, slots=True)
class UnitsDead:
    """Many units of a layer were 0 throughout a window.

    Attributes
    ----------
    dead, units
        How many of how many.
    layer
        Which layer, from 1; None where there is one only.
    """

    dead: int
    units: int
    layer: int | None


@dataclass(frozen=True, slots=True)
class ClippingActs:
    """How often clipping acted of late.

    Attributes
    ----------
    clipped, steps
        On how many of the last how many steps.
    """

    clipped: int
    steps: int


@dataclass(frozen=True, slots=True)
class NormUnclipped:
    """Clipping is off, and the gradient large.

    Attributes
    ----------
    norm
        The largest of late.
    """

    norm: float


Remark = (
    LossFarAbove
    | LossAmongReferences
    | LossBesideGuess
    | AnswersTested
    | LossStandsStill
    | GradientLeft
    | UnitsDead
    | ClippingActs
    | NormUnclipped
)
"""Something measured that is worth a sentence."""
