"""What can be played in a panel: Train, Step and Reset act on it where nothing else is seen."""

from __future__ import annotations

from typing import Protocol


class Player(Protocol):
    """What a panel plays by itself, beside the run."""

    @property
    def runs(self) -> bool:
        """Whether it plays now."""

    def toggle(self) -> None:
        """Play, or hold."""

    def take_step(self) -> None:
        """Do one step."""

    def put_back(self) -> None:
        """Go back to the start."""
