"""How a network did on what it never trained on."""

from __future__ import annotations

from dataclasses import dataclass

SOLVED = 0.01
"""A problem is solved where less than this share of the sequences is answered wrongly."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a network did on held-out sequences, each of which is answered rightly or wrongly.

    Attributes
    ----------
    wrong, sequences
        How many of how many it answered wrongly.
    loss
        Its loss per answered step.
    """

    wrong: int
    sequences: int
    loss: float

    @property
    def wrong_share(self) -> float:
        """From 0 to 1."""
        return self.wrong / self.sequences

    @property
    def is_solved(self) -> bool:
        """Whether so few are answered wrongly that the problem counts as solved."""
        return self.wrong_share < SOLVED
